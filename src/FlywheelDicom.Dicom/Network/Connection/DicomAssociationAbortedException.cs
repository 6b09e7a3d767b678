namespace FlywheelDicom;

/// <summary>The peer or its network layer aborted the association (PS3.8 §9.3.8).</summary>
internal sealed class DicomAssociationAbortedException : DicomNetworkException
{
    internal DicomAssociationAbortedException(DicomDestination destination, byte source, byte reason, string operation)
        : base(DicomNetworkError.AssociationAborted, Describe(destination, source, reason, operation),
            RetryAdvice.BackOff)
        => (AbortSource, Reason) = (source, reason);

    /// <summary>0: the application of the peer; 2: its network layer.</summary>
    public byte AbortSource { get; }

    /// <summary>The reason of the network layer (PS3.8 table 9-26).</summary>
    public byte Reason { get; }

    private static string Describe(DicomDestination destination, byte source, byte reason, string operation)
    {
        var why = source == 0 ? "its application gave up" : reason switch
        {
            1 => "it met a PDU that it does not know",
            2 => "it met a PDU that it did not expect",
            4 => "it met a parameter that it does not know",
            5 => "it met a parameter that it did not expect",
            6 => "it met an invalid parameter",
            _ => "no reason given",
        };
        return $"{destination} aborted the association while {operation}: {why}.";
    }
}
