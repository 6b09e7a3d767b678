namespace FlywheelDicom.TestSupport;

/// <summary>An element as it is to be written: the value is little endian, or text, or items.</summary>
public sealed record SyntheticElement(uint Tag, string VR, object Value)
{
    /// <summary>Sequences: undefined length for the sequence and its items.</summary>
    public bool IsUndefinedLength { get; init; }

    /// <summary>Leaves the value as long as it is, odd or not.</summary>
    public bool IsUnpadded { get; init; }

    /// <summary>In an explicit data set, this one (and what is in it) is written implicit.</summary>
    public bool IsImplicit { get; init; }

    public static SyntheticElement Text(uint tag, string vr, string value) => new(tag, vr, value);

    public static SyntheticElement UInt16(uint tag, ushort value) => new(tag, "US", BitConverter.GetBytes(value));

    public static SyntheticElement Bytes(uint tag, string vr, byte[] value) => new(tag, vr, value);

    public static SyntheticElement Sequence(uint tag, bool isUndefinedLength, params SyntheticElement[][] items)
        => new(tag, "SQ", items) { IsUndefinedLength = isUndefinedLength };
}
