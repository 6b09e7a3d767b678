namespace FlywheelDicom;

/// <summary>What went wrong between us and a peer.</summary>
public enum DicomNetworkError
{
    HostNotFound,
    ConnectionRefused,
    ConnectionFailed,
    ConnectTimeout,
    ConnectionLost,
    ResponseTimeout,
    WriteTimeout,
    AssociationRejected,
    AssociationAborted,
    ContextRefused,
    ProtocolError,

    /// <summary>A service answered with a failure.</summary>
    RequestRefused,

    /// <summary>Storage commitment was asked for, and no report came.</summary>
    NoReport,
    CertificateExpired,
    CertificateNotYetValid,
    CertificateNameMismatch,
    CertificateUntrusted,
    CertificateRevoked,

    /// <summary>Its key or signature is weaker than the TLS profile wants.</summary>
    CertificateWeak,
    ClientCertificateRequired,
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
    public DicomNetworkException(DicomNetworkError error, string message, RetryAdvice retry, Exception? inner = null) : base(PlainText.Clean(message), inner)
        => (Error, Retry) = (error, retry);

    public DicomNetworkError Error { get; }

    /// <summary>Whether it may heal by waiting.</summary>
    public RetryAdvice Retry { get; }

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
    public DicomAssociationRejectedException(DicomDestination destination, byte result, byte source, byte reason)
        : base(DicomNetworkError.AssociationRejected, Describe(destination, result, source, reason), AdviceFor(result, source, reason))
        => (Result, RejectSource, Reason) = (result, source, reason);

    /// <summary>1 permanent, 2 transient.</summary>
    public byte Result { get; }

    /// <summary>1 service user, 2 service provider (ACSE), 3 service provider (presentation).</summary>
    public byte RejectSource { get; }
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
    public DicomAssociationAbortedException(DicomDestination destination, byte source, byte reason, string operation)
        : base(DicomNetworkError.AssociationAborted, Describe(destination, source, reason, operation),
            RetryAdvice.BackOff)
        => (AbortSource, Reason) = (source, reason);

    /// <summary>0 the peer's application, 2 its provider.</summary>
    public byte AbortSource { get; }
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
