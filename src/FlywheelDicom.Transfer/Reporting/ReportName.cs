using System.Globalization;
using System.Text;

namespace FlywheelDicom.Transfer.Reporting;

/// <summary>How the time in a report's name is written.</summary>
internal enum ReportNameStyle
{
    /// <summary>HH-mm-ss, which every file system takes.</summary>
    Local,

    /// <summary>HH:mm:ss, as dicom-send writes it: for Flywheel, and for a gear's output, which is attached there.</summary>
    Flywheel,
}

/// <summary>Names of reports: never longer than a file system takes, and always with their time and ending.</summary>
internal static class ReportName
{
    /// <summary>Bytes of UTF-8 that ext4, xfs, btrfs and most others take; NTFS and APFS take no less.</summary>
    private const int MaxBytes = 255;

    /// <summary>What may still be added to a report's name for the files beside it.</summary>
    private const string LongestEnding = "_9999_failures.html";

    /// <summary><c>dicom-send_report-&lt;session&gt;[_&lt;acquisition&gt;]_yyyy-MM-dd_HH-mm-ss[_stopped]</c>; without labels the first input's name.</summary>
    public static string Of(SendTally tally, DateTime now, ReportNameStyle style, bool isStopped)
    {
        var origin = tally.First;
        var isOneSession = tally.Origins.Select(o => o.SessionId).Distinct(StringComparer.Ordinal).Take(2).Count() == 1;
        var label = (isOneSession ? origin?.SessionLabel : origin?.Scope?.Label) ?? origin?.SessionLabel ?? NameOf(tally) ?? "empty";
        if (origin is { Scope.Kind: "acquisition", AcquisitionLabel: not null })
            label += "_" + origin.AcquisitionLabel;
        if (style == ReportNameStyle.Flywheel)
            label = label.Replace("t2*", "t2star", StringComparison.OrdinalIgnoreCase);
        var time = now.ToString(style == ReportNameStyle.Flywheel ? "yyyy-MM-dd_HH:mm:ss" : "yyyy-MM-dd_HH-mm-ss", CultureInfo.InvariantCulture);
        const string start = "dicom-send_report-";
        var end = $"_{time}{(isStopped ? "_stopped" : "")}";
        return start + Safe(label, MaxBytes - start.Length - end.Length - LongestEnding.Length) + end;
    }

    /// <summary>The name of a file beside another: its name with something added, still within what a file system takes.</summary>
    public static string Beside(string name, string addition, string extension)
        => Fit(Path.GetFileNameWithoutExtension(name), MaxBytes - Encoding.UTF8.GetByteCount(addition + extension)) + addition + extension;

    /// <summary>Of local input: the name of its one file or archive; of several, that of what was given first.</summary>
    private static string? NameOf(SendTally tally)
    {
        var isOneFile = tally.Origins.Take(2).Count() == 1;
        var path = isOneFile ? tally.First?.FileName : tally.First?.GivenPath;
        var name = path is null ? null : Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        return string.IsNullOrEmpty(name) ? tally.First?.FileName : name;
    }

    /// <summary>In ASCII, which every server and storage takes.</summary>
    public static string Ascii(string name)
        => string.Concat(name.Normalize(NormalizationForm.FormD)
            .Where(c => CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark).Select(c => c > '~' ? '_' : c));

    /// <summary>What some file system, or Flywheel, refuses in a name becomes an underscore.</summary>
    private static string Safe(string label, int maxBytes)
    {
        var safe = Fit(string.Concat(PlainText.Clean(label).Select(c => "<>:\"/\\|?*#%&;".Contains(c, StringComparison.Ordinal) ? '_' : c)).Trim('.', ' '), maxBytes).TrimEnd('.', ' ');
        return safe.Length == 0 ? "unnamed" : safe;
    }

    /// <summary>As many whole characters, as people count them, as so many bytes hold.</summary>
    private static string Fit(string text, int maxBytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= maxBytes)
            return text;
        var (length, bytes) = (0, 0);
        while (true)
        {
            var next = StringInfo.GetNextTextElementLength(text, length);
            bytes += Encoding.UTF8.GetByteCount(text.AsSpan(length, next));
            if (bytes > maxBytes)
                return text[..length];
            length += next;
        }
    }
}
