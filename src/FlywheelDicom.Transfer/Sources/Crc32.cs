using System.Runtime.CompilerServices;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>The check sum of zip entries (ISO 3309), eight bytes a step.</summary>
internal struct Crc32
{
    private static readonly uint[][] s_tables = Tables();
    private uint _inverted;

    public readonly uint Value => _inverted;

    // All bytes of a zip pass through here, from the first one on: it does not wait to be found worth optimizing.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var t = s_tables;
        var crc = ~_inverted;
        while (bytes.Length >= 8)
        {
            var low = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            var high = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = t[7][low & 0xFF] ^ t[6][(low >> 8) & 0xFF] ^ t[5][(low >> 16) & 0xFF] ^ t[4][low >> 24]
                ^ t[3][high & 0xFF] ^ t[2][(high >> 8) & 0xFF] ^ t[1][(high >> 16) & 0xFF] ^ t[0][high >> 24];
            bytes = bytes[8..];
        }
        foreach (var b in bytes)
            crc = t[0][(crc ^ b) & 0xFF] ^ (crc >> 8);
        _inverted = ~crc;
    }

    private static uint[][] Tables()
    {
        var tables = Enumerable.Range(0, 8).Select(_ => new uint[256]).ToArray();
        for (var i = 0u; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            tables[0][i] = crc;
        }
        for (var i = 0; i < 256; i++)
        {
            for (var table = 1; table < 8; table++)
                tables[table][i] = tables[0][tables[table - 1][i] & 0xFF] ^ (tables[table - 1][i] >> 8);
        }
        return tables;
    }
}
