using System.IO.Hashing;
using System.Text;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>A 7z in which every file is a block of its own, stored as it is, whatever method its header states.</summary>
internal static class SevenZipBytes
{
    public static byte[] Of(byte[] method, params (string Name, byte[] Content)[] files)
    {
        var packed = files.SelectMany(f => f.Content).ToArray();
        var full = files.Where(f => f.Content.Length > 0).ToList();
        List<byte> header = [0x01, 0x04, 0x06, 0x00, (byte)full.Count, 0x09];
        foreach (var (_, content) in full)
            header.AddRange(Number(content.Length));
        header.AddRange([0x00, 0x07, 0x0B, (byte)full.Count, 0x00]);
        foreach (var _ in full)
            header.AddRange([0x01, (byte)method.Length, .. method]);
        header.Add(0x0C);
        foreach (var (_, content) in full)
            header.AddRange(Number(content.Length));
        header.AddRange([0x00, 0x08, 0x0A, 0x01]);
        foreach (var (_, content) in full)
            header.AddRange(BitConverter.GetBytes(Crc32.HashToUInt32(content)));
        header.AddRange([0x00, 0x00, 0x05, (byte)files.Length]);
        if (full.Count < files.Length)
        {
            var bits = 0;
            for (var i = 0; i < files.Length; i++)
                bits |= files[i].Content.Length == 0 ? 0x80 >> i : 0;
            header.AddRange([0x0E, 0x01, (byte)bits, 0x0F, 0x01, (byte)(0xFF << (8 - (files.Length - full.Count)))]);
        }
        byte[] names = [0, .. files.SelectMany(f => Encoding.Unicode.GetBytes(f.Name + "\0"))];
        header.AddRange([0x11, .. Number(names.Length), .. names, 0x00, 0x00]);
        byte[] next = [.. BitConverter.GetBytes((long)packed.Length), .. BitConverter.GetBytes((long)header.Count), .. BitConverter.GetBytes(Crc32.HashToUInt32([.. header]))];
        return [(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C, 0, 4, .. BitConverter.GetBytes(Crc32.HashToUInt32(next)), .. next, .. packed, .. header];
    }

    private static byte[] Number(int value) => value < 0x80 ? [(byte)value] : [0xC0, (byte)value, (byte)(value >> 8)];
}
