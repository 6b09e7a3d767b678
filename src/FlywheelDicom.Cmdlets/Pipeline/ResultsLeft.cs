using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// Between Send-DicomStore and a report right behind it: results that the end of the pipeline kept from being handed on. What was
/// sent stands in the report then too.
/// </summary>
internal sealed class ResultsLeft
{
    /// <summary>The stages of a pipeline begin one after the other, on one thread, before the first of them works.</summary>
    [ThreadStatic]
    private static ResultsLeft? s_offered;

    private readonly List<DicomSendResult> _results = [];
    private readonly int _position;
    private readonly int _length;

    /// <summary>A report stands behind in this pipeline, and tells how the run ended.</summary>
    public bool IsTaken { get; private set; }

    /// <summary>The sender's journal; null where it has none.</summary>
    public string? Journal { get; set; }

    private ResultsLeft(InvocationInfo sender) => (_position, _length) = (sender.PipelinePosition, sender.PipelineLength);

    /// <summary>As the sender begins.</summary>
    public static ResultsLeft Offer(InvocationInfo sender) => s_offered = new ResultsLeft(sender);

    /// <summary>As the report begins; null where the stage before it is no sender.</summary>
    public static ResultsLeft? Take(InvocationInfo report)
    {
        if (s_offered is not { } left || left._position >= report.PipelinePosition || left._length != report.PipelineLength)
            return null;
        left.IsTaken = true;
        return left._position + 1 == report.PipelinePosition ? left : null;
    }

    /// <summary>As the sender works: what begins from now on is another pipeline.</summary>
    public void Withdraw()
    {
        if (s_offered == this)
            s_offered = null;
    }

    public void Add(DicomSendResult result)
    {
        lock (_results)
            _results.Add(result);
    }

    public DicomSendResult[] ToArray()
    {
        lock (_results)
            return [.. _results];
    }
}
