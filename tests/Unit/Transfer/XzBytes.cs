using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>One stream of an xz file whose LZMA2 chunks are stored as they are (The .xz File Format).</summary>
internal static class XzBytes
{
    /// <param name="check">0 none, 1 CRC-32, 10 SHA-256.</param>
    public static byte[] Stream(byte[] content, byte check = 1, int blockSize = 40_000)
    {
        var stream = new MemoryStream();
        byte[] flags = [0, check];
        stream.Write([0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, .. flags, .. Sum(flags)]);
        List<byte> index = [0];
        var blocks = content.Chunk(blockSize).ToList();
        index.AddRange(Number(blocks.Count));
        foreach (var block in blocks)
        {
            var start = stream.Length;
            byte[] header = [2, 0, 0x21, 1, 0, 0, 0, 0];
            stream.Write([.. header, .. Sum(header)]);
            for (var at = 0; at < block.Length; at += 30_000)
            {
                var size = Math.Min(30_000, block.Length - at);
                stream.Write([(byte)(at == 0 ? 1 : 2), (byte)((size - 1) >> 8), (byte)(size - 1), .. block.AsSpan(at, size)]);
            }
            stream.WriteByte(0);
            var end = stream.Length;
            stream.Write(new byte[(4 - end % 4) % 4]);
            byte[] sum = check switch { 0 => [], 1 => Sum(block), _ => SHA256.HashData(block) };
            stream.Write(sum);
            index.AddRange([.. Number(end - start + sum.Length), .. Number(block.Length)]);
        }
        index.AddRange(new byte[(4 - index.Count % 4) % 4]);
        byte[] whole = [.. index];
        stream.Write([.. whole, .. Sum(whole)]);
        var backward = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(backward, (whole.Length + 4) / 4 - 1);
        byte[] footer = [.. backward, .. flags];
        stream.Write([.. Sum(footer), .. footer, (byte)'Y', (byte)'Z']);
        return stream.ToArray();
    }

    private static byte[] Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(sum, Crc32.HashToUInt32(bytes));
        return sum;
    }

    private static byte[] Number(long value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }
}
