using System.Text;

namespace FlywheelDicom.Transfer.Reporting;

/// <summary>How a file of a report begins. An existing file is written over, or deleted, only where it begins so.</summary>
internal static class ReportBeginning
{
    /// <summary>The page has its title among the first bytes of its head.</summary>
    private const int Enough = 1024;

    private static readonly string s_report = string.Join(',', SendReportWriter.Columns);
    private static readonly string s_failures = string.Join(',', FailureList.Columns);

    /// <summary>Whether this is the beginning of the CSV of a report.</summary>
    public static bool IsReport(string text) => HasHeader(text, s_report);

    /// <summary>Whether this is the beginning of a list of failures.</summary>
    public static bool IsFailures(string text) => HasHeader(text, s_failures);

    /// <summary>Whether this is the beginning of the page of a report.</summary>
    public static bool IsPage(string text)
        => text.StartsWith("<!DOCTYPE html>", StringComparison.OrdinalIgnoreCase) && text.Contains($"<title>{HtmlReport.Title}", StringComparison.Ordinal);

    /// <summary>The first characters of a file; a byte order mark, which a spreadsheet may have added, is left out.</summary>
    public static string Read(Stream file)
    {
        var bytes = new byte[Enough];
        return Encoding.UTF8.GetString(bytes.AsSpan(0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false))).TrimStart('\uFEFF');
    }

    private static bool HasHeader(string text, string header)
        => text.StartsWith(header, StringComparison.Ordinal) && (text.Length == header.Length || text[header.Length] is '\r' or '\n');
}
