namespace FlywheelDicom.Network;

/// <summary>The contexts that the peer accepted, by what they carry. Built once and never changed, so that any number of threads may look things up.</summary>
internal sealed class AcceptedContexts
{
    private readonly Dictionary<StoreNeed, PresentationContext> _own = [];
    private readonly Dictionary<string, PresentationContext> _uncompressed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PresentationContext> _any = new(StringComparer.Ordinal);

    public AcceptedContexts(IEnumerable<PresentationContext> contexts)
    {
        foreach (var context in contexts)
        {
            if (context is not { IsAccepted: true, AcceptedTransferSyntax: { } syntax })
                continue;
            _own.TryAdd(new StoreNeed(context.AbstractSyntax, syntax), context);
            _any.TryAdd(context.AbstractSyntax, context);
            if (DicomTransferSyntax.Lookup(syntax).IsUncompressed)
                _uncompressed.TryAdd(context.AbstractSyntax, context);
        }
    }

    /// <summary>The context for an instance: in its own syntax, else in one that it can be turned into without loss; null where there is none.</summary>
    public PresentationContext? For(string sopClassUid, DicomTransferSyntax syntax)
        => _own.GetValueOrDefault(new StoreNeed(sopClassUid, syntax.Uid)) ?? (syntax.IsUncompressed ? _uncompressed.GetValueOrDefault(sopClassUid) : null);

    /// <summary>The context for a service; null where there is none.</summary>
    public PresentationContext? For(string sopClassUid) => _any.GetValueOrDefault(sopClassUid);
}
