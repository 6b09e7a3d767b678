using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>
/// Which contexts to propose for the needs that are known. They follow from each instance alone, so that what becomes of it does not depend on what else is sent: its own syntax, and for one that is not
/// compressed the two little endian syntaxes that it can be converted to without loss (PS3.5 §10.1). Each stands in a context of its
/// own, so that the acceptor chooses none in another's place. Big Endian is retired and Deflated is rare: they are proposed
/// for what is in them already, and nothing is converted to them.
/// </summary>
internal static class PresentationContextPlan
{
    /// <summary>What is offered beside an instance's own syntax, and for services; the first that is accepted is converted to.</summary>
    public static readonly string[] Uncompressed =
        [DicomTransferSyntax.ExplicitVRLittleEndian.Uid, DicomTransferSyntax.ImplicitVRLittleEndian.Uid];

    /// <param name="needs">The most urgent first; those beyond 128 contexts are left for another association.</param>
    public static IReadOnlyList<PresentationContext> Of(IEnumerable<StoreNeed> needs)
    {
        var wanted = needs.Distinct().ToList();
        var plan = For(wanted);
        // Each need takes one context at least, so that more of them are never served.
        for (var count = Math.Min(wanted.Count, PresentationContext.MaxCount); plan.Count > PresentationContext.MaxCount; count--)
            plan = For(wanted[..count]);
        return plan;
    }

    /// <summary>Whether a context is one that an instance asks for; others are there for other instances.</summary>
    public static bool IsFor(PresentationContext context, string sopClass, string? syntax)
        => context.AbstractSyntax == sopClass && (syntax is null || context.TransferSyntaxes.Contains(syntax) || context.TransferSyntaxes.Any(Uncompressed.Contains));

    private static List<PresentationContext> For(List<StoreNeed> needs)
    {
        var convertible = needs.Where(n => DicomTransferSyntax.Lookup(n.TransferSyntaxUid).IsUncompressed).Select(n => n.SopClassUid).ToHashSet();
        var alone = needs.Concat(convertible.SelectMany(sopClass => Uncompressed.Select(syntax => new StoreNeed(sopClass, syntax)))).Distinct()
            .Select(n => (SopClass: n.SopClassUid, Syntaxes: (string[])[n.TransferSyntaxUid]));
        // A class of which all is compressed offers them too, as the standard asks for; nothing is sent in this context.
        var beside = needs.Select(n => n.SopClassUid).Distinct().Where(sopClass => !convertible.Contains(sopClass)).Select(sopClass => (SopClass: sopClass, Syntaxes: Uncompressed));
        return [.. alone.Concat(beside).Select((c, i) => new PresentationContext((byte)(2 * i + 1), c.SopClass, c.Syntaxes))];
    }
}
