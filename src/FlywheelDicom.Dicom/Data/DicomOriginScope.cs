namespace FlywheelDicom;

/// <summary>The Flywheel container that was asked for.</summary>
/// <param name="Kind">project, subject, session or acquisition.</param>
/// <param name="Id">Its id.</param>
/// <param name="Label">Its label, safe to show.</param>
public sealed record DicomOriginScope(string Kind, string Id, string Label)
{
    private readonly string _label = PlainText.Clean(Label);

    /// <summary>Its label, safe to show.</summary>
    public string Label
    {
        get => _label;
        init => _label = PlainText.Clean(value);
    }

    /// <summary>Kind and label.</summary>
    public override string ToString() => $"{Kind} '{Label}'";
}
