using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>The contexts that the peer accepted, by class and syntax. It never changes, so any number of threads may use it.</summary>
internal sealed class AcceptedContexts
{
    private readonly Dictionary<StoreNeed, PresentationContext> _own = [];
    private readonly Dictionary<string, PresentationContext> _any = new(StringComparer.Ordinal);

    public AcceptedContexts(IEnumerable<PresentationContext> contexts)
    {
        foreach (var context in contexts)
        {
            if (context is not { IsAccepted: true, AcceptedTransferSyntax: { } syntax })
                continue;
            _own.TryAdd(new StoreNeed(context.AbstractSyntax, syntax), context);
            _any.TryAdd(context.AbstractSyntax, context);
        }
    }

    /// <summary>
    /// The context for an instance: in its own syntax, else in the first of <see cref="PresentationContextPlan.Uncompressed"/> that it can
    /// be converted to without loss; null where there is none. A context that was proposed for another instance is not used.
    /// </summary>
    public PresentationContext? For(string sopClassUid, DicomTransferSyntax syntax)
    {
        if (_own.TryGetValue(new StoreNeed(sopClassUid, syntax.Uid), out var own))
            return own;
        foreach (var target in syntax.IsUncompressed ? PresentationContextPlan.Uncompressed : [])
        {
            if (_own.TryGetValue(new StoreNeed(sopClassUid, target), out var convertible))
                return convertible;
        }
        return null;
    }

    /// <summary>The context for a service; null where there is none.</summary>
    public PresentationContext? For(string sopClassUid) => _any.GetValueOrDefault(sopClassUid);
}
