namespace FlywheelDicom.Transfer.Reporting;

/// <summary>How the time in a report's name is written.</summary>
internal enum ReportNameStyle
{
    /// <summary>HH-mm-ss, which every file system allows.</summary>
    Local,

    /// <summary>HH:mm:ss, as dicom-send writes it: for Flywheel, and for a gear's output, which is attached there.</summary>
    Flywheel,
}
