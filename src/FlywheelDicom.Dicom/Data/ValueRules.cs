using System.Globalization;

namespace FlywheelDicom;

/// <summary>What a VR allows in a text value (PS3.5 §6.2, table 6.2-1), and how many values the dictionary allows. Messages never contain the value.</summary>
internal static class ValueRules
{
    /// <summary>The rule of the VR that the text breaks; null if it breaks none. An empty text is always allowed.</summary>
    public static string? Broken(string text, DicomVR vr) => text.Length == 0 || IsAllowed(text, vr) ? null : RuleOf(vr);

    /// <summary>How many values the element must have; null if the number is right.</summary>
    public static string? BrokenCount(int count, string? multiplicity)
    {
        if (count == 0 || string.IsNullOrEmpty(multiplicity))
            return null;
        var alternatives = multiplicity.Split(" or ", StringSplitOptions.TrimEntries);
        return alternatives.Any(a => Fits(count, a)) ? null : $"it takes {multiplicity} {(multiplicity == "1" ? "value" : "values")}, not {count.ToString(CultureInfo.InvariantCulture)}";
    }

    private static bool Fits(int count, string range)
    {
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        if (!int.TryParse(dash < 0 ? range : range[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var least))
            return true;
        if (dash < 0)
            return count == least;
        var most = range[(dash + 1)..];
        if (!most.EndsWith('n'))
            return count >= least && (!int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || count <= limit);
        // 2-2n: pairs; 1-n: any number.
        var step = most.Length == 1 ? 1 : int.Parse(most[..^1], NumberStyles.None, CultureInfo.InvariantCulture);
        return count >= least && count % step == 0;
    }

    private static bool IsAllowed(string text, DicomVR vr) => vr.Code switch
    {
        "AE" => text.Length <= 16 && IsDefaultRepertoire(text) && text.Trim(' ').Length > 0,
        "AS" => text.Length == 4 && text.AsSpan(0, 3).IndexOfAnyExceptInRange('0', '9') < 0 && text[3] is 'D' or 'W' or 'M' or 'Y',
        "CS" => text.Length <= 16 && text.All(c => c is (>= 'A' and <= 'Z') or (>= '0' and <= '9') or ' ' or '_'),
        "DA" => DicomTime.IsDate(text),
        "TM" => DicomTime.IsTime(text),
        "DT" => DicomTime.IsDateTime(text),
        "DS" => text.Length <= 16 && IsDecimal(text.Trim(' ')),
        "IS" => text.Length <= 12 && text.Trim(' ') is var number && number.TrimStart('+', '-').All(char.IsAsciiDigit)
            && int.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        "LO" => HasAtMost(text, 64) && HasNoControls(text),
        "SH" => HasAtMost(text, 16) && HasNoControls(text),
        "PN" => IsName(text),
        "UC" => HasNoControls(text),
        "LT" => HasAtMost(text, 10240) && IsProse(text),
        "ST" => HasAtMost(text, 1024) && IsProse(text),
        "UT" => IsProse(text),
        "UI" => DicomUID.IsValid(text),
        "UR" => text[0] != ' ' && text.All(c => c is > ' ' and <= '~' and not '\\'),
        _ => true,
    };

    /// <summary>The rule in words.</summary>
    public static string RuleOf(DicomVR vr) => vr.Code switch
    {
        "AE" => "at most 16 ASCII characters, not all of them spaces",
        "AS" => "three digits and one of D, W, M and Y, such as 018M",
        "CS" => "at most 16 capital letters, digits, spaces and underscores",
        "DA" => "a date as yyyyMMdd, such as 20240131",
        "TM" => "a time as HHmmss.ffffff, which may end after any of its parts, such as 0930",
        "DT" => "date and time as yyyyMMddHHmmss.ffffff&ZZXX, which may end after any of its parts, such as 20240131093000+0100",
        "DS" => "a decimal number of at most 16 characters, such as -1.5e3",
        "IS" => "a whole number from -2147483648 to 2147483647, of at most 12 characters",
        "LO" => "at most 64 characters, no control characters",
        "SH" => "at most 16 characters, no control characters",
        "PN" => "at most 3 groups separated by =, each of at most 64 characters and 5 parts separated by ^, no control characters",
        "UC" => "no control characters",
        "LT" => "at most 10240 characters, of control characters only tab, line feed, form feed and carriage return",
        "ST" => "at most 1024 characters, of control characters only tab, line feed, form feed and carriage return",
        "UT" => "of control characters only tab, line feed, form feed and carriage return",
        "UI" => "a UID: at most 64 digits and dots, no part of it empty or with a zero in front",
        "UR" => "a URI, without spaces",
        _ => "",
    };

    private static bool IsDecimal(string text)
        => text.All(c => c is (>= '0' and <= '9') or '+' or '-' or 'e' or 'E' or '.')
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number);

    private static bool IsName(string text)
        => HasNoControls(text) && text.Split('=') is { Length: <= 3 } groups && groups.All(g => HasAtMost(g, 64) && g.Count(c => c == '^') <= 4);

    private static bool IsDefaultRepertoire(string text) => text.All(c => c is >= ' ' and <= '~');

    /// <summary>Counts characters. Some of them are two in a .NET string.</summary>
    private static bool HasAtMost(string text, int characters) => text.Length <= characters || text.EnumerateRunes().Count() <= characters;

    private static bool HasNoControls(string text) => !text.Any(char.IsControl);

    private static bool IsProse(string text) => !text.Any(c => char.IsControl(c) && c is not ('\t' or '\n' or '\f' or '\r'));
}
