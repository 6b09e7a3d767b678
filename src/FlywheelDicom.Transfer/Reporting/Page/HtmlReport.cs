using System.Reflection;
using static FlywheelDicom.Transfer.Reporting.PageWriter;

namespace FlywheelDicom.Transfer.Reporting;

/// <summary>Writes the page of a report that is handed to people: one file, without script and without a reference to another.</summary>
internal static class HtmlReport
{
    /// <summary>What the title begins with: a page is known by it.</summary>
    internal const string Title = "DICOM transfer report: ";

    public static void Write(Stream stream, ReportPage data)
    {
        using var page = new PageWriter(stream);
        page.Element("html", () =>
        {
            page.Element("head", () =>
            {
                page.Void("meta", ("charset", "utf-8"));
                page.Void("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
                // A browser would tell, and load nothing, if the page ever asked for something.
                page.Void("meta", ("http-equiv", "Content-Security-Policy"), ("content", "default-src 'none'; style-src 'unsafe-inline'"));
                page.Void("meta", ("name", "referrer"), ("content", "no-referrer"));
                page.Text("title", Title + Outcome(data));
                page.Element("style", () => page.Raw(PageStyle.Css));
            });
            page.Line();
            page.Element("body", () =>
            {
                page.Element("header", () => WriteHead(page, data));
                page.Element("main", () => WriteMain(page, data));
                page.Element("footer", () => page.Text("p", Footer(data)));
            });
        }, ("lang", "en"));
        page.Line();
    }

    private static void WriteHead(PageWriter page, ReportPage data)
    {
        page.Text("p", "DICOM transfer report", ("class", "kind"));
        page.Text("h1", Outcome(data));
        page.Text("p", $"{Source(data.Origins)} → {string.Join(", ", data.Series.Destinations)}", ("class", "route"));
        if (data.Report.IsStopped)
            page.Text("p", "The run was stopped: there may be images that it never came to.", ("class", "note"));
        if (data.Report.DistinctImages < data.Report.ImagesSent)
        {
            page.Text("p", $"What was sent are {Number(data.Report.DistinctImages)} distinct images: some were sent under one SOP Instance UID, "
                + "and an archive keeps one image for each.", ("class", "note"));
        }
        page.Line();
    }

    private static void WriteMain(PageWriter page, ReportPage data)
    {
        WriteFigures(page, data);
        PageSections.WriteFailures(page, data);
        PageSections.WriteSeries(page, data);
        var charts = data.Runs.Where(r => ThroughputChart.CanShow(r.Throughput)).ToList();
        if (charts.Count > 0)
        {
            PageSections.Section(page, "throughput", "Throughput over time", () =>
            {
                for (var i = 0; i < charts.Count; i++)
                    ThroughputChart.Write(page, charts[i], i);
            });
        }
        PageSections.Section(page, "settings", "The run", () => page.Element("dl", () => WriteFacts(page, data), ("class", "facts")));
        PageSections.WriteFiles(page, data);
    }

    private static void WriteFigures(PageWriter page, ReportPage data)
    {
        var total = data.Series.Total;
        page.Element("dl", () =>
        {
            Figure(page, "Images", Number(total.Images));
            Figure(page, "At the destination", Number(total.Stored));
            Figure(page, "Failed", Number(total.Failed), total.Failed > 0 ? "bad" : null);
            if (total.Warnings > 0)
                Figure(page, "Of these with a warning", Number(total.Warnings));
            if (total.Skipped > 0)
                Figure(page, "Of these sent before", Number(total.Skipped));
            Figure(page, "Volume sent", Size(total.Bytes));
            if (Elapsed(data.Runs) is { TotalSeconds: > 0 } elapsed)
            {
                Figure(page, "Time", Duration(elapsed));
                Figure(page, "Average rate", $"{Size(total.Bytes / elapsed.TotalSeconds)}/s");
            }
        }, ("class", "figures"));
        page.Line();
    }

    private static void Figure(PageWriter page, string name, string value, string? cssClass = null) => page.Element("div", () =>
    {
        page.Text("dt", name);
        page.Text("dd", value);
    }, ("class", cssClass));

    private static void WriteFacts(PageWriter page, ReportPage data)
    {
        void Fact(string name, string value)
        {
            page.Text("dt", name);
            page.Text("dd", value);
            page.Line();
        }
        foreach (var run in data.Runs)
            Fact("Sent", $"{Time(run.Started)}{(run.LastResult is { } last ? $" to {Time(last)}" : "")}");
        Fact("From", Source(data.Origins));
        foreach (var to in data.Series.Destinations)
        {
            Fact("To", $"{to.Host}, port {to.Port}");
            Fact("AE titles", $"called {to.CalledAE}, calling {to.CallingAE}");
            Fact("Encryption", to.Tls is { } tls ? $"TLS, {tls}" : "none: the network must be trusted");
        }
        foreach (var settings in data.Runs.Select(r => r.Settings).Distinct())
        {
            Fact("Associations", settings.MaxAssociations == 0 ? "as many as the archive took and the rate gained from" : $"at most {settings.MaxAssociations}");
            Fact("Retry", settings.RetryTime == TimeSpan.Zero ? "none" : $"{Duration(settings.RetryTime)} for each image");
            Fact("Time-out", $"{Duration(settings.Timeout)} for each answer");
            Fact("Journal", settings.Journal ?? "none");
        }
        if (data.Runs.SelectMany(r => r.Edits).Distinct(StringComparer.Ordinal).ToList() is { Count: > 0 } edits)
            Fact("Changed before sending", string.Join(", ", edits));
        var files = new[] { data.Report.Path, data.Report.FailuresPath }.Where(p => p is not null).Select(p => Path.GetFileName(p)!);
        Fact("Files of this report", string.Join(", ", files));
    }

    private static string Outcome(ReportPage data)
    {
        var (sent, all) = (data.Report.ImagesSent, data.Report.ImagesInSeries);
        if (all == 0)
            return "Nothing was sent";
        if (sent == all)
            return all == 1 ? "The one image was sent" : $"All {Number(all)} images were sent";
        return sent == 0 ? $"None of {Number(all, "image", "images")} was sent" : $"{Number(sent)} of {Number(all)} images were sent, {Number(all - sent)} failed";
    }

    /// <summary>The containers in Flywheel, or the files. No subject: its label may be a patient's.</summary>
    private static string Source(IReadOnlyList<DicomOrigin> origins)
    {
        var sessions = origins.Where(o => o.SessionLabel is not null || o.ProjectLabel is not null)
            .Select(o => $"Flywheel {string.Join(" / ", new[] { o.GroupId, o.ProjectLabel, o.SessionLabel }.Where(l => l is not null))}").Distinct(StringComparer.Ordinal).ToList();
        if (sessions.Count > 0)
            return sessions.Count > 3 ? $"{sessions[0]} and {Number(sessions.Count - 1)} more sessions" : string.Join(", ", sessions);
        var given = origins.Select(o => o.GivenPath is null ? null : Path.GetFileName(Path.TrimEndingDirectorySeparator(o.GivenPath))).Distinct(StringComparer.Ordinal).Take(2).ToList();
        return origins.Count switch
        {
            0 => "nothing",
            1 => origins[0].FileName,
            _ => given is [{ Length: > 0 } one] ? $"{one}, {Number(origins.Count, "file", "files")}" : Number(origins.Count, "file", "files"),
        };
    }

    private static TimeSpan Elapsed(IReadOnlyList<SendRunRecord> runs)
        => runs.Aggregate(TimeSpan.Zero, (sum, run) => sum + (run.LastResult is { } last ? last - run.Started : TimeSpan.Zero));

    private static string Footer(ReportPage data)
    {
        var version = typeof(HtmlReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        var patients = data.Options.Patients == PatientData.Included
            ? "This page names patients: handle it as a medical record."
            : "This page leaves out names, IDs and birth dates of patients; descriptions and file names are as they were given.";
        return $"{patients} Written by FlywheelDicom {version} on {Time(data.Written)}.";
    }
}
