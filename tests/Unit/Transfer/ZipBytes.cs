using System.IO.Hashing;
using System.Text;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>A zip written header by header: entries packed in any method, and directories that do not tell the truth.</summary>
internal sealed class ZipBytes
{
    private readonly List<byte> _bytes = [];
    private readonly List<byte[]> _directory = [];

    /// <summary>Bytes before the first entry, of which the archive knows nothing.</summary>
    public byte[] Front { get; init; } = [];

    /// <summary>An entry. What its directory or its own header state may be changed.</summary>
    public ZipBytes Add(string name, byte[] content, ushort method = 0, byte[]? packed = null, uint? stated = null, uint? statedPacked = null, uint? local = null, byte[]? rawName = null, uint time = 0x21)
    {
        packed ??= content;
        var place = (uint)_bytes.Count;
        var bytes = rawName ?? Encoding.UTF8.GetBytes(name);
        var crc = Crc32.HashToUInt32(content);
        _bytes.AddRange(Header(0x04034B50, false, local ?? (uint)packed.Length, local ?? (uint)content.Length));
        _bytes.AddRange(packed);
        _directory.Add(Header(0x02014B50, true, statedPacked ?? (uint)packed.Length, stated ?? (uint)content.Length));
        return this;

        byte[] Header(uint signature, bool isCentral, uint packedLength, uint length)
        {
            var stream = new MemoryStream();
            using var writer = new BinaryWriter(stream);
            writer.Write(signature);
            if (isCentral)
                writer.Write((ushort)20);
            writer.Write((ushort)20);
            writer.Write((ushort)0);
            writer.Write(method);
            writer.Write(time);
            writer.Write(crc);
            writer.Write(packedLength);
            writer.Write(length);
            writer.Write((ushort)bytes.Length);
            writer.Write((ushort)0);
            if (isCentral)
            {
                writer.Write(new byte[10]);
                writer.Write(place);
            }
            writer.Write(bytes);
            return stream.ToArray();
        }
    }

    public byte[] ToArray(string comment = "", ushort disk = 0, int? count = null)
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Front);
        writer.Write(_bytes.ToArray());
        foreach (var entry in _directory)
            writer.Write(entry);
        writer.Write(0x06054B50u);
        writer.Write(disk);
        writer.Write(disk);
        writer.Write((ushort)(count ?? _directory.Count));
        writer.Write((ushort)(count ?? _directory.Count));
        writer.Write((uint)_directory.Sum(e => e.Length));
        writer.Write((uint)_bytes.Count);
        writer.Write((ushort)comment.Length);
        writer.Write(Encoding.ASCII.GetBytes(comment));
        return stream.ToArray();
    }
}
