namespace FlywheelDicom.Transfer.Reporting;

/// <summary>The counts of one series. Sent, Warning and Skipped are at the destination; the sums agree with the CSV's.</summary>
internal sealed class SeriesCount(string? studyUid, string? seriesUid, SeriesTexts? texts)
{
    public string? StudyUid { get; } = studyUid;
    public string? SeriesUid { get; } = seriesUid;
    public SeriesTexts? Texts { get; } = texts;
    public long Images { get; private set; }
    public long Stored { get; private set; }
    public long Warnings { get; private set; }
    public long Skipped { get; private set; }
    public long Bytes { get; private set; }
    public long Failed => Images - Stored;

    public void Add(DicomSendResult result)
    {
        Images++;
        Bytes += result.Bytes;
        Stored += result.IsStored ? 1 : 0;
        Warnings += result.Status == DicomSendStatus.Warning ? 1 : 0;
        Skipped += result.Status == DicomSendStatus.Skipped ? 1 : 0;
    }
}
