using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Transfer.Flywheel;

/// <summary>
/// Decides from earlier requests how often the next one is tried. After a refused key all further requests fail at once. An instance
/// that gave no answer for a whole retry time, several times in a row, is asked only every 30 seconds; other requests fail at once
/// with the same reason. If it answers with server errors, each request is tried once, until one succeeds.
/// </summary>
internal sealed class FlywheelHealth(TimeProvider time)
{
    private const int MaxFailures = 3;
    private static readonly TimeSpan s_probeInterval = TimeSpan.FromSeconds(30);

    private readonly object _lock = new();
    private FlywheelException? _down;
    private int _failures;
    private long _probed;

    /// <summary>Runs a request, unless earlier ones show that it would fail.</summary>
    /// <param name="client">The instance.</param>
    /// <param name="ask">The request. Its client may be one that tries only once.</param>
    /// <exception cref="FlywheelException">It failed, or was not tried.</exception>
    public async Task<T> AskAsync<T>(FlywheelClient client, Func<FlywheelClient, Task<T>> ask)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(ask);
        var limited = MayRetry() ? client : client.With(o => o with { RetryTime = TimeSpan.Zero });
        try
        {
            var answer = await ask(limited).ConfigureAwait(false);
            Succeeded();
            return answer;
        }
        catch (FlywheelException e)
        {
            Failed(e);
            throw;
        }
    }

    /// <exception cref="FlywheelException">Earlier requests show that it would fail.</exception>
    private bool MayRetry()
    {
        lock (_lock)
        {
            if (_down is null)
                return _failures < MaxFailures;
            if (_down.Error == FlywheelError.Unauthorized || time.GetElapsedTime(_probed) < s_probeInterval)
                throw new FlywheelException(FlywheelError.NotTried, $"Not tried: {_down.Message}", _down) { StatusCode = _down.StatusCode };
            _probed = time.GetTimestamp();
            return false;
        }
    }

    private void Succeeded()
    {
        lock (_lock)
            (_down, _failures) = (null, 0);
    }

    private void Failed(FlywheelException failure)
    {
        lock (_lock)
        {
            switch (failure.Error)
            {
                case FlywheelError.Unauthorized:
                    _down = failure;
                    break;
                case FlywheelError.Unreachable or FlywheelError.Timeout or FlywheelError.ConnectionLost or FlywheelError.CertificateRefused:
                    if (++_failures < MaxFailures)
                        break;
                    (_down, _probed) = (failure, time.GetTimestamp());
                    break;
                case FlywheelError.ServerError or FlywheelError.TooManyRequests:
                    _failures++;
                    break;
                case FlywheelError.NotTried:
                    break;
                default:
                    // The answer concerns this request only.
                    (_down, _failures) = (null, 0);
                    break;
            }
        }
    }
}
