namespace FlywheelDicom.Network.Wire;

/// <summary>Writers that are reused for the next message. Their buffers are returned when the association has ended.</summary>
internal sealed class MessageWriterPool(Func<MessageWriter> create) : IDisposable
{
    private readonly Stack<MessageWriter> _idle = new();
    private bool _isDisposed;

    public MessageWriter Rent()
    {
        lock (_idle)
            return _idle.TryPop(out var writer) ? writer : create();
    }

    public void Return(MessageWriter writer)
    {
        lock (_idle)
        {
            if (!_isDisposed)
            {
                _idle.Push(writer);
                return;
            }
        }
        writer.Dispose();
    }

    public void Dispose()
    {
        lock (_idle)
        {
            _isDisposed = true;
            while (_idle.TryPop(out var writer))
                writer.Dispose();
        }
    }
}
