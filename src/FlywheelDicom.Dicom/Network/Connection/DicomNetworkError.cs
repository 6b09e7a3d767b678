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

    /// <summary>Storage commitment was requested, and no report arrived.</summary>
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

    /// <summary>Its key or signature is weaker than the TLS profile requires.</summary>
    CertificateWeak,

    /// <summary>The peer requires a client certificate, and none was given.</summary>
    ClientCertificateRequired,

    /// <summary>The peer refuses our client certificate.</summary>
    ClientCertificateRefused,

    /// <summary>No common protocol or cipher suite, or the peer ended the handshake without a reason.</summary>
    TlsNotAgreed,

    /// <summary>The peer does not use TLS at this port.</summary>
    TlsNotSpoken,

    /// <summary>The peer requires TLS at this port.</summary>
    TlsExpected,
}
