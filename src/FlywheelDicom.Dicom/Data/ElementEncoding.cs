using System.Buffers.Binary;

namespace FlywheelDicom;

/// <summary>How the elements of a data set are written: with a VR or without one, and in which byte order (PS3.5 §7.1, §7.3).</summary>
internal readonly record struct ElementEncoding
{
    public static ElementEncoding ImplicitLittleEndian => default;

    public static ElementEncoding ExplicitLittleEndian { get; } = new() { IsExplicit = true };

    public static ElementEncoding ExplicitBigEndian { get; } = new() { IsExplicit = true, IsBigEndian = true };

    /// <summary>Each element states its VR.</summary>
    public bool IsExplicit { get; init; }

    public bool IsBigEndian { get; init; }

    public ushort ReadUInt16(ReadOnlySpan<byte> bytes) => IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    public uint ReadUInt32(ReadOnlySpan<byte> bytes) => IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    public DicomTag ReadTag(ReadOnlySpan<byte> bytes) => new(ReadUInt16(bytes), ReadUInt16(bytes[2..]));

    public void WriteUInt16(Span<byte> target, ushort value)
    {
        if (IsBigEndian)
            BinaryPrimitives.WriteUInt16BigEndian(target, value);
        else
            BinaryPrimitives.WriteUInt16LittleEndian(target, value);
    }

    public void WriteUInt32(Span<byte> target, uint value)
    {
        if (IsBigEndian)
            BinaryPrimitives.WriteUInt32BigEndian(target, value);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(target, value);
    }

    /// <summary>Changes the byte order of each number in a value.</summary>
    /// <param name="value">Numbers of equal size, one after the other.</param>
    /// <param name="unit">Bytes of each: <see cref="DicomVR.UnitSize"/>.</param>
    public static void SwapBytes(Span<byte> value, int unit)
    {
        if (unit < 2)
            return;
        for (var i = 0; i + unit <= value.Length; i += unit)
            value.Slice(i, unit).Reverse();
    }
}
