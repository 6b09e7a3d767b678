using System.Globalization;
using System.Net;
using System.Text;
using CsvHelper;

namespace FlywheelDicom.Transfer.Reporting;

/// <summary>Writes the report as CSV, and as a page for people.</summary>
public static class SendReportWriter
{
    private static readonly string[] s_columns = ["Acquisition ID", "FW Path", "Filename", "Images in Series", "Images Sent", "Status"];

    /// <summary>
    /// <c>dicom-send_report-&lt;session&gt;[_&lt;acquisition&gt;]_yyyy-MM-dd_HH-mm-ss.csv</c>; without labels the first input's name.
    /// </summary>
    public static string FileName(SendTally tally, DateTime now, bool isStopped = false)
    {
        ArgumentNullException.ThrowIfNull(tally);
        var origin = tally.First;
        var isOneSession = tally.Origins.Select(o => o.SessionId).Distinct(StringComparer.Ordinal).Take(2).Count() == 1;
        var label = (isOneSession ? origin?.SessionLabel : origin?.Scope?.Label) ?? origin?.SessionLabel ?? origin?.FileName ?? "empty";
        if (origin is { Scope.Kind: "acquisition", AcquisitionLabel: not null })
            label += "_" + origin.AcquisitionLabel;
        return string.Create(CultureInfo.InvariantCulture, $"dicom-send_report-{Safe(label)}_{now:yyyy-MM-dd_HH-mm-ss}{(isStopped ? "_stopped" : "")}.csv");
    }

    /// <summary>Writes the CSV; a file is there whole or not at all.</summary>
    public static void WriteCsv(string path, IReadOnlyList<FwSendReportRow> rows)
        => WriteWhole(path, stream =>
        {
            // Cells that begin like a formula would run in a spreadsheet.
            var options = new CsvWriterOptions { Injection = CsvInjection.Escape, NewLine = "\n", FormatProvider = CultureInfo.InvariantCulture };
            using var csv = CsvWriter.Create(stream, options, leaveOpen: true);
            csv.WriteRecord(s_columns);
            foreach (var row in rows)
            {
                csv.WriteRecord([row.AcquisitionId, row.FwPath, row.FileName,
                    row.ImagesInSeries.ToString(CultureInfo.InvariantCulture), row.ImagesSent.ToString(CultureInfo.InvariantCulture), row.Status]);
            }
        });

    /// <summary>Writes the same as one self-contained page.</summary>
    public static void WriteHtml(string path, FwSendReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var page = new StringBuilder();
        page.Append("""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>DICOM send report</title><style>
            body{font:14px system-ui,sans-serif;margin:2em;color:#222}table{border-collapse:collapse;margin-top:1em}
            th,td{text-align:left;padding:.35em .9em;border-bottom:1px solid #ddd}td.n{text-align:right}
            .Complete{color:#176b2c}.Incomplete{color:#8a5a00}.Failed{color:#a11212}
            </style></head><body><h1>DICOM send report</h1>

            """);
        page.Append(CultureInfo.InvariantCulture, $"<p>{report.ImagesSent} of {report.ImagesInSeries} images sent.{(report.IsStopped ? " The run was stopped: there may be images that it never came to." : "")}</p>\n<table><tr>");
        foreach (var column in s_columns)
            page.Append("<th>").Append(column).Append("</th>");
        page.Append("</tr>\n");
        foreach (var row in report.Rows)
        {
            page.Append(CultureInfo.InvariantCulture,
                $"<tr><td>{Text(row.AcquisitionId)}</td><td>{Text(row.FwPath)}</td><td>{Text(row.FileName)}</td><td class=\"n\">{row.ImagesInSeries}</td><td class=\"n\">{row.ImagesSent}</td><td class=\"{row.Status}\">{row.Status}</td></tr>\n");
        }
        page.Append("</table></body></html>\n");
        WriteWhole(path, stream => stream.Write(Encoding.UTF8.GetBytes(page.ToString())));
    }

    private static void WriteWhole(string path, Action<Stream> write)
    {
        var partial = path + ".partial";
        try
        {
            using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write))
                write(stream);
            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <summary>The name that a report has in Flywheel: ASCII, which every server and storage takes.</summary>
    public static string AttachmentName(string path)
        => string.Concat(Safe(Path.GetFileName(path)).Normalize(NormalizationForm.FormD)
            .Where(c => CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark).Select(c => c is ' ' or > '~' ? '_' : c));

    /// <summary>What some file system, or Flywheel, refuses in a name becomes an underscore.</summary>
    private static string Safe(string label)
    {
        var safe = string.Concat(label.Select(c => c < ' ' || "<>:\"/\\|?*#%&;".Contains(c, StringComparison.Ordinal) ? '_' : c)).Trim('.', ' ');
        return safe.Length switch { 0 => "unnamed", > 120 => safe[..120], _ => safe };
    }

    private static string Text(string value) => WebUtility.HtmlEncode(value);
}
