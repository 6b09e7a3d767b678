namespace FlywheelDicom.Network;

/// <summary>What an instance needs of an association: its SOP class in its own transfer syntax.</summary>
internal readonly record struct StoreNeed(string SopClassUid, string TransferSyntaxUid);

/// <summary>
/// Which contexts to propose for the needs that are known: each class and syntax in a context of its own, so that the acceptor
/// cannot choose one syntax for all, and beside it one with the uncompressed syntaxes for what can be converted (PS3.5 §10.1).
/// </summary>
internal static class PresentationContextPlan
{
    /// <summary>What is offered beside an instance's own syntax, and for services.</summary>
    public static readonly string[] Uncompressed =
        [DicomTransferSyntax.ExplicitVRLittleEndian.Uid, DicomTransferSyntax.ImplicitVRLittleEndian.Uid];

    /// <param name="needs">The most urgent first; those beyond 128 contexts are left for another association.</param>
    public static IReadOnlyList<PresentationContext> Of(IEnumerable<StoreNeed> needs)
    {
        var own = new List<StoreNeed>();
        var classes = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var need in needs)
        {
            if (own.Count + classes.Count + (classes.ContainsKey(need.SopClassUid) ? 1 : 2) > PresentationContext.MaxCount)
                break;
            own.Add(need);
            if (!classes.TryGetValue(need.SopClassUid, out var syntaxes))
                classes[need.SopClassUid] = syntaxes = new HashSet<string>(StringComparer.Ordinal);
            syntaxes.Add(need.TransferSyntaxUid);
        }
        var contexts = new List<PresentationContext>(own.Count + classes.Count);
        foreach (var need in own)
            contexts.Add(new PresentationContext(Id(contexts.Count), need.SopClassUid, [need.TransferSyntaxUid]));
        foreach (var (sopClass, syntaxes) in classes)
        {
            var others = Uncompressed.Where(s => !syntaxes.Contains(s)).ToArray();
            if (others.Length > 0)
                contexts.Add(new PresentationContext(Id(contexts.Count), sopClass, others));
        }
        return contexts;
    }

    private static byte Id(int index) => (byte)(2 * index + 1);
}
