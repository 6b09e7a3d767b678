namespace FlywheelDicom.Transfer.Monitoring;

/// <summary>How much a line of the log matters.</summary>
internal enum RunLogLevel
{
    Info,

    /// <summary>It may heal, or is worth a look.</summary>
    Warning,

    /// <summary>Something was not sent.</summary>
    Error,
}
