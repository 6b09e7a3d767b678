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

    /// <summary>Instances that all rows held.</summary>
    public required int ImagesInSeries { get; init; }

    /// <summary>Those of them that are at the destination.</summary>
    public required int ImagesSent { get; init; }

    /// <summary>Different SOP Instance UIDs among the images that were sent. An archive holds one image for each.</summary>
    public int DistinctImages { get; init; }

    /// <summary>Where in Flywheel it was attached; null where it was not.</summary>
    public string? AttachedTo { get; init; }

    /// <summary>The run was stopped, so there may be images that were not counted.</summary>
    public bool IsStopped { get; init; }

    /// <summary>There were images, all of them were sent, and the run came to its end.</summary>
    public bool IsComplete => !IsStopped && ImagesInSeries > 0 && ImagesSent == ImagesInSeries;
}
