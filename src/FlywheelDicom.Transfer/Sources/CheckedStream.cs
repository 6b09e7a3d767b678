using System.IO.Hashing;
using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>An entry that is read once from start to end. Its length and check sum are compared with those in the archive.</summary>
internal sealed class CheckedStream(Stream inner, long length, uint crc, string name) : ForwardStream
{
    private readonly Crc32 _crc = new();
    private long _position;

    /// <exception cref="InvalidDataException">It is not what the archive states.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || _position == length)
        {
            if (length == 0 && !buffer.IsEmpty)
                CheckEnd();
            return 0;
        }
        // Never more than the stated length, even if there are more packed data.
        var read = inner.Read(buffer[..(int)Math.Min(buffer.Length, length - _position)]);
        if (read == 0)
            throw Damaged($"it ends after {_position} of {length} bytes");
        _crc.Append(buffer[..read]);
        _position += read;
        if (_position == length)
            CheckEnd();
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Called before the last bytes are returned.</summary>
    private void CheckEnd()
    {
        if (_crc.GetCurrentHashAsUInt32() != crc)
            throw Damaged("its check sum is wrong");
        Span<byte> more = stackalloc byte[1];
        if (inner.Read(more) > 0)
            throw Damaged($"it goes on after the {length} bytes that are stated");
    }

    private InvalidDataException Damaged(string how) => new($"The archive entry '{name}' is damaged: {how}.");
}
