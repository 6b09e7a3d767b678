namespace FlywheelDicom.Flywheel;

/// <summary>The words for the kinds of containers.</summary>
internal static class FlywheelContainerKinds
{
    /// <summary>The word in a path of the API.</summary>
    public static string Plural(this FlywheelContainerKind kind) => kind switch
    {
        FlywheelContainerKind.Group => "groups",
        FlywheelContainerKind.Project => "projects",
        FlywheelContainerKind.Subject => "subjects",
        FlywheelContainerKind.Session => "sessions",
        FlywheelContainerKind.Acquisition => "acquisitions",
        _ => "analyses",
    };

    /// <summary>The word in messages and in answers of the API.</summary>
    public static string Word(this FlywheelContainerKind kind) => kind switch
    {
        FlywheelContainerKind.Group => "group",
        FlywheelContainerKind.Project => "project",
        FlywheelContainerKind.Subject => "subject",
        FlywheelContainerKind.Session => "session",
        FlywheelContainerKind.Acquisition => "acquisition",
        _ => "analysis",
    };

    internal static FlywheelContainerKind? Parse(string? word)
        => Enum.TryParse<FlywheelContainerKind>(word, ignoreCase: true, out var kind) ? kind : null;
}
