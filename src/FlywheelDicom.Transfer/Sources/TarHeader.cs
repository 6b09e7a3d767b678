using System.Text;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>The block before each file of a tar (POSIX.1-2001, ustar and pax).</summary>
internal static class TarHeader
{
    public const int Size = 512;

    /// <summary>Pax attributes ('x' and 'g') or a long name of GNU ('L' and 'K'): what follows is about the next header.</summary>
    public static bool IsExtended(ReadOnlySpan<byte> header) => header[156] is (byte)'x' or (byte)'g' or (byte)'L' or (byte)'K';

    /// <summary>The size that it states; -1 where that is no number.</summary>
    public static long ContentSize(ReadOnlySpan<byte> header) => Number(header.Slice(124, 12));

    /// <summary>Whether its check sum is right, which counts its own field as spaces. Some old programs add signed bytes.</summary>
    public static bool AddsUp(ReadOnlySpan<byte> header)
    {
        var (unsigned, signed) = (0L, 0L);
        for (var i = 0; i < Size; i++)
        {
            var value = i is >= 148 and < 156 ? (byte)' ' : header[i];
            (unsigned, signed) = (unsigned + value, signed + (sbyte)value);
        }
        var stated = Number(header.Slice(148, 8));
        return stated == unsigned || stated == signed;
    }

    /// <summary>Octal digits up to a space or zero; or where the first bit is set a big-endian number.</summary>
    private static long Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) == 0)
        {
            var digits = Encoding.ASCII.GetString(field).TrimStart(' ').Split(' ', '\0')[0];
            return digits.Length > 0 && digits.All(c => c is >= '0' and <= '7') ? Convert.ToInt64(digits, 8) : -1;
        }
        long value = field[0] & 0x7F;
        foreach (var one in field[1..])
            value = value > long.MaxValue >> 8 ? long.MaxValue : (value << 8) | one;
        return value;
    }
}
