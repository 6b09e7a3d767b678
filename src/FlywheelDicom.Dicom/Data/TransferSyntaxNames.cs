namespace FlywheelDicom;

/// <summary>Names of transfer syntaxes that fit into a column.</summary>
internal static class TransferSyntaxNames
{
    private static readonly Dictionary<string, string> s_short = new(StringComparer.Ordinal)
    {
        ["1.2.840.10008.1.2"] = "Implicit VR LE",
        ["1.2.840.10008.1.2.1"] = "Explicit VR LE",
        ["1.2.840.10008.1.2.1.99"] = "Deflated LE",
        ["1.2.840.10008.1.2.2"] = "Explicit VR BE",
        ["1.2.840.10008.1.2.4.50"] = "JPEG Baseline",
        ["1.2.840.10008.1.2.4.51"] = "JPEG Extended",
        ["1.2.840.10008.1.2.4.57"] = "JPEG Lossless P14",
        ["1.2.840.10008.1.2.4.70"] = "JPEG Lossless",
        ["1.2.840.10008.1.2.4.80"] = "JPEG-LS Lossless",
        ["1.2.840.10008.1.2.4.81"] = "JPEG-LS Lossy",
        ["1.2.840.10008.1.2.4.90"] = "JPEG 2000 Lossless",
        ["1.2.840.10008.1.2.4.91"] = "JPEG 2000",
        ["1.2.840.10008.1.2.4.100"] = "MPEG-2 Main",
        ["1.2.840.10008.1.2.4.101"] = "MPEG-2 High",
        ["1.2.840.10008.1.2.4.102"] = "MPEG-4 H.264",
        ["1.2.840.10008.1.2.4.103"] = "MPEG-4 H.264 BD",
        ["1.2.840.10008.1.2.4.107"] = "HEVC H.265",
        ["1.2.840.10008.1.2.4.108"] = "HEVC H.265 10 bit",
        ["1.2.840.10008.1.2.4.110"] = "JPEG XL Lossless",
        ["1.2.840.10008.1.2.4.111"] = "JPEG XL Recompr.",
        ["1.2.840.10008.1.2.4.112"] = "JPEG XL",
        ["1.2.840.10008.1.2.4.201"] = "HTJ2K Lossless",
        ["1.2.840.10008.1.2.4.202"] = "HTJ2K Lossl. RPCL",
        ["1.2.840.10008.1.2.4.203"] = "HTJ2K",
        ["1.2.840.10008.1.2.5"] = "RLE Lossless",
    };

    /// <summary>By UID or registered name. What has no short name keeps its registered one, or its UID.</summary>
    public static string Short(string? uidOrName)
    {
        if (string.IsNullOrEmpty(uidOrName))
            return "";
        if (s_short.TryGetValue(uidOrName, out var name))
            return name;
        var uid = s_short.Keys.FirstOrDefault(k => DicomDictionary.LookupUID(k)?.Name == uidOrName);
        return uid is null ? DicomUID.Lookup(uidOrName).Name : s_short[uid];
    }
}
