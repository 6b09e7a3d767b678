namespace FlywheelDicom;

/// <summary>A destination that answered C-ECHO.</summary>
public sealed record DicomEchoResult
{
    /// <summary>The server that was called.</summary>
    public required DicomDestination Destination { get; init; }

    /// <summary>The status in its response; null where it accepts associations but not Verification.</summary>
    public DicomStatus? Status { get; init; }

    /// <summary>It answered with success.</summary>
    public bool Succeeded => Status == DicomStatus.Success;

    /// <summary>The time from connecting to the end of the release.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The longest PDU that it accepts, in bytes; 0 means no limit.</summary>
    public required uint MaxPduLength { get; init; }

    /// <summary>The UID that identifies the software of the peer (PS3.7 §D.3.3.2).</summary>
    public required string ImplementationClassUid { get; init; }

    /// <summary>The version of the software of the peer; empty where it states none.</summary>
    public required string ImplementationVersion { get; init; }

    /// <summary>The TLS session; null for a plain connection.</summary>
    public DicomTlsSession? Tls { get; init; }
}
