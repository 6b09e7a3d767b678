using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>
/// Which contexts to propose. Each instance is looked at alone, so that its result does not depend on what else is sent: its own syntax
/// and, where it is not compressed, the two little endian syntaxes that it can be converted to without loss (PS3.5 §10.1). Each syntax
/// has a context of its own, so that the acceptor cannot choose one in place of another. Big Endian (retired) and Deflated (rare) are
/// proposed only for instances that are in them; nothing is converted to them.
/// </summary>
internal static class PresentationContextPlan
{
    /// <summary>What is proposed beside the instance's own syntax, and for services. The instance is converted to the first that is accepted.</summary>
    public static readonly string[] Uncompressed =
        [DicomTransferSyntax.ExplicitVRLittleEndian.Uid, DicomTransferSyntax.ImplicitVRLittleEndian.Uid];

    /// <param name="needs">The most urgent first. What does not fit into 128 contexts is left for another association.</param>
    public static IReadOnlyList<PresentationContext> Of(IEnumerable<StoreNeed> needs)
    {
        var wanted = needs.Distinct().ToList();
        var plan = For(wanted);
        // Each need takes one context at least.
        for (var count = Math.Min(wanted.Count, PresentationContext.MaxCount); plan.Count > PresentationContext.MaxCount; count--)
            plan = For(wanted[..count]);
        return plan;
    }

    /// <summary>Whether a context was proposed for such an instance.</summary>
    public static bool IsFor(PresentationContext context, string sopClass, string? syntax)
        => context.AbstractSyntax == sopClass && (syntax is null || context.TransferSyntaxes.Contains(syntax, StringComparer.Ordinal) || context.TransferSyntaxes.Any(Uncompressed.Contains));

    private static List<PresentationContext> For(List<StoreNeed> needs)
    {
        var convertible = needs.Where(n => DicomTransferSyntax.Lookup(n.TransferSyntaxUid).IsUncompressed).Select(n => n.SopClassUid).ToHashSet(StringComparer.Ordinal);
        var alone = needs.Concat(convertible.SelectMany(sopClass => Uncompressed.Select(syntax => new StoreNeed(sopClass, syntax)))).Distinct()
            .Select(n => (SopClass: n.SopClassUid, Syntaxes: (string[])[n.TransferSyntaxUid]));
        // They are proposed for a class with compressed instances only, too, as the standard requires. Nothing is sent over this context.
        var beside = needs.Select(n => n.SopClassUid).Distinct(StringComparer.Ordinal).Where(sopClass => !convertible.Contains(sopClass)).Select(sopClass => (SopClass: sopClass, Syntaxes: Uncompressed));
        return [.. alone.Concat(beside).Select((c, i) => new PresentationContext((byte)(2 * i + 1), c.SopClass, c.Syntaxes))];
    }
}
