using System.Globalization;
using System.Text;

namespace FlywheelDicom.Transfer.Reporting;

/// <summary>Names of reports. They are never longer than a file system allows, and always keep their time and extension.</summary>
internal static class ReportName
{
    /// <summary>Bytes of UTF-8 that ext4, xfs, btrfs and most others allow; NTFS and APFS allow at least as many.</summary>
    private const int MaxBytes = 255;

    /// <summary>The longest addition to a report's name, for the files beside it.</summary>
    private const string LongestEnding = "_9999_failures.html";

    /// <summary><c>dicom-send_report-&lt;session&gt;[_&lt;acquisition&gt;]_yyyy-MM-dd_HH-mm-ss[_stopped]</c>; without labels the first input's name.</summary>
    public static string Of(SendTally tally, DateTime now, ReportNameStyle style, RunEnd end)
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
        var suffix = $"_{time}{(end == RunEnd.Stopped ? "_stopped" : "")}";
        return start + Safe(label, MaxBytes - start.Length - suffix.Length - LongestEnding.Length) + suffix;
    }

    /// <summary>The name that a report has in Flywheel, with its extension: dicom-send's, in ASCII.</summary>
    public static string Attachment(SendTally tally, DateTime now, RunEnd end) => Ascii(Of(tally, now, ReportNameStyle.Flywheel, end)) + ".csv";

    /// <summary>The name of a file beside another: the same name with an addition, not longer than a file system allows.</summary>
    public static string Beside(string name, string addition, string extension)
        => Fit(Path.GetFileNameWithoutExtension(name), MaxBytes - Encoding.UTF8.GetByteCount(addition + extension)) + addition + extension;

    /// <summary>The path of the list of failures beside a report.</summary>
    public static string FailuresOf(string report) => PathBeside(report, "_failures", ".csv");

    /// <summary>The path of the page beside a report. Where the report itself is called .html, the page is not.</summary>
    public static string PageOf(string report)
    {
        var page = PathBeside(report, "", ".html");
        return string.Equals(page, report, StringComparison.OrdinalIgnoreCase) ? PathBeside(report, "_page", ".html") : page;
    }

    private static string PathBeside(string path, string addition, string extension)
        => Path.Combine(Path.GetDirectoryName(path)!, Beside(Path.GetFileName(path), addition, extension));

    /// <summary>For local input: the name of the one file or archive, or with several files that of the first path that was given.</summary>
    private static string? NameOf(SendTally tally)
    {
        var isOneFile = tally.Origins.Take(2).Count() == 1;
        var path = isOneFile ? tally.First?.FileName : tally.First?.GivenPath;
        var name = path is null ? null : Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        return string.IsNullOrEmpty(name) ? tally.First?.FileName : name;
    }

    /// <summary>In ASCII, which every server and storage allows.</summary>
    private static string Ascii(string name)
        => string.Concat(name.Normalize(NormalizationForm.FormD)
            .Where(c => CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark).Select(c => c > '~' ? '_' : c));

    /// <summary>Replaces characters that some file system, or Flywheel, does not allow in a name.</summary>
    private static string Safe(string label, int maxBytes)
    {
        var safe = Fit(string.Concat(PlainText.Clean(label).Select(c => "<>:\"/\\|?*#%&;".Contains(c, StringComparison.Ordinal) ? '_' : c)).Trim('.', ' '), maxBytes).TrimEnd('.', ' ');
        return safe.Length == 0 ? "unnamed" : safe;
    }

    /// <summary>The start of a text that fits into this number of bytes. No text element (a letter with its accents, an emoji) is cut.</summary>
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
