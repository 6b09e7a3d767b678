using System.Globalization;
using System.Net;
using System.Text;
using CsvHelper;

namespace FlywheelDicom.Transfer.Reporting;

/// <summary>Writes the report as CSV and as an HTML page.</summary>
internal static class SendReportWriter
{
    private static readonly string[] s_columns = ["Acquisition ID", "FW Path", "Filename", "Images in Series", "Images Sent", "Status"];

    /// <summary>Writes the CSV: a header, and a row for each file.</summary>
    internal static void WriteCsv(Stream stream, IReadOnlyList<FwSendReportRow> rows)
    {
        using var csv = CsvWriter.Create(stream, Csv, leaveOpen: true);
        csv.WriteRecord(s_columns);
        foreach (var row in rows)
        {
            csv.WriteRecord([PlainText.Clean(row.AcquisitionId), PlainText.Clean(row.FwPath), PlainText.Clean(row.FileName),
                row.ImagesInSeries.ToString(CultureInfo.InvariantCulture), row.ImagesSent.ToString(CultureInfo.InvariantCulture), row.Status]);
        }
    }

    /// <summary>Writes the same as one HTML page without other files, with the reasons of failed instances.</summary>
    internal static void WriteHtml(Stream stream, FwSendReport report, FailureList failures)
    {
        using var page = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        page.Write("""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>DICOM send report</title><style>
            body{font:14px system-ui,sans-serif;margin:2em;color:#222}table{border-collapse:collapse;margin-top:1em}
            th,td{text-align:left;padding:.35em .9em;border-bottom:1px solid #ddd}td.n{text-align:right}
            .Complete{color:#176b2c}.Incomplete{color:#8a5a00}.Failed{color:#a11212}
            </style></head><body><h1>DICOM send report</h1>

            """);
        page.WriteLine($"<p>{Number(report.ImagesSent)} of {Number(report.ImagesInSeries)} images sent.</p>");
        if (report.IsStopped)
            page.WriteLine("<p>The run was stopped: there may be images that it never came to.</p>");
        if (report.DistinctImages < report.ImagesSent)
        {
            page.WriteLine($"<p>They are {Number(report.DistinctImages)} distinct images: some were sent under one SOP Instance UID, "
                + "and an archive keeps one image for each.</p>");
        }
        WriteTable(page, s_columns, report.Rows.Select(r => (string[])[r.AcquisitionId, r.FwPath, r.FileName, Number(r.ImagesInSeries), Number(r.ImagesSent), r.Status]),
            (column, text) => column switch { 3 or 4 => "n", 5 => text, _ => null });
        if (failures.Count > 0)
        {
            page.WriteLine("<h2>What failed</h2>");
            if (failures.Count > failures.First.Count)
            {
                page.WriteLine($"<p>The first {Number(failures.First.Count)} of {Number(failures.Count)}"
                    + (report.FailuresPath is { } all ? $"; all are in {Text(Path.GetFileName(all))}" : "") + ".</p>");
            }
            WriteTable(page, ["Name", "SOP Instance UID", "Reason", "Error ID"], failures.First.Select(f => (string[])[f.Name, f.Uid, f.Reason, f.ErrorId]), (_, _) => null);
        }
        page.WriteLine("</body></html>");
    }

    /// <summary>The form of all CSV files of a report. Cells that begin like a formula are escaped: a spreadsheet would run them.</summary>
    internal static CsvWriterOptions Csv { get; } = new() { Injection = CsvInjection.Escape, NewLine = "\n", FormatProvider = CultureInfo.InvariantCulture };

    /// <param name="page">The page.</param>
    /// <param name="columns">The names of the columns.</param>
    /// <param name="rows">The cells of each row.</param>
    /// <param name="cssClass">The CSS class of a cell, from its column and text; null for none.</param>
    private static void WriteTable(StreamWriter page, string[] columns, IEnumerable<string[]> rows, Func<int, string, string?> cssClass)
    {
        page.WriteLine($"<table><tr>{string.Concat(columns.Select(c => $"<th>{c}</th>"))}</tr>");
        foreach (var row in rows)
        {
            page.Write("<tr>");
            for (var i = 0; i < row.Length; i++)
                page.Write(cssClass(i, row[i]) is { } name ? $"<td class=\"{name}\">{Text(row[i])}</td>" : $"<td>{Text(row[i])}</td>");
            page.WriteLine("</tr>");
        }
        page.WriteLine("</table>");
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(string value) => WebUtility.HtmlEncode(PlainText.Clean(value));
}
