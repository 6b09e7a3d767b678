namespace FlywheelDicom;

/// <summary>What <see cref="DicomFile.Save(string, DicomSaveMode)"/> does where there is a file already.</summary>
public enum DicomSaveMode
{
    /// <summary>It is kept, and saving fails.</summary>
    CreateNew,

    /// <summary>It is replaced when the new one is complete.</summary>
    Overwrite,
}
