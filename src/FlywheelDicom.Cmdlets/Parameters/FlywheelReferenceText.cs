using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Cmdlets;

/// <summary>A place as text where an id is wanted: the id alone for a session, else kind/id, and /files/name behind it for one file.</summary>
internal readonly record struct FlywheelReferenceText(FlywheelContainerKind Kind, string Id, string? FileName)
{
    private const string Files = "/files/";

    /// <summary>What is no such text is taken for the id of a session.</summary>
    public static FlywheelReferenceText Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || FlywheelContainerKinds.Parse(text[..slash]) is not { } kind)
            return new(FlywheelContainerKind.Session, text, null);
        var rest = text[(slash + 1)..];
        var files = rest.IndexOf(Files, StringComparison.Ordinal);
        return files < 0 ? new(kind, rest, null) : new(kind, rest[..files], rest[(files + Files.Length)..]);
    }

    public override string ToString()
        => Kind == FlywheelContainerKind.Session ? Id : $"{Kind.Word()}/{Id}{(FileName is null ? "" : Files + FileName)}";
}
