namespace FlywheelDicom;

/// <summary>What <see cref="DicomFile.Save(string, DicomSaveMode)"/> does where there is a file already.</summary>
public enum DicomSaveMode
{
    /// <summary>It is left alone, and saving fails.</summary>
    CreateNew,

    /// <summary>It is replaced, once the new one is whole.</summary>
    Overwrite,
}
