namespace FlywheelDicom.IO;

/// <summary>The UIDs and other identifiers of an instance, and whether it can be sent with them.</summary>
internal sealed record InstanceIdentity
{
    public static InstanceIdentity None { get; } = new();

    public string? SopClassUid { get; private init; }
    public string? SopInstanceUid { get; private init; }
    public string? StudyInstanceUid { get; private init; }
    public string? SeriesInstanceUid { get; private init; }
    public string? Modality { get; private init; }
    public string? PatientId { get; private init; }

    /// <summary>What is wrong with the header, or missing in it.</summary>
    public DicomProblem? Problem { get; private init; }

    /// <param name="header">The header as it was read.</param>
    /// <param name="dataset">The same with edits.</param>
    public static InstanceIdentity Of(DicomHeader header, DicomDataset dataset)
    {
        var identity = new InstanceIdentity
        {
            SopClassUid = dataset.GetString(DicomTag.SOPClassUID),
            SopInstanceUid = dataset.GetString(DicomTag.SOPInstanceUID),
            StudyInstanceUid = dataset.GetString(DicomTag.StudyInstanceUID),
            SeriesInstanceUid = dataset.GetString(DicomTag.SeriesInstanceUID),
            Modality = dataset.GetString(DicomTag.Modality) is { } modality ? PlainText.Clean(modality) : null,
            PatientId = dataset.GetString(DicomTag.PatientID),
        };
        var isDirectory = DicomUID.MediaStorageDirectory == (identity.SopClassUid ?? header.MetaSopClassUid);
        var problem = isDirectory ? new(DicomProblem.Directory, "A DICOMDIR is an index of files; it is never sent.") : header.Problem ?? identity.MissingUid();
        return problem is null ? identity : identity with { Problem = problem };
    }

    private DicomProblem? MissingUid()
    {
        if (SopClassUid is null)
            return new(DicomProblem.MissingUid, "The data set has no SOP Class UID (0008,0016), so it cannot be sent.");
        if (SopInstanceUid is null)
            return new(DicomProblem.MissingUid, "The data set has no SOP Instance UID (0008,0018), so it cannot be sent.");
        if (!DicomUID.IsValid(SopClassUid) || SopInstanceUid.Length > 64 || SopInstanceUid.Any(c => c is <= ' ' or > '~' or '\\'))
            return new(DicomProblem.MissingUid, "The SOP Class or Instance UID is not a UID, so the data set cannot be sent.");
        return null;
    }
}
