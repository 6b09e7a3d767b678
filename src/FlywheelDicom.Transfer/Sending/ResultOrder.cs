using System.Threading.Channels;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>Gives out results in the order in which their instances entered.</summary>
internal sealed class ResultOrder(Func<DicomSendResult, ValueTask> emit, CancellationToken cancellation)
{
    /// <summary>How many instances may be ahead of one that is still being retried.</summary>
    private const int MaxAhead = 1024;

    /// <summary>One item for each instance that has entered and whose result is not out yet.</summary>
    private readonly Channel<bool> _places = Channel.CreateBounded<bool>(MaxAhead);
    private readonly Dictionary<long, DicomSendResult> _waiting = [];
    private long _next;
    private bool _isEmitting;

    /// <summary>Waits until one more instance may enter.</summary>
    public ValueTask PlaceAsync() => _places.Writer.WriteAsync(true, cancellation);

    public async ValueTask AddAsync(long index, DicomSendResult result)
    {
        lock (_waiting)
        {
            _waiting[index] = result;
            if (_isEmitting)
                return;
            _isEmitting = true;
        }
        while (Next() is { } ready)
        {
            _places.Reader.TryRead(out _);
            await emit(ready).ConfigureAwait(false);
        }
    }

    private DicomSendResult? Next()
    {
        lock (_waiting)
        {
            if (_waiting.Remove(_next, out var ready))
                _next++;
            else
                _isEmitting = false;
            return ready;
        }
    }
}
