namespace FlywheelDicom.Transfer.Reporting;

/// <summary>How a run ended. A report of a stopped run says so in its name and its rows.</summary>
internal enum RunEnd
{
    /// <summary>All input was read.</summary>
    Complete,

    /// <summary>It ended earlier: there may be instances that it did not read.</summary>
    Stopped,
}
