using System.Threading.Channels;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>Lets results out as they come, or in the order in which the instances entered.</summary>
internal sealed class ResultOrder(Func<DicomSendResult, ValueTask> emit, bool isOrdered, CancellationToken cancellation)
{
    /// <summary>How far the others may be ahead of one that is tried again and again.</summary>
    private const int MaxAhead = 1024;

    /// <summary>One for each instance on its way.</summary>
    private readonly Channel<bool> _places = Channel.CreateBounded<bool>(MaxAhead);
    private readonly Dictionary<long, DicomSendResult> _waiting = [];
    private long _next;
    private bool _isLettingOut;

    /// <summary>Waits until one more may be on its way.</summary>
    public ValueTask PlaceAsync() => isOrdered ? _places.Writer.WriteAsync(true, cancellation) : default;

    public async ValueTask AddAsync(long index, DicomSendResult result)
    {
        if (!isOrdered)
        {
            await emit(result).ConfigureAwait(false);
            return;
        }
        lock (_waiting)
        {
            _waiting[index] = result;
            if (_isLettingOut)
                return;
            _isLettingOut = true;
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
                _isLettingOut = false;
            return ready;
        }
    }
}
