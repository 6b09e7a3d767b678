using static FlywheelDicom.Transfer.Reporting.PageWriter;

namespace FlywheelDicom.Transfer.Reporting;

/// <summary>The tables of the page: failures, studies and series, files.</summary>
internal static class PageSections
{
    /// <summary>Further files stand in the CSV alone.</summary>
    private const int MaxFiles = 1000;

    public static void WriteFailures(PageWriter page, ReportPage data)
    {
        if (data.Failures.Count == 0)
            return;
        Section(page, "failures", "What failed, and what to do", () =>
        {
            var first = data.Failures.First;
            if (data.Failures.Count > first.Count)
            {
                var all = data.Report.FailuresPath is { } path ? $", see {Path.GetFileName(path)}" : "";
                page.Text("p", $"The first {Number(first.Count)} stand here, and {Number(data.Failures.Count - first.Count)} more do not{all}.");
            }
            Table(page, "Images that are not at the destination, by kind of failure.", ["Image", "SOP Instance UID", "Reason"], ..0, () =>
            {
                foreach (var kind in first.GroupBy(f => f.ErrorId, StringComparer.Ordinal))
                    WriteKind(page, data, kind.Key, kind);
            });
        });
    }

    public static void WriteSeries(PageWriter page, ReportPage data) => Section(page, "series", "Studies and series", () =>
    {
        Table(page, null, ["Series", "Modality", "Images", "Volume sent", "At destination", "Failed"], 2..6, () =>
        {
            foreach (var study in data.Series.Series.GroupBy(s => s.StudyUid, StringComparer.Ordinal).OrderBy(s => s.Key is null))
            {
                page.Element("tbody", () =>
                {
                    WriteStudy(page, [.. study], data.Options.Patients);
                    foreach (var series in study)
                        WriteCounts(page, series.Texts?.SeriesDescription ?? (series.SeriesUid is null ? "Not readable as DICOM" : "No description"), series.SeriesUid, series.Texts?.Modality ?? "", series);
                });
            }
            if (data.Series.Others is { } others)
                page.Element("tbody", () => WriteCounts(page, $"All further series (more than {Number(SeriesTally.MaxSeries)})", null, "", others));
            page.Element("tfoot", () => WriteCounts(page, "Total", null, "", data.Series.Total));
        });
    });

    public static void WriteFiles(PageWriter page, ReportPage data) => Section(page, "files", "Files and archives", () =>
    {
        var rows = data.Report.Rows;
        if (rows.Count > MaxFiles)
            page.Text("p", $"The first {Number(MaxFiles)} stand here, and {Number(rows.Count - MaxFiles)} more do not: see the CSV report.");
        Table(page, null, ["File", "Images in it", "At destination", "Status"], 1..3, () => page.Element("tbody", () =>
        {
            foreach (var row in rows.Take(MaxFiles))
            {
                page.Element("tr", () =>
                {
                    page.Element("th", () =>
                    {
                        page.Text(row.FileName);
                        if (row.AcquisitionId.Length > 0)
                            page.Text("div", $"Acquisition {row.AcquisitionId}", ("class", "id"));
                    }, ("scope", "row"));
                    Cell(page, Number(row.ImagesInSeries), "n");
                    Cell(page, Number(row.ImagesSent), "n");
                    Cell(page, row.Status, row.Status switch { "Complete" => "good", "Failed" => "bad", _ => "fair" });
                });
                page.Line();
            }
        }));
    });

    /// <summary>A part of the page that is found by its heading.</summary>
    public static void Section(PageWriter page, string id, string heading, Action content) => page.Element("section", () =>
    {
        page.Text("h2", heading, ("id", id));
        content();
    }, ("aria-labelledby", id));

    private static void WriteKind(PageWriter page, ReportPage data, string errorId, IEnumerable<Failure> failures) => page.Element("tbody", () =>
    {
        page.Element("tr", () => page.Element("th", () =>
        {
            page.Text("strong", Number(data.Series.FailuresById.GetValueOrDefault(errorId), "image", "images"));
            if (data.Options.Advice(errorId) is { } advice)
                page.Text($" · What to do: {advice}");
            if (errorId.Length > 0)
                page.Text("span", $" {errorId}", ("class", "id"));
        }, ("scope", "rowgroup"), ("colspan", "3")), ("class", "group"));
        foreach (var failure in failures)
        {
            page.Element("tr", () =>
            {
                page.Text("th", failure.ShortName, ("scope", "row"));
                page.Text("td", failure.Uid, ("class", "id"));
                page.Text("td", failure.Reason);
            });
            page.Line();
        }
    });

    private static void WriteStudy(PageWriter page, SeriesCount[] series, PatientData patients)
    {
        var texts = series.Select(s => s.Texts).FirstOrDefault(t => t is not null);
        page.Element("tr", () => page.Element("th", () =>
        {
            page.Text("strong", texts?.StudyDescription ?? (series[0].StudyUid is null ? "No study" : "Study without description"));
            if (patients == PatientData.Included && texts is not null)
                page.Text($" · {texts.PatientName ?? "no name"}, ID {texts.PatientId ?? "none"}, born {BirthDate(texts.PatientBirthDate)}");
            if (series[0].StudyUid is { } uid)
                page.Text("div", $"Study {uid}", ("class", "id"));
        }, ("scope", "rowgroup"), ("colspan", "6")), ("class", "group"));
    }

    private static string BirthDate(string? date) => date is { Length: 8 } ? $"{date[..4]}-{date[4..6]}-{date[6..]}" : date ?? "unknown";

    private static void WriteCounts(PageWriter page, string name, string? uid, string modality, SeriesCount count)
    {
        page.Element("tr", () =>
        {
            page.Element("th", () =>
            {
                page.Text(name);
                if (uid is not null)
                    page.Text("div", uid, ("class", "id"));
            }, ("scope", "row"));
            Cell(page, modality, null);
            Cell(page, Number(count.Images), "n");
            Cell(page, Size(count.Bytes), "n");
            Cell(page, Number(count.Stored), "n");
            Cell(page, Number(count.Failed), count.Failed > 0 ? "n bad" : "n");
        });
        page.Line();
    }

    private static void Cell(PageWriter page, string text, string? cssClass) => page.Text("td", text, ("class", cssClass));

    private static void Table(PageWriter page, string? caption, string[] columns, Range numbers, Action bodies) => page.Element("table", () =>
    {
        if (caption is not null)
            page.Text("caption", caption);
        page.Element("thead", () => page.Element("tr", () =>
        {
            for (var i = 0; i < columns.Length; i++)
                page.Text("th", columns[i], ("scope", "col"), ("class", i >= numbers.Start.Value && i < numbers.End.Value ? "n" : null));
        }));
        page.Line();
        bodies();
    });
}
