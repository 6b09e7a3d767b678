namespace FlywheelDicom;

/// <summary>What went wrong between us and a peer.</summary>
public enum DicomNetworkError
{
    /// <summary>The host name does not resolve.</summary>
    HostNotFound,

    /// <summary>Nothing listens at the port.</summary>
    ConnectionRefused,

    /// <summary>The host cannot be reached.</summary>
    ConnectionFailed,

    /// <summary>The host did not answer within the time for connecting.</summary>
    ConnectTimeout,

    /// <summary>The connection ended before it was released.</summary>
    ConnectionLost,

    /// <summary>The peer did not answer within the time-out.</summary>
    ResponseTimeout,

    /// <summary>The peer did not read what was sent within the time-out.</summary>
    WriteTimeout,

    /// <summary>The peer answered A-ASSOCIATE-RJ (PS3.8 §9.3.4).</summary>
    AssociationRejected,

    /// <summary>The peer sent A-ABORT (PS3.8 §9.3.8).</summary>
    AssociationAborted,

    /// <summary>The peer accepted no presentation context for the instance or the service.</summary>
    ContextRefused,

    /// <summary>The peer sent something that breaks the protocol.</summary>
    ProtocolError,

    /// <summary>A service answered with a failure.</summary>
    RequestRefused,

    /// <summary>Storage commitment was asked for, and no report came.</summary>
    NoReport,

    /// <summary>The certificate of the peer, or of a CA above it, has expired.</summary>
    CertificateExpired,

    /// <summary>The certificate of the peer, or of a CA above it, is not valid yet.</summary>
    CertificateNotYetValid,

    /// <summary>The certificate of the peer is for another host name.</summary>
    CertificateNameMismatch,

    /// <summary>The certificate of the peer leads to no trusted CA.</summary>
    CertificateUntrusted,

    /// <summary>The certificate of the peer was revoked.</summary>
    CertificateRevoked,

    /// <summary>Its key or signature is weaker than the TLS profile wants.</summary>
    CertificateWeak,

    /// <summary>The peer asks for a client certificate, and none was given.</summary>
    ClientCertificateRequired,

    /// <summary>The peer refuses our client certificate.</summary>
    ClientCertificateRefused,

    /// <summary>No common protocol or cipher suite, or the peer gave up without saying why.</summary>
    TlsNotAgreed,

    /// <summary>TLS was spoken to a peer that does not.</summary>
    TlsNotSpoken,

    /// <summary>Plain DICOM was spoken to a peer that wants TLS.</summary>
    TlsExpected,
}

/// <summary>A conversation with a peer failed. The message names the peer, what was being done, and what to try.</summary>
public class DicomNetworkException : IOException
{
    internal DicomNetworkException(DicomNetworkError error, string message, RetryAdvice retry, Exception? inner = null) : base(PlainText.Clean(message), inner)
        => (Error, Retry) = (error, retry);

    /// <summary>What went wrong.</summary>
    public DicomNetworkError Error { get; }

    /// <summary>Whether it may heal by waiting.</summary>
    internal RetryAdvice Retry { get; }

    /// <summary>Messages that were under way when it happened: with more than one, it is not known which of them is at fault.</summary>
    public int InFlight { get; internal set; } = 1;

    /// <summary>The whole data set of this message had left before it failed, and only its answer is missing: the peer may have stored it.</summary>
    public bool WasDatasetSent { get; internal set; }

    /// <summary>There was no association yet: it has nothing to do with any one instance.</summary>
    public bool IsNegotiation { get; internal set; }

    /// <summary>A stable id for error records.</summary>
    public string ErrorId => "Dicom" + Error;

    /// <summary>The same failure as one message has it. This one is never thrown itself: several may have to be told at once.</summary>
    internal DicomNetworkException For(bool wasDatasetSent)
    {
        var own = (DicomNetworkException)MemberwiseClone();
        own.WasDatasetSent = wasDatasetSent;
        return own;
    }
}

/// <summary>The peer answered A-ASSOCIATE-RJ (PS3.8 §9.3.4).</summary>
public sealed class DicomAssociationRejectedException : DicomNetworkException
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

/// <summary>The peer, or its provider, aborted (PS3.8 §9.3.8).</summary>
public sealed class DicomAssociationAbortedException : DicomNetworkException
{
    internal DicomAssociationAbortedException(DicomDestination destination, byte source, byte reason, string operation)
        : base(DicomNetworkError.AssociationAborted, Describe(destination, source, reason, operation),
            RetryAdvice.BackOff)
        => (AbortSource, Reason) = (source, reason);

    /// <summary>0 the peer's application, 2 its provider.</summary>
    public byte AbortSource { get; }

    /// <summary>The reason of the provider (PS3.8 table 9-26).</summary>
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
