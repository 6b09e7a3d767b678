using System.Management.Automation;
using FlywheelDicom.Flywheel;
using FlywheelDicom.Transfer.Flywheel;

namespace FlywheelDicom.Cmdlets;

/// <summary>A cmdlet that lists places in Flywheel: at a path, by id, or below what comes by the pipeline.</summary>
public abstract class FlywheelFindCmdlet : FlywheelCmdlet
{
    private protected const string IdSet = "Id";
    private protected const string PathSet = "Path";

    private FlywheelFinder? _finder;
    private FlywheelPlaces? _places;

    private protected FlywheelFindCmdlet()
    {
    }

    /// <summary>group/project/subject/session/acquisition, with wildcards; a shorter one gives all below it.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FlywheelCompleter))]
    public string Path { get; set; } = "";

    /// <summary>Conditions in Flywheel's own language.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Filter { get; set; }

    private protected abstract FlywheelContainerKind Kind { get; }

    /// <summary>The ids that parameters take, the nearest to what is listed first.</summary>
    private protected abstract IEnumerable<(FlywheelContainerKind Kind, string Parameter, string Id)> Ids { get; }

    private protected FlywheelClient Client { get; private set; } = null!;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        Client = Connection.Client.With(o => o with { Verbose = Lines.Enqueue });
        _places = new FlywheelPlaces(Client, new FlywheelHealth(TimeProvider.System), Cancellation);
        _finder = new FlywheelFinder(Client, _places, Lines.Enqueue);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == PathSet)
        {
            var path = ParsePath(Path);
            WriteEach(Path, _finder!.AtAsync(path, Kind, Filter, Cancellation));
            return;
        }
        var (kind, _, id) = Ids.FirstOrDefault(i => !string.IsNullOrEmpty(i.Id));
        if (!string.IsNullOrEmpty(id))
            WriteEach(id, kind == Kind ? OneAsync(id) : _finder!.BelowAsync(kind, id, Kind, Filter, Cancellation));
        else if (MyInvocation.ExpectingInput || Ids.Any(i => MyInvocation.BoundParameters.ContainsKey(i.Parameter)))
            Fail(DicomErrors.Record(new ArgumentException($"It has no id: {string.Join(", ", Ids.Select(i => "-" + i.Parameter))} would take one."), "FlywheelIdMissing", null));
        else
            WriteEach(null, _finder!.ListAsync(Kind, null, Filter, Cancellation));
    }

    /// <summary>What is written of a container.</summary>
    private protected abstract Task<IReadOnlyList<object>> DescribeAsync(FlywheelContainer container, DicomOrigin place);

    private void WriteEach(string? target, IAsyncEnumerable<FlywheelContainer> containers)
    {
        var listing = containers.GetAsyncEnumerator(Cancellation);
        try
        {
            while (Next(target, listing) is { } found)
            {
                foreach (var item in found)
                    WriteObject(item);
            }
        }
        finally
        {
            listing.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>The next container, as it is written; null at the end.</summary>
    private IReadOnlyList<object>? Next(string? target, IAsyncEnumerator<FlywheelContainer> listing)
    {
        try
        {
            return Wait(async () => await listing.MoveNextAsync().ConfigureAwait(false)
                ? await DescribeAsync(listing.Current, await PlaceAsync(listing.Current).ConfigureAwait(false)).ConfigureAwait(false) : null);
        }
        catch (FlywheelException e)
        {
            Fail(DicomErrors.For(e, target));
        }
        catch (ArgumentException e)
        {
            Fail(DicomErrors.Record(e, "InvalidFlywheelPath", target));
        }
        finally
        {
            WriteLines();
        }
        return null;
    }

    /// <summary>Where many come by the pipeline, one that cannot be listed does not cost the others.</summary>
    private void Fail(ErrorRecord error)
    {
        if (!MyInvocation.ExpectingInput)
            ThrowTerminatingError(error);
        WriteError(error);
    }

    private async IAsyncEnumerable<FlywheelContainer> OneAsync(string id)
    {
        yield return await Client.GetContainerAsync(Kind, id, Cancellation).ConfigureAwait(false);
    }

    private async Task<DicomOrigin> PlaceAsync(FlywheelContainer container)
    {
        // What is listed has its label, and is not asked for again.
        if (Kind == FlywheelContainerKind.Project)
            _places!.Remember(Kind, container with { Files = null });
        var scope = new DicomOriginScope(Kind.Word(), container.Id, container.Name);
        return Kind switch
        {
            FlywheelContainerKind.Group => new DicomOrigin { FileName = container.Name, GroupId = container.Id },
            FlywheelContainerKind.Acquisition => await _places!.OfAcquisitionAsync(container, scope).ConfigureAwait(false),
            _ => await _places!.OfContainerAsync(Kind, container, scope).ConfigureAwait(false),
        };
    }
}
