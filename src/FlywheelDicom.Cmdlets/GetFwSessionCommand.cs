using System.Management.Automation;
using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Cmdlets;

/// <summary>Finds sessions in Flywheel.</summary>
[Cmdlet(VerbsCommon.Get, "FwSession", DefaultParameterSetName = AllSet)]
[OutputType(typeof(FwSession))]
public sealed class GetFwSessionCommand : FlywheelCmdlet
{
    private const string AllSet = "All";
    private const string ProjectSet = "Project";
    private const string SubjectSet = "Subject";
    private const string PathSet = "Path";

    /// <summary>All sessions of a project.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ProjectSet)]
    [ValidateNotNullOrEmpty]
    public string ProjectId { get; set; } = "";

    /// <summary>All sessions of a subject.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SubjectSet)]
    [ValidateNotNullOrEmpty]
    public string SubjectId { get; set; } = "";

    /// <summary>group/project/subject/session; a shorter one gives all sessions below it.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Conditions in Flywheel's own language.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Filter { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var client = Connection.Client.With(o => o with { Verbose = Lines.Enqueue });
        var path = Path.Length > 0 ? ParsePath(Path) : null;
        foreach (var session in AskEach(Path.Length > 0 ? Path : ProjectId + SubjectId, FindAsync(client, path)))
            WriteObject(FwSession.Of(session));
    }

    private async IAsyncEnumerable<FlywheelContainer> FindAsync(FlywheelClient client, FlywheelPath? path)
    {
        (FlywheelContainerKind, string)? parent = ParameterSetName switch
        {
            ProjectSet => (FlywheelContainerKind.Project, ProjectId),
            SubjectSet => (FlywheelContainerKind.Subject, SubjectId),
            _ => null,
        };
        if (path is not null)
        {
            var container = await client.ResolveAsync(path, Cancellation).ConfigureAwait(false);
            if (container.Kind == FlywheelContainerKind.Session)
            {
                yield return container;
                yield break;
            }
            if (container.Kind is not (FlywheelContainerKind.Project or FlywheelContainerKind.Subject))
            {
                throw new FlywheelException(FlywheelError.NotFound,
                    $"'{path}' is {(container.Kind == FlywheelContainerKind.Group ? "a group" : "an acquisition")}; sessions are listed of a project, a subject, or one by its own path.");
            }
            parent = (container.Kind.Value, container.Id);
        }
        await foreach (var session in client.ListAsync(FlywheelContainerKind.Session, parent, Filter, Cancellation).ConfigureAwait(false))
        {
            if (string.IsNullOrEmpty(session.Deleted))
                yield return session;
        }
    }
}
