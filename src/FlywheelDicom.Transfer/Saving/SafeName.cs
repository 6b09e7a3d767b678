using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FlywheelDicom.Transfer.Saving;

/// <summary>Names of files and folders that every system takes, whatever a DICOM value holds.</summary>
internal static class SafeName
{
    /// <summary>Stands where nothing is left of a value.</summary>
    public const string Unknown = "unknown";

    /// <summary>Of one name, in UTF-8: what the common file systems allow.</summary>
    public const int MaxBytes = 255;

    /// <summary>Devices of Windows, with any extension (also the old ones that no version documents any more).</summary>
    private static readonly HashSet<string> s_reserved = new(
        ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$", .. "0123456789\u00B9\u00B2\u00B3".SelectMany(d => new[] { $"COM{d}", $"LPT{d}" })], StringComparer.OrdinalIgnoreCase);

    /// <summary>The nine characters that Windows refuses or that part a path, and what cannot be seen.</summary>
    public static bool IsRefused(char c) => c is '<' or '>' or ':' or '"' or '/' or '\\' or '|' or '?' or '*' || char.IsControl(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>A value as part of a name: an underscore for what is refused; <see cref="Unknown"/> where nothing is left.</summary>
    public static string OfValue(string? value)
    {
        var text = new StringBuilder();
        // Halves of characters become U+FFFD on the way.
        foreach (var rune in (value ?? "").Trim().EnumerateRunes())
            text.Append(rune.IsBmp && IsRefused((char)rune.Value) ? "_" : rune.ToString());
        var clean = text.ToString();
        return clean.AsSpan().Trim(". ").IsEmpty ? Unknown : clean;
    }

    /// <summary>A whole name: no blank in front, no dot or blank at its end, no device, not too long.</summary>
    public static string OfPart(string name)
    {
        name = name.TrimStart(' ').TrimEnd(' ', '.');
        if (name.Length == 0)
            return Unknown;
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        if (s_reserved.Contains((dot < 0 ? name : name[..dot]).TrimEnd(' ')))
            name = "_" + name;
        return Encoding.UTF8.GetByteCount(name) <= MaxBytes ? name : Shortened(name);
    }

    /// <summary>Two long names that differ at their ends stay two names.</summary>
    private static string Shortened(string name)
    {
        var extension = Path.GetExtension(name) is { Length: > 0 and <= 16 } end && Encoding.UTF8.GetByteCount(end) <= 16 ? end : "";
        var mark = "~" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 4)) + extension;
        var room = MaxBytes - Encoding.UTF8.GetByteCount(mark);
        var kept = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
        {
            room -= rune.Utf8SequenceLength;
            if (room < 0)
                break;
            kept.Append(rune.ToString());
        }
        return kept.ToString().TrimEnd(' ', '.') + mark;
    }
}
