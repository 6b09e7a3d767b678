using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Transfer.Flywheel;

/// <summary>
/// What is known of the instance from the requests before. A key that is refused is refused for all that follows. One that gave no
/// answer for a whole retry time, several times in a row, is asked again every half minute alone: what comes between fails at once
/// with the reason. One that answers with errors is asked once for each, without waiting, until it is well again.
/// </summary>
internal sealed class FlywheelHealth(TimeProvider time)
{
    private const int MaxFailures = 3;
    private static readonly TimeSpan s_probeEvery = TimeSpan.FromSeconds(30);

    private readonly object _lock = new();
    private FlywheelException? _down;
    private int _failures;
    private long _probed;

    /// <summary>Runs a request, if there is any use in it.</summary>
    /// <param name="client">The instance.</param>
    /// <param name="ask">The request; it gets a client that tries once only where more is not worth it.</param>
    /// <exception cref="FlywheelException">It failed, or was not tried.</exception>
    public async Task<T> AskAsync<T>(FlywheelClient client, Func<FlywheelClient, Task<T>> ask)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(ask);
        var fit = IsPatient() ? client : client.With(o => o with { RetryTime = TimeSpan.Zero });
        try
        {
            var answer = await ask(fit).ConfigureAwait(false);
            Succeeded();
            return answer;
        }
        catch (FlywheelException e)
        {
            Failed(e);
            throw;
        }
    }

    /// <exception cref="FlywheelException">It is of no use to try.</exception>
    private bool IsPatient()
    {
        lock (_lock)
        {
            if (_down is null)
                return _failures < MaxFailures;
            if (_down.Error == FlywheelError.Unauthorized || time.GetElapsedTime(_probed) < s_probeEvery)
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
                    // An answer about this one alone.
                    (_down, _failures) = (null, 0);
                    break;
            }
        }
    }
}
