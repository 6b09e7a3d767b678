namespace FlywheelDicom;

/// <summary>A report, its sums, and where it was written.</summary>
public sealed record FwSendReport
{
    /// <summary>The CSV file; null where it could not be written, and the rows are only here.</summary>
    public required string? Path { get; init; }

    /// <summary>The HTML page beside it, where one was asked for.</summary>
    public string? HtmlPath { get; init; }

    /// <summary>A second CSV beside it that tells for each instance that failed why it did; null where none failed.</summary>
    public string? FailuresPath { get; init; }

    /// <summary>One row for each file or archive.</summary>
    public required IReadOnlyList<FwSendReportRow> Rows { get; init; }

    /// <summary>Instances that all rows held.</summary>
    public required int ImagesInSeries { get; init; }

    /// <summary>Those of them that are at the destination.</summary>
    public required int ImagesSent { get; init; }

    /// <summary>SOP Instance UIDs among what was sent: an archive holds one image for each, whatever was sent under it.</summary>
    public int DistinctImages { get; init; }

    /// <summary>Where in Flywheel it was attached; null where it was not.</summary>
    public string? AttachedTo { get; init; }

    /// <summary>The run was stopped: there may be images that it never came to.</summary>
    public bool IsStopped { get; init; }

    /// <summary>There were images, all of them were sent, and the run came to its end.</summary>
    public bool IsComplete => !IsStopped && ImagesInSeries > 0 && ImagesSent == ImagesInSeries;
}

/// <summary>One row: a file or archive, and how many of its images were sent.</summary>
/// <param name="AcquisitionId">Blank for local input.</param>
/// <param name="FwPath">Where it is in Flywheel; blank for local input.</param>
/// <param name="FileName">The file or archive.</param>
/// <param name="ImagesInSeries">Instances that it held.</param>
/// <param name="ImagesSent">Those of them that are at the destination.</param>
public sealed record FwSendReportRow(string AcquisitionId, string FwPath, string FileName, int ImagesInSeries, int ImagesSent)
{
    /// <summary>The run was stopped: the file may hold more than was counted.</summary>
    public bool IsStopped { get; init; }

    /// <summary>Complete, Incomplete or Failed; never Complete where the run was stopped.</summary>
    public string Status => ImagesSent == 0 ? "Failed" : ImagesSent == ImagesInSeries && !IsStopped ? "Complete" : "Incomplete";
}
