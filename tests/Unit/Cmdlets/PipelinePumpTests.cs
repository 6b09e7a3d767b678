using System.Collections.Concurrent;
using System.Threading.Channels;
using FlywheelDicom.Cmdlets;

namespace FlywheelDicom.Unit.Cmdlets;

/// <summary>The pump without PowerShell: the test's thread is the pipeline's.</summary>
public sealed class PipelinePumpTests : IDisposable
{
    private const int Capacity = 4;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly List<int> _outputs = [];
    private readonly List<string> _verbose = [];
    private readonly ConcurrentBag<int> _threads = [];
    private readonly CancellationTokenSource _stop = new();

    [Fact]
    public async Task Every_item_comes_back_once_and_in_order()
    {
        await OnePipeline(() =>
        {
            var pump = Pump(DoubleEach);
            for (var i = 0; i < 1000; i++)
                pump.Push(i);
            pump.Complete();
        });

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => 2 * i), _outputs);
    }

    [Fact]
    public async Task Outputs_and_verbose_lines_are_handled_on_the_pipeline_thread_alone()
    {
        var pipeline = 0;
        await OnePipeline(() =>
        {
            pipeline = Environment.CurrentManagedThreadId;
            var pump = Pump(async (pump, input) =>
            {
                await foreach (var item in input.ReadAllAsync())
                {
                    pump.Verbose($"item {item}");
                    await pump.EmitAsync(item);
                }
            });
            for (var i = 0; i < 100; i++)
                pump.Push(i);
            pump.Complete();
        });

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"item {i}"), _verbose);
        Assert.Equal([pipeline], _threads.Distinct());
    }

    [Fact]
    public async Task More_outputs_than_fit_do_not_block_a_producer_that_waits_for_room()
    {
        await OnePipeline(() =>
        {
            // Both channels are full at once: ten outputs come of each item.
            var pump = Pump(async (pump, input) =>
            {
                await foreach (var item in input.ReadAllAsync())
                {
                    for (var i = 0; i < 10; i++)
                        await pump.EmitAsync(10 * item + i);
                }
            });
            for (var i = 0; i < 100; i++)
                pump.Push(i);
            pump.Complete();
        });

        Assert.Equal(Enumerable.Range(0, 1000), _outputs);
    }

    [Fact]
    public async Task Work_that_is_slow_holds_the_producer()
    {
        var accepted = 0;
        var isHeld = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayGo = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pipeline = OnePipeline(() =>
        {
            var pump = Pump(async (pump, input) =>
            {
                await mayGo.Task;
                await DoubleEach(pump, input);
            });
            for (var i = 0; i < 10 * Capacity; i++)
            {
                if (i == Capacity)
                    isHeld.SetResult();
                pump.Push(i);
                Interlocked.Increment(ref accepted);
            }
            pump.Complete();
        });

        await isHeld.Task.WaitAsync(s_limit);
        Assert.Equal(Capacity, Volatile.Read(ref accepted));
        mayGo.SetResult();
        await pipeline;
        Assert.Equal(10 * Capacity, _outputs.Count);
    }

    [Fact]
    public async Task What_the_work_throws_ends_the_pipeline_after_the_outputs_before_it()
    {
        var thrown = await Assert.ThrowsAsync<InvalidDataException>(() => OnePipeline(() =>
        {
            var pump = Pump(async (pump, input) =>
            {
                await pump.EmitAsync(await input.ReadAsync());
                throw new InvalidDataException("broken");
            });
            pump.Push(7);
            pump.Complete();
        }));

        Assert.Equal("broken", thrown.Message);
        Assert.Equal([7], _outputs);
    }

    [Fact]
    public async Task What_the_work_throws_wakes_a_producer_that_waits_for_room()
        => await Assert.ThrowsAsync<InvalidDataException>(() => OnePipeline(() =>
        {
            var pump = Pump(async (_, input) =>
            {
                // It is broken once its input is full.
                while (input.Count < Capacity)
                    await Task.Yield();
                throw new InvalidDataException("broken");
            });
            for (var i = 0; i < 10 * Capacity; i++)
                pump.Push(i);
        }));

    [Fact]
    public async Task Cancellation_ends_the_wait_for_the_end_and_hands_on_what_is_done()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => OnePipeline(() =>
        {
            var pump = Pump(async (pump, input) =>
            {
                await pump.EmitAsync(await input.ReadAsync());
                _stop.Cancel();
                // What was done when the user pressed Ctrl+C is handed over all the same.
                await pump.EmitAsync(8);
                await Task.Delay(Timeout.Infinite, _stop.Token);
            });
            pump.Push(7);
            pump.Complete();
        }));

        Assert.Equal([7, 8], _outputs);
    }

    [Fact]
    public async Task Cancellation_ends_the_wait_for_room()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => OnePipeline(() =>
        {
            var pump = Pump(async (_, input) =>
            {
                while (input.Count < Capacity)
                    await Task.Yield();
                _stop.Cancel();
            });
            for (var i = 0; i < 10 * Capacity; i++)
                pump.Push(i);
        }));
    }

    [Fact]
    public async Task Abandoned_work_gets_no_more_items_and_its_failure_is_not_told()
    {
        var seen = new ConcurrentQueue<int>();
        await OnePipeline(() =>
        {
            var pump = Pump(async (_, input) =>
            {
                await foreach (var item in input.ReadAllAsync())
                    seen.Enqueue(item);
                throw new InvalidDataException("after its end");
            });
            pump.Push(1);
            pump.Abandon();
        });

        Assert.Equal([1], seen);
        Assert.Empty(_outputs);
    }

    public void Dispose() => _stop.Dispose();

    private PipelinePump<int, int> Pump(Func<PipelinePump<int, int>, ChannelReader<int>, Task> work) => new(
        work,
        output =>
        {
            _threads.Add(Environment.CurrentManagedThreadId);
            _outputs.Add(output);
        },
        line =>
        {
            _threads.Add(Environment.CurrentManagedThreadId);
            _verbose.Add(line);
        },
        Capacity, _stop.Token);

    private static async Task DoubleEach(PipelinePump<int, int> pump, ChannelReader<int> input)
    {
        await foreach (var item in input.ReadAllAsync())
            await pump.EmitAsync(2 * item);
    }

    /// <summary>On one thread from beginning to end, as a pipeline is; it fails where that does not come to an end.</summary>
    private static async Task OnePipeline(Action pipeline)
        => await Task.Factory.StartNew(pipeline, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(s_limit);
}
