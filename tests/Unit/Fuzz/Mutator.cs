using System.Buffers.Binary;

namespace FlywheelDicom.Unit.Fuzz;

/// <summary>Damages bytes in the ways that find mistakes in readers. The same seed does the same damage.</summary>
internal sealed class Mutator(int seed, IReadOnlyList<byte[]> corpus)
{
    private static readonly uint[] s_lengths = [0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF];

    private readonly Random _random = new(seed);

    public byte[] Next()
    {
        var bytes = Pick();
        for (var changes = 1 + _random.Next(1 << _random.Next(5)); changes > 0 && bytes.Length > 0; changes--)
            bytes = Change(bytes);
        return bytes;
    }

    private byte[] Pick() => (byte[])corpus[_random.Next(corpus.Count)].Clone();

    /// <summary>Mostly near the beginning, where the structure is.</summary>
    private int Place(int length) => _random.Next(3) == 0 ? _random.Next(length) : _random.Next(Math.Min(length, 1 << (4 + _random.Next(10))));

    private byte[] Change(byte[] bytes)
    {
        var at = Place(bytes.Length);
        var count = Math.Min(bytes.Length - at, 1 + _random.Next(1 << _random.Next(10)));
        switch (_random.Next(10))
        {
            case 0:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)_random.Next(256);
                return bytes;
            case 2 or 3 when bytes.Length - at >= 4:
                var length = s_lengths[_random.Next(s_lengths.Length)];
                if (_random.Next(2) == 0)
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), length);
                else
                    BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), length);
                return bytes;
            case 4 when bytes.Length - at >= 2:
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), (ushort)s_lengths[_random.Next(s_lengths.Length)]);
                return bytes;
            case 5:
                return bytes[..at];
            case 6:
                return [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + count)];
            case 7:
                return [.. bytes.AsSpan(0, at + count), .. bytes.AsSpan(at)];
            case 8:
                var other = Pick();
                return [.. bytes.AsSpan(0, at), .. other.AsSpan(Math.Min(at, other.Length))];
            default:
                _random.NextBytes(bytes.AsSpan(at, count));
                return bytes;
        }
    }
}
