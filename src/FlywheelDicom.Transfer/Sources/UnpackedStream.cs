using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>Unpacks with a library's stream. All exceptions that a library throws for damage become <see cref="InvalidDataException"/>.</summary>
internal sealed class UnpackedStream : ForwardStream
{
    private readonly Stream _packed;
    private readonly Func<Stream, Stream> _open;
    private Stream? _unpacked;

    /// <param name="packed">Disposed with this.</param>
    /// <param name="open">Opens the library's stream. Called at the first read, because some read at once, and may throw.</param>
    public UnpackedStream(Stream packed, Func<Stream, Stream> open) => (_packed, _open) = (packed, open);

    /// <exception cref="InvalidDataException">It is damaged or cut off.</exception>
    public override int Read(Span<byte> buffer)
    {
        try
        {
            _unpacked ??= _open(_packed);
            return _unpacked.Read(buffer);
        }
        // Damage can make a library throw anything.
        catch (Exception e) when (e is not (IOException or InvalidDataException or OperationCanceledException))
        {
            throw new InvalidDataException(e is OutOfMemoryException ? "It asks for more memory than there is." : e.Message, e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _unpacked?.Dispose();
            _packed.Dispose();
        }
        base.Dispose(disposing);
    }
}
