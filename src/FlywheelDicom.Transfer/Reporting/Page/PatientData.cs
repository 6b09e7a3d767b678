namespace FlywheelDicom.Transfer.Reporting;

/// <summary>Whether the page names patients.</summary>
internal enum PatientData
{
    /// <summary>No name, ID or birth date.</summary>
    LeftOut,

    /// <summary>Name, ID and birth date of each study.</summary>
    Included,
}
