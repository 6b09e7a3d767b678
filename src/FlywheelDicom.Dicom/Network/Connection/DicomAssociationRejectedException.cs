namespace FlywheelDicom;

/// <summary>The peer answered A-ASSOCIATE-RJ (PS3.8 §9.3.4).</summary>
internal sealed class DicomAssociationRejectedException : DicomNetworkException
{
    internal DicomAssociationRejectedException(DicomDestination destination, byte result, byte source, byte reason)
        : base(DicomNetworkError.AssociationRejected, Describe(destination, result, source, reason), AdviceFor(result, source, reason))
        => (Result, RejectSource, Reason) = (result, source, reason);

    /// <summary>1 permanent, 2 transient.</summary>
    public byte Result { get; }

    /// <summary>1 service user, 2 service provider (ACSE), 3 service provider (presentation).</summary>
    public byte RejectSource { get; }

    /// <summary>The reason; its meaning depends on <see cref="RejectSource"/> (PS3.8 table 9-21).</summary>
    public byte Reason { get; }

    private static RetryAdvice AdviceFor(byte result, byte source, byte reason) => (result, source, reason) switch
    {
        (2, _, _) or (_, 3, 1 or 2) => RetryAdvice.BackOff,
        (1, 1, 1) or (1, 2, 1) => RetryAdvice.Once,
        _ => RetryAdvice.Never,
    };

    private static string Describe(DicomDestination destination, byte result, byte source, byte reason)
    {
        var why = (source, reason) switch
        {
            (1, 1) or (2, 1) => "no reason given. Some archives say this when they are full.",
            (1, 2) => "application context not supported.",
            (1, 3) => $"calling AE title '{destination.CallingAE}' not recognized. Check -CallingAE, and that the receiver knows it.",
            (1, 7) => $"called AE title '{destination.CalledAE}' not recognized. Check -CalledAE.",
            (2, 2) => "protocol version not supported.",
            (3, 1) => "temporary congestion.",
            (3, 2) => "its limit of associations is reached. Use fewer (-MaxAssociations).",
            _ => $"source {source}, reason {reason}.",
        };
        return $"{destination} rejected the association ({(result == 1 ? "permanent" : "transient")}): {why}";
    }
}
