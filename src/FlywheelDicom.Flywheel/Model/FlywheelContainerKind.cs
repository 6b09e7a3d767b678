namespace FlywheelDicom.Flywheel;

/// <summary>The levels of the hierarchy.</summary>
internal enum FlywheelContainerKind { Group, Project, Subject, Session, Acquisition, Analysis }

/// <summary>How a kind is written.</summary>
internal static class FlywheelContainerKinds
{
    /// <summary>As it stands in a path of the API.</summary>
    public static string Plural(this FlywheelContainerKind kind) => kind switch
    {
        FlywheelContainerKind.Group => "groups",
        FlywheelContainerKind.Project => "projects",
        FlywheelContainerKind.Subject => "subjects",
        FlywheelContainerKind.Session => "sessions",
        FlywheelContainerKind.Acquisition => "acquisitions",
        _ => "analyses",
    };

    /// <summary>As people and answers of the API write it.</summary>
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
