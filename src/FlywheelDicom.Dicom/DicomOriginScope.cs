namespace FlywheelDicom;

/// <summary>The Flywheel container that was asked for.</summary>
/// <param name="Kind">project, subject, session or acquisition.</param>
/// <param name="Id">Its id.</param>
/// <param name="Label">Its label.</param>
public sealed record DicomOriginScope(string Kind, string Id, string Label)
{
    public override string ToString() => $"{Kind} '{Label}'";
}
