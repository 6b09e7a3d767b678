using System.Formats.Tar;
using System.Globalization;
using System.Text;

namespace FlywheelDicom.TestSupport;

/// <summary>Many instances, or very large ones, written without holding one in memory.</summary>
public static class BenchmarkSet
{
    public static void Save(string folder, int count, int size, int frames)
    {
        Directory.CreateDirectory(folder);
        for (var number = 1; number <= count; number++)
        {
            using var file = File.Create(Path.Combine(folder, Name(number)));
            Write(file, number, size, frames);
        }
    }

    /// <summary>The same in one tar, for numbers that a folder does not like.</summary>
    public static void SaveTar(string path, int count, int size)
    {
        using var file = File.Create(path);
        using var tar = new TarWriter(file, TarEntryFormat.Ustar);
        for (var number = 1; number <= count; number++)
        {
            var content = new MemoryStream();
            Write(content, number, size, 1);
            content.Position = 0;
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, Name(number)) { DataStream = content });
        }
    }

    /// <summary>12 bits of which the lower eight are noise, so that deflate halves them about as it does real images.</summary>
    private static byte[] Pixels(int number, int size)
    {
        var frame = new byte[size * size * 2];
        new Random(number).NextBytes(frame);
        for (var i = 1; i < frame.Length; i += 2)
            frame[i] = (byte)((i >> 10) & 0x0F);
        return frame;
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"{number:000000}.dcm");

    private static void Write(Stream target, int number, int size, int frames)
    {
        var header = new SyntheticInstance { Number = number, Rows = size, Columns = size, Frames = frames, HasPixelData = false };
        var frame = Pixels(number, size);
        target.Write(header.ToArray());
        target.Write([0xE0, 0x7F, 0x10, 0x00, .. Encoding.ASCII.GetBytes("OW"), 0, 0, .. BitConverter.GetBytes((uint)((long)frame.Length * frames))]);
        for (var i = 0; i < frames; i++)
            target.Write(frame);
    }
}
