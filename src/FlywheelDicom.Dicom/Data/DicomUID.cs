using System.Globalization;
using System.Numerics;

namespace FlywheelDicom;

/// <summary>A unique identifier: one of the standard's registry (PS3.6 Annex A), or another one.</summary>
/// <param name="UID">Its dotted form.</param>
/// <param name="Name">Its registered name, or the UID itself.</param>
/// <param name="Kind">SOP Class, Transfer Syntax and so on; empty where it is not registered.</param>
/// <param name="IsRetired">Retired from the standard. It is still in use.</param>
public sealed record DicomUID(string UID, string Name, string Kind, bool IsRetired)
{
    internal const string Verification = "1.2.840.10008.1.1";
    internal const string StorageCommitment = "1.2.840.10008.1.20.1";
    internal const string StudyRootFind = "1.2.840.10008.5.1.4.1.2.2.1";
    internal const string ApplicationContext = "1.2.840.10008.3.1.1.1";
    internal const string MediaStorageDirectory = "1.2.840.10008.1.3.10";
    internal const string ImplementationClass = "2.25.229137214091826571939245790862837911045";
    internal const string ImplementationVersion = "FLYWHEELDICOM01";

    private const string StorageRoot = "1.2.840.10008.5.1.4.1.1.";

    /// <summary>The registered UID; for another one, its text is its name.</summary>
    public static DicomUID Lookup(string uid) => DicomDictionary.LookupUID(uid) ?? new DicomUID(uid, uid, "", false);

    /// <summary>A new UID under 2.25 (PS3.5 §B.2).</summary>
    public static string Generate()
        => "2.25." + new BigInteger(Guid.NewGuid().ToByteArray(), isUnsigned: true).ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether the text is a UID (PS3.5 §9.1): at most 64 digits and dots, and no part that is empty or begins with a zero.</summary>
    public static bool IsValid(string? uid)
    {
        if (uid is not { Length: > 0 and <= 64 })
            return false;
        var start = 0;
        for (var i = 0; i <= uid.Length; i++)
        {
            if (i < uid.Length && char.IsAsciiDigit(uid[i]))
                continue;
            if (i < uid.Length && uid[i] != '.')
                return false;
            if (i == start || (uid[start] == '0' && i - start > 1))
                return false;
            start = i + 1;
        }
        return true;
    }

    /// <summary>
    /// Whether an SCP may take it for a Storage class: those of the standard and any private one
    /// (PS3.4 §B.5 lists the standard's; all of them stand under one root).
    /// </summary>
    internal static bool MayBeStorageClass(string uid)
        => uid.StartsWith(StorageRoot, StringComparison.Ordinal)
            || uid.StartsWith("1.2.840.10008.5.1.4.34.", StringComparison.Ordinal)
            || !uid.StartsWith("1.2.840.10008.", StringComparison.Ordinal)
            || DicomDictionary.LookupUID(uid) is { Kind: "SOP Class" } known && known.Name.EndsWith("Storage", StringComparison.Ordinal);

    /// <summary>Name and UID; the UID alone where it has no registered name.</summary>
    public override string ToString() => Name == UID ? UID : $"{Name} ({UID})";
}
