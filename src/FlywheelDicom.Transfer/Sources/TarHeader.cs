using System.Text;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>The block before each file of a tar (POSIX.1-2001, ustar and pax; GNU; what Unix version 7 wrote).</summary>
internal readonly ref struct TarHeader(ReadOnlySpan<byte> block)
{
    public const int Size = 512;

    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _block = block;

    /// <summary>What follows: a file, a link, a folder, or attributes of the next header.</summary>
    public char Type => (char)_block[156];

    /// <summary>The stated size; -1 if that is no number.</summary>
    public long ContentSize => Number(_block.Slice(124, 12));

    public string Name
    {
        get
        {
            var name = Text(_block[..100]);
            // GNU has times where ustar has a prefix. The magic shows which it is.
            return _block.Slice(257, 6).SequenceEqual("ustar\0"u8) && _block[345] != 0 ? $"{Text(_block.Slice(345, 155))}/{name}" : name;
        }
    }

    public string LinkName => Text(_block.Slice(157, 100));

    /// <summary>Whether its check sum is right. Its own field counts as spaces. Some old programs add signed bytes.</summary>
    public bool AddsUp
    {
        get
        {
            var (unsigned, signed) = (0L, 0L);
            for (var i = 0; i < Size; i++)
            {
                var value = i is >= 148 and < 156 ? (byte)' ' : _block[i];
                (unsigned, signed) = (unsigned + value, signed + (sbyte)value);
            }
            var stated = Number(_block.Slice(148, 8));
            return stated == unsigned || stated == signed;
        }
    }

    /// <summary>Octal digits up to a space or zero. If the first bit is set, a big-endian number.</summary>
    public static long Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
        {
            long value = field[0] & 0x7F;
            foreach (var one in field[1..])
                value = value > long.MaxValue >> 8 ? long.MaxValue : (value << 8) | one;
            return value;
        }
        var digits = field.TrimStart((byte)' ');
        var end = digits.IndexOfAny((byte)' ', (byte)0);
        digits = end < 0 ? digits : digits[..end];
        long number = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7')
                return -1;
            number = number * 8 + digit - '0';
        }
        return digits.IsEmpty ? -1 : number;
    }

    /// <summary>Text up to a zero. Names that are no UTF-8 are read byte by byte, so that different names stay different.</summary>
    public static string Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        var text = end < 0 ? field : field[..end];
        try
        {
            return s_strict.GetString(text);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(text);
        }
    }
}
