namespace FlywheelDicom;

/// <summary>A place in Flywheel. Its ids bind by name, so that it pipes into the cmdlets that list what is below, and into Get-FwSessionDicom.</summary>
public abstract record FwContainer
{
    private protected FwContainer()
    {
    }

    /// <summary>The name that people see; null where it has none.</summary>
    public string? Label { get; init; }

    /// <summary>The group that it is in, by its id.</summary>
    public string? GroupId { get; init; }

    /// <summary>group/project/subject/session/acquisition as far down as it is; an id stands where a label cannot.</summary>
    public string Path { get; init; } = "";

    /// <summary>When it was made in Flywheel, local time.</summary>
    public DateTime? Created { get; init; }

    /// <summary>Its path.</summary>
    public override string ToString() => Path;

    private protected static string? Shown(string? label) => label is null ? null : PlainText.Clean(label);
}
