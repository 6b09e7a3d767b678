using System.Globalization;
using System.Text;

namespace FlywheelDicom.TestSupport;

/// <summary>Many instances, or very large ones, written without holding one in memory.</summary>
public static class BenchmarkSet
{
    public static void Save(string folder, int count, int size, int frames)
    {
        Directory.CreateDirectory(folder);
        var frame = new byte[size * size * 2];
        for (var number = 1; number <= count; number++)
        {
            var header = new SyntheticInstance { Number = number, Rows = size, Columns = size, Frames = frames, HasPixelData = false };
            new Random(number).NextBytes(frame);
            using var file = File.Create(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{number:000000}.dcm")));
            file.Write(header.ToArray());
            file.Write([0xE0, 0x7F, 0x10, 0x00, .. Encoding.ASCII.GetBytes("OW"), 0, 0, .. BitConverter.GetBytes((uint)((long)frame.Length * frames))]);
            for (var i = 0; i < frames; i++)
                file.Write(frame);
        }
    }
}
