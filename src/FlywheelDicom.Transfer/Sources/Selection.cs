namespace FlywheelDicom.Transfer.Sources;

/// <summary>How a file came to be read. That decides whether it is a problem if it is not DICOM.</summary>
internal enum Selection
{
    /// <summary>The caller named it: if it is not DICOM, that is a problem.</summary>
    Named,

    /// <summary>It was found in a folder or an archive: if it is not DICOM, it is left out.</summary>
    Found,
}
