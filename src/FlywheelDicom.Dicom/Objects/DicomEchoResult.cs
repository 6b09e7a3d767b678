namespace FlywheelDicom;

/// <summary>A destination that answered C-ECHO.</summary>
public sealed record DicomEchoResult
{
    public required DicomDestination Destination { get; init; }

    /// <summary>Its answer; null where it takes associations but not Verification.</summary>
    public DicomStatus? Status { get; init; }

    /// <summary>It answered with success.</summary>
    public bool Succeeded => Status == DicomStatus.Success;

    /// <summary>From the call to the end of the release.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The longest PDU that it takes; 0 means no limit.</summary>
    public required uint MaxPduLength { get; init; }
    public required string ImplementationClassUid { get; init; }
    public required string ImplementationVersion { get; init; }

    /// <summary>What was agreed on over TLS; null for a plain connection.</summary>
    public DicomTlsSession? Tls { get; init; }
}
