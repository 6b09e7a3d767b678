using System.IO.Compression;

namespace FlywheelDicom.IO;

/// <summary>Compresses a data set while it is read (PS3.5 §A.5): RFC 1951 without a header, with one zero at the end where the length is odd.</summary>
internal sealed class DeflatingStream : ForwardStream
{
    private readonly Stream _plain;
    private readonly MemoryStream _output = new();
    private readonly byte[] _chunk = new byte[32 * 1024];
    private DeflateStream? _deflater;
    private long _total;

    public DeflatingStream(Stream plain)
    {
        _plain = plain;
        _deflater = new DeflateStream(_output, CompressionLevel.Fastest, leaveOpen: true);
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
            return 0;
        while (_output.Position == _output.Length && _deflater is not null)
            Deflate();
        return _output.Read(buffer);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _deflater?.Dispose();
            _plain.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Deflate()
    {
        _output.SetLength(0);
        var read = _plain.Read(_chunk);
        if (read > 0)
            _deflater!.Write(_chunk, 0, read);
        else
        {
            _deflater!.Dispose();
            _deflater = null;
        }
        _total += _output.Length;
        if (_deflater is null && _total % 2 == 1)
            _output.WriteByte(0);
        _output.Position = 0;
    }
}
