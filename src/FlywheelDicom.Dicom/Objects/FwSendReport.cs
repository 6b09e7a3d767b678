using System.Globalization;
using System.Text;

namespace FlywheelDicom;

/// <summary>A report, its sums, and where it was written.</summary>
public sealed record FwSendReport
{
    /// <summary>The CSV file; null where it could not be written, and the rows are only here.</summary>
    public required string? Path { get; init; }

    /// <summary>The HTML page beside it, where one was asked for.</summary>
    public string? HtmlPath { get; init; }

    /// <summary>A second CSV beside it that lists the instances that failed, with the reason; null where none failed.</summary>
    public string? FailuresPath { get; init; }

    /// <summary>One row for each file or archive.</summary>
    public required IReadOnlyList<FwSendReportRow> Rows { get; init; }

    /// <summary>Those rows that do not say Complete.</summary>
    public IEnumerable<FwSendReportRow> IncompleteRows => Rows.Where(r => r.Status != "Complete");

    /// <summary>Instances that all rows held.</summary>
    public required int ImagesInSeries { get; init; }

    /// <summary>Those of them that are at the destination.</summary>
    public required int ImagesSent { get; init; }

    /// <summary>Those that are not there.</summary>
    public int ImagesFailed => ImagesInSeries - ImagesSent;

    /// <summary>Those of the images sent that the destination answered with a warning.</summary>
    public int Warnings { get; init; }

    /// <summary>Those of the images sent that an earlier run had stored there, as its journal says.</summary>
    public int Skipped { get; init; }

    /// <summary>Bytes of data sets that were sent.</summary>
    public long Bytes { get; init; }

    /// <summary>The time that the runs took, from their beginning to their end; zero where the results do not tell.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Bytes a second over that time; 0 where it is not known.</summary>
    public double BytesPerSecond => Duration > TimeSpan.Zero ? Bytes / Duration.TotalSeconds : 0;

    /// <summary>Where it was sent to; several destinations are separated by commas.</summary>
    public string Destination { get; init; } = "";

    /// <summary>The journal of the run; null where it had none.</summary>
    public string? Journal { get; init; }

    /// <summary>Different SOP Instance UIDs among the images that were sent. An archive holds one image for each.</summary>
    public int DistinctImages { get; init; }

    /// <summary>Where in Flywheel it was attached; null where it was not.</summary>
    public string? AttachedTo { get; init; }

    /// <summary>The run was stopped, so there may be images that were not counted.</summary>
    public bool IsStopped { get; init; }

    /// <summary>The CSV file is there. Where it could not be written, nothing is called complete: nobody could show it.</summary>
    public bool IsWritten => Path is not null;

    /// <summary>There were images, all of them were sent, the run came to its end, and the report was written.</summary>
    public bool IsComplete => IsWritten && !IsStopped && ImagesInSeries > 0 && ImagesSent == ImagesInSeries;

    /// <summary>One line: what was sent of all, what was not, where to, how fast, and where the report lies.</summary>
    public string Summary
    {
        get
        {
            var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{ImagesSent} of {ImagesInSeries} images sent"));
            if (Destination.Length > 0)
                text.Append(" to ").Append(Destination);
            foreach (var (count, what) in new[] { (ImagesFailed, "failed"), (Warnings, "with warnings"), (Skipped, "skipped") })
            {
                if (count > 0)
                    text.Append(CultureInfo.InvariantCulture, $", {count} {what}");
            }
            if (Duration > TimeSpan.Zero)
                text.Append(CultureInfo.InvariantCulture, $", {Bytes / 1e6:0.0} MB in {Duration.TotalSeconds:0.0} s ({BytesPerSecond / 1e6:0.0} MB/s)");
            if (IsStopped)
                text.Append("; the run was stopped");
            return text.Append(IsWritten ? $"; the report is at '{Path}'" : "; the report could not be written").Append('.').ToString();
        }
    }

    /// <summary>The same as <see cref="Summary"/>.</summary>
    public override string ToString() => Summary;
}
