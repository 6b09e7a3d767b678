using System.Text;

namespace FlywheelDicom.TestSupport;

/// <summary>Makes the headers of a changed tar add up again, as whoever means harm would.</summary>
public static class TarChecksums
{
    private const int Block = 512;

    /// <summary>From header to header, as far as their sizes lead.</summary>
    /// <param name="tar">Changed in place.</param>
    /// <param name="isSigned">As some old programs did.</param>
    public static void Repair(byte[] tar, bool isSigned = false)
    {
        for (long at = 0; at + Block <= tar.Length;)
        {
            var header = tar.AsSpan((int)at, Block);
            if (!header.ContainsAnyExcept((byte)0))
                return;
            var sum = 0;
            for (var i = 0; i < Block; i++)
                sum += i is >= 148 and < 156 ? ' ' : isSigned ? (sbyte)header[i] : header[i];
            Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header[148..]);
            var size = Encoding.ASCII.GetString(header.Slice(124, 12)).Trim(' ', '\0');
            if (size.Length == 0 || size.Any(c => c is < '0' or > '7'))
                return;
            at += Block + (Convert.ToInt64(size, 8) + Block - 1) / Block * Block;
        }
    }
}
