using FlywheelDicom.Flywheel;
using Microsoft.Extensions.Time.Testing;

namespace FlywheelDicom.Unit.Flywheel;

public sealed class ReadLimitTests : IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(59);

    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _caller = new();

    public void Dispose() => _caller.Dispose();

    private ReadLimit Limit() => new(new FlywheelClientOptions { ReadTimeout = s_timeout, Time = _time }, _caller.Token);

    [Fact]
    public void Silence_for_the_whole_time_cancels()
    {
        using var limit = Limit();
        _time.Advance(s_most);
        Assert.False(limit.Token.IsCancellationRequested);
        _time.Advance(s_timeout - s_most);
        Assert.True(limit.Token.IsCancellationRequested);
        Assert.False(_caller.IsCancellationRequested);
    }

    [Fact]
    public void Bytes_begin_the_time_anew()
    {
        using var limit = Limit();
        for (var read = 0; read < 10; read++)
        {
            _time.Advance(s_most);
            limit.Restart();
        }
        Assert.False(limit.Token.IsCancellationRequested);
        _time.Advance(s_timeout);
        Assert.True(limit.Token.IsCancellationRequested);
    }

    [Fact]
    public void Time_of_the_reader_itself_does_not_count()
    {
        using var limit = Limit();
        limit.Pause();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(limit.Token.IsCancellationRequested);
        limit.Restart();
        _time.Advance(s_timeout);
        Assert.True(limit.Token.IsCancellationRequested);
    }

    [Fact]
    public void Caller_cancels_at_once()
    {
        using var limit = Limit();
        _caller.Cancel();
        Assert.True(limit.Token.IsCancellationRequested);
    }
}
