namespace FlywheelDicom.Transfer.Reporting;

/// <summary>The files that a report consists of.</summary>
internal enum ReportParts
{
    /// <summary>The CSV, and that of the failures.</summary>
    Tables,

    TablesAndPage,
}
