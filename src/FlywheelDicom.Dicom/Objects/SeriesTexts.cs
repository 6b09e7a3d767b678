namespace FlywheelDicom;

/// <summary>What the first instance of a series says of its series, study and patient. All of it may be null.</summary>
internal sealed record SeriesTexts
{
    public string? Modality { get; private init; }
    public string? SeriesDescription { get; private init; }
    public string? StudyDescription { get; private init; }
    public string? PatientName { get; private init; }
    public string? PatientId { get; private init; }
    public string? PatientBirthDate { get; private init; }

    /// <summary>Without texts where the header cannot be read again: what is wrong with the file is told where it is sent.</summary>
    public static SeriesTexts Of(DicomFile file)
    {
        try
        {
            var header = file.Dataset;
            string? Text(string keyword) => header.GetString(keyword) is { } text ? PlainText.Clean(text) : null;
            return new SeriesTexts
            {
                Modality = file.Modality, SeriesDescription = Text("SeriesDescription"), StudyDescription = Text("StudyDescription"),
                PatientName = Text("PatientName"), PatientId = Text("PatientID"), PatientBirthDate = Text("PatientBirthDate"),
            };
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or InvalidOperationException)
        {
            return new SeriesTexts { Modality = file.Modality };
        }
    }

    /// <summary>No value: a patient's is among them.</summary>
    public override string ToString() => nameof(SeriesTexts);
}
