using System.Text;

namespace FlywheelDicom.TestSupport;

/// <summary>A tar written header by header, so that it can be any that a program has ever written.</summary>
public sealed class TarBytes
{
    private const int Block = 512;
    private readonly List<byte> _bytes = [];

    /// <summary>A ustar header and content; what is changed in the header changes it before its check sum is made.</summary>
    public TarBytes Add(string name, byte[] content, char type = '0', Action<byte[]>? change = null, long? size = null)
    {
        var header = new byte[Block];
        Encoding.UTF8.GetBytes(name).AsSpan(0, Math.Min(100, Encoding.UTF8.GetByteCount(name))).CopyTo(header);
        Put(header, 100, "0000644\0");
        Put(header, 124, Octal(size ?? content.Length));
        Put(header, 136, "14000000000\0");
        header[156] = (byte)type;
        Put(header, 257, "ustar\000");
        change?.Invoke(header);
        Put(header, 148, "        ");
        Put(header, 148, Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0') + "\0 ");
        _bytes.AddRange(header);
        return Raw(content).Pad();
    }

    /// <summary>Extended attributes of the next file.</summary>
    public TarBytes Pax(params (string Key, string Value)[] records)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in records)
        {
            var length = key.Length + value.Length + 3;
            length += (length + 2).ToString(System.Globalization.CultureInfo.InvariantCulture).Length;
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{length} {key}={value}\n");
        }
        return Add("pax", Encoding.ASCII.GetBytes(text.ToString()), 'x');
    }

    public TarBytes Raw(byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public TarBytes End() => Raw(new byte[2 * Block]);

    public byte[] ToArray() => [.. _bytes];

    public static void Put(byte[] header, int at, string text) => Encoding.Latin1.GetBytes(text).CopyTo(header, at);

    /// <summary>Eleven digits and a zero, as sizes are written.</summary>
    public static string Octal(long number) => Convert.ToString(number, 8).PadLeft(11, '0') + "\0";

    private TarBytes Pad() => Raw(new byte[(Block - _bytes.Count % Block) % Block]);
}
