using System.Globalization;
using CsvHelper;

namespace FlywheelDicom.Transfer.Reporting;

/// <summary>Writes the report as CSV.</summary>
internal static class SendReportWriter
{
    internal static IReadOnlyList<string> Columns { get; } = ["Acquisition ID", "FW Path", "Filename", "Images in Series", "Images Sent", "Status"];

    /// <summary>Writes the CSV: a header, and a row for each file.</summary>
    internal static void WriteCsv(Stream stream, IReadOnlyList<FwSendReportRow> rows)
    {
        using var csv = CsvWriter.Create(stream, Csv, leaveOpen: true);
        csv.WriteRecord([.. Columns]);
        foreach (var row in rows)
        {
            csv.WriteRecord([PlainText.Clean(row.AcquisitionId), PlainText.Clean(row.FwPath), PlainText.Clean(row.FileName),
                row.ImagesInSeries.ToString(CultureInfo.InvariantCulture), row.ImagesSent.ToString(CultureInfo.InvariantCulture), row.Status]);
        }
    }

    /// <summary>The form of all CSV files of a report. Cells that begin like a formula are escaped: a spreadsheet would run them.</summary>
    internal static CsvWriterOptions Csv { get; } = new() { Injection = CsvInjection.Escape, NewLine = "\n", FormatProvider = CultureInfo.InvariantCulture };
}
