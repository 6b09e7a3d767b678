namespace FlywheelDicom.Transfer.Reporting;

/// <summary>All that stands on the HTML page of a report.</summary>
internal sealed record ReportPage
{
    public required FwSendReport Report { get; init; }

    /// <summary>The files and containers that the images came from.</summary>
    public required IReadOnlyList<DicomOrigin> Origins { get; init; }

    public required SeriesTally Series { get; init; }
    public required FailureList Failures { get; init; }
    public required IReadOnlyList<SendRunRecord> Runs { get; init; }
    public required DateTimeOffset Written { get; init; }
    public required PageOptions Options { get; init; }
}
