namespace FlywheelDicom.Transfer.Sources;

/// <summary>The check sum that xz uses by default: CRC-64 of ECMA-182 with reflected bits. The platform has it without reflection only.</summary>
internal static class Crc64
{
    private static readonly ulong[] s_table = Table();

    public static ulong Append(ulong crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        foreach (var one in bytes)
            crc = s_table[(byte)crc ^ one] ^ (crc >> 8);
        return ~crc;
    }

    private static ulong[] Table()
    {
        var table = new ulong[256];
        for (var i = 0; i < table.Length; i++)
        {
            var value = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
                value = (value & 1) != 0 ? (value >> 1) ^ 0xC96C5795D7870F42 : value >> 1;
            table[i] = value;
        }
        return table;
    }
}
