namespace FlywheelDicom.Cmdlets;

/// <summary>How progress is shown.</summary>
internal enum ProgressForm
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>As the bars of the host.</summary>
    Bar,

    /// <summary>The host draws none: in plain lines too.</summary>
    Plain,
}
