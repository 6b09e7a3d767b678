namespace FlywheelDicom;

/// <summary>One row: a file or archive, and how many of its images were sent.</summary>
/// <param name="AcquisitionId">Blank for local input.</param>
/// <param name="FwPath">Where it is in Flywheel; blank for local input.</param>
/// <param name="FileName">The file or archive.</param>
/// <param name="ImagesInSeries">Instances that it held.</param>
/// <param name="ImagesSent">Those of them that are at the destination.</param>
public sealed record FwSendReportRow(string AcquisitionId, string FwPath, string FileName, int ImagesInSeries, int ImagesSent)
{
    /// <summary>The run was stopped, so the file may hold more images than were counted.</summary>
    public bool IsStopped { get; init; }

    /// <summary>Complete, Incomplete or Failed; never Complete where the run was stopped.</summary>
    public string Status => ImagesSent == 0 ? "Failed" : ImagesSent == ImagesInSeries && !IsStopped ? "Complete" : "Incomplete";
}
