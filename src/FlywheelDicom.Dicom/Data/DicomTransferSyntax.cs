namespace FlywheelDicom;

/// <summary>How a data set is encoded (PS3.5 §10 and Annex A).</summary>
internal sealed class DicomTransferSyntax
{
    private const string Root = "1.2.840.10008.1.2";

    /// <summary>1.2.840.10008.1.2: every peer must support it (PS3.5 §10.1).</summary>
    public static readonly DicomTransferSyntax ImplicitVRLittleEndian = new(Root) { IsExplicit = false };

    /// <summary>1.2.840.10008.1.2.1.</summary>
    public static readonly DicomTransferSyntax ExplicitVRLittleEndian = new(Root + ".1");

    /// <summary>1.2.840.10008.1.2.1.99 (PS3.5 §A.5).</summary>
    public static readonly DicomTransferSyntax DeflatedExplicitVRLittleEndian = new(Root + ".1.99") { IsDeflated = true };

    /// <summary>1.2.840.10008.1.2.2, which is retired.</summary>
    public static readonly DicomTransferSyntax ExplicitVRBigEndian = new(Root + ".2") { IsBigEndian = true };
    private static readonly DicomTransferSyntax s_gePrivate = new("1.2.840.113619.5.2") { IsExplicit = false, HasSwappedPixels = true };

    private DicomTransferSyntax(string uid) => Uid = uid;

    /// <summary>The UID of the syntax.</summary>
    public string Uid { get; }

    /// <summary>Whether each element states its VR.</summary>
    public bool IsExplicit { get; private init; } = true;

    /// <summary>Whether numbers are big endian.</summary>
    public bool IsBigEndian { get; private init; }

    /// <summary>The data set is compressed as a whole, by deflate (RFC 1951, PS3.5 §A.5).</summary>
    public bool IsDeflated { get; private init; }

    /// <summary>Pixel data is in fragments (PS3.5 §A.4).</summary>
    public bool IsEncapsulated { get; private init; }

    internal ElementEncoding Encoding => new() { IsExplicit = IsExplicit, IsBigEndian = IsBigEndian };

    /// <summary>It is one of the standard's with pixel data in fragments only. For a private one that is not known.</summary>
    internal bool NeedsFragments => IsEncapsulated && Uid.StartsWith(Root, StringComparison.Ordinal);

    /// <summary>GE's private syntax: little endian headers, big endian pixel words.</summary>
    private bool HasSwappedPixels { get; init; }

    /// <summary>The registered name, or the UID where it is not registered.</summary>
    public string Name => DicomUID.Lookup(Uid).Name;

    /// <summary>
    /// One of the four that differ in encoding only. Each can be converted to each other without loss and without a codec.
    /// </summary>
    public bool IsUncompressed => !IsEncapsulated && !HasSwappedPixels;

    /// <summary>
    /// The syntax with this UID. An unknown one is read as explicit little endian with fragments, as all syntaxes that were added to the
    /// standard since 1993. It is never converted.
    /// </summary>
    public static DicomTransferSyntax Lookup(string uid)
    {
        ArgumentNullException.ThrowIfNull(uid);
        return uid switch
        {
            Root => ImplicitVRLittleEndian,
            Root + ".1" => ExplicitVRLittleEndian,
            Root + ".1.99" => DeflatedExplicitVRLittleEndian,
            Root + ".2" => ExplicitVRBigEndian,
            Root + ".4.95" or Root + ".4.205" => new(uid) { IsDeflated = true, IsEncapsulated = true },
            "1.2.840.113619.5.2" => s_gePrivate,
            _ => new(uid) { IsEncapsulated = true },
        };
    }

    /// <summary>Name and UID.</summary>
    public override string ToString() => $"{Name} ({Uid})";
}
