using System.Text;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// Looks at each header before the platform's reader acts on it: that takes the size of an extended header (a long name, pax
/// attributes) at its word, and asks for as much memory.
/// </summary>
internal sealed class TarHeaderGuard(Stream inner) : Stream
{
    private const int HeaderSize = 512;
    private const long MaxExtendedHeader = 1 << 20;

    public override bool CanRead => true;
    public override bool CanSeek => inner.CanSeek;
    public override bool CanWrite => false;
    public override long Length => inner.Length;
    public override long Position { get => inner.Position; set => inner.Position = value; }

    /// <exception cref="InvalidDataException">An extended header is larger than any name.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.Length != HeaderSize)
            return inner.Read(buffer);
        var read = inner.ReadAtLeast(buffer, HeaderSize, throwOnEndOfStream: false);
        // 'x' and 'g' are pax attributes, 'L' and 'K' the long names of GNU.
        if (read == HeaderSize && buffer[156] is (byte)'x' or (byte)'g' or (byte)'L' or (byte)'K' && IsHeader(buffer) && Number(buffer.Slice(124, 12)) > MaxExtendedHeader)
            throw new InvalidDataException("An extended header is too large to be one.");
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);
    public override void Flush() { }
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Content that is read in a piece of the same size is told apart by the check sum, which counts its own field as spaces.</summary>
    private static bool IsHeader(ReadOnlySpan<byte> block)
    {
        long sum = 0;
        for (var i = 0; i < HeaderSize; i++)
            sum += i is >= 148 and < 156 ? ' ' : block[i];
        return Number(block.Slice(148, 8)) == sum;
    }

    /// <summary>Octal text, or where the first bit is set a big-endian number.</summary>
    private static long Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) == 0)
        {
            var text = Encoding.ASCII.GetString(field).Trim(' ', '\0');
            return text.All(c => c is >= '0' and <= '7') && text.Length > 0 ? Convert.ToInt64(text, 8) : -1;
        }
        long value = field[0] & 0x7F;
        foreach (var one in field[1..])
            value = value > long.MaxValue >> 8 ? long.MaxValue : (value << 8) | one;
        return value;
    }
}
