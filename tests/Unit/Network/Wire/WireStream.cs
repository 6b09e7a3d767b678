using System.Net.Sockets;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Unit.Network.Wire;

/// <summary>A connection without a socket: what comes is given, what goes is kept.</summary>
internal sealed class WireStream(params byte[][] pieces) : ConnectionDouble
{
    private readonly Queue<byte[]> _coming = new(pieces);

    /// <summary>Each write by itself.</summary>
    public List<byte[]> Writes { get; } = [];

    public byte[] Written => [.. Writes.SelectMany(w => w)];

    /// <summary>The longest wait that was set for a write that blocks.</summary>
    public override int WriteTimeout { get; set; } = -1;

    public bool IsDisposed { get; private set; }

    /// <summary>Called in place of reading when all has come; without it the connection ends there.</summary>
    public Func<ValueTask<int>>? AtEnd { get; init; }

    /// <summary>Called before each write.</summary>
    public Func<ValueTask>? BeforeWrite { get; init; }

    /// <summary>The room that each read was given.</summary>
    public List<int> Rooms { get; } = [];

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Rooms.Add(buffer.Length);
        if (!_coming.TryDequeue(out var piece))
            return AtEnd?.Invoke() ?? new ValueTask<int>(0);
        piece.CopyTo(buffer);
        return new ValueTask<int>(piece.Length);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (BeforeWrite is not null)
            await BeforeWrite();
        Writes.Add(buffer.ToArray());
    }

    public override void Write(byte[] buffer, int offset, int count) => Writes.Add(buffer.AsSpan(offset, count).ToArray());

    public PduTransport Transport(TimeProvider? time = null, CancellationToken cancellation = default)
        => new(new Socket(SocketType.Stream, ProtocolType.Tcp), this, cancellation, time);

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}
