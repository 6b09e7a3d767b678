using System.Globalization;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer;

public sealed class ResultOrderTests
{
    private readonly List<string> _out = [];

    private static DicomSendResult Result(int number) => new()
    {
        Name = number.ToString(CultureInfo.InvariantCulture), Origin = new DicomOrigin { FileName = "x" }, Status = DicomSendStatus.Sent, Destination = JobRun.At(104),
    };

    private ResultOrder Order() => new(r =>
    {
        _out.Add(r.Name);
        return default;
    }, default);

    [Fact]
    public async Task Results_wait_for_those_before_them()
    {
        var order = Order();
        for (var number = 0; number < 4; number++)
            await order.PlaceAsync();
        await order.AddAsync(2, Result(2));
        await order.AddAsync(1, Result(1));
        Assert.Empty(_out);
        await order.AddAsync(0, Result(0));
        Assert.Equal(["0", "1", "2"], _out);
        await order.AddAsync(3, Result(3));
        Assert.Equal(["0", "1", "2", "3"], _out);
    }

    [Fact]
    public async Task So_many_may_be_ahead_of_one_that_is_late_and_no_more()
    {
        var order = Order();
        var placed = 0;
        var placing = Task.Run(async () =>
        {
            for (var number = 0; number < 1025; number++)
            {
                await order.PlaceAsync();
                Interlocked.Increment(ref placed);
            }
        });
        await TestSupport.Eventually.HoldsAsync(() => Volatile.Read(ref placed) == 1024);
        Assert.False(placing.IsCompleted);
        await order.AddAsync(0, Result(0));
        await placing.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
