using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>What a library's stream unpacks. Whatever it throws for damage becomes the one exception that says so.</summary>
internal sealed class UnpackedStream : ForwardStream
{
    private readonly Stream _packed;
    private readonly Func<Stream, Stream> _open;
    private Stream? _unpacked;

    /// <param name="packed">Closed with this.</param>
    /// <param name="open">Opened with the first byte that is read: some read at once, and throw.</param>
    public UnpackedStream(Stream packed, Func<Stream, Stream> open) => (_packed, _open) = (packed, open);

    /// <exception cref="InvalidDataException">It is damaged or cut off.</exception>
    public override int Read(Span<byte> buffer)
    {
        try
        {
            _unpacked ??= _open(_packed);
            return _unpacked.Read(buffer);
        }
        // Libraries throw whatever damage leads them to.
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
