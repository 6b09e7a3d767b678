namespace FlywheelDicom;

/// <summary>What a destination would do with the instances of one SOP class and transfer syntax. Nothing was sent.</summary>
public sealed record DicomStoreTestResult
{
    /// <summary>The server that was asked.</summary>
    public required DicomDestination Destination { get; init; }

    /// <summary>(0008,0016); null for what has a problem.</summary>
    public string? SopClassUid { get; init; }

    /// <summary>The name of the SOP class; its UID where it is not known.</summary>
    public string? SopClass => NameOf(SopClassUid);

    /// <summary>The transfer syntax that the instances are in; null for what has a problem.</summary>
    public string? TransferSyntaxUid { get; init; }

    /// <summary>The name of the transfer syntax.</summary>
    public string? TransferSyntax => NameOf(TransferSyntaxUid);

    /// <summary>What would become of them.</summary>
    public required DicomStoreOutcome Outcome { get; init; }

    /// <summary>The transfer syntax that they would be sent in; null where they would not.</summary>
    public string? SentAsUid { get; init; }

    /// <summary>The name of that transfer syntax.</summary>
    public string? SentAs => NameOf(SentAsUid);

    /// <summary>Why not; for several instances that of the first. Null where they would be sent.</summary>
    public string? Reason { get; init; }

    /// <summary>The id that the failure of sending them would have; null where they would be sent.</summary>
    public string? ErrorId { get; init; }

    /// <summary>Instances of this kind.</summary>
    public int Count { get; init; }

    /// <summary>Bytes of their sources.</summary>
    public long Bytes { get; init; }

    /// <summary>SOP class, transfer syntax and outcome.</summary>
    public override string ToString() => $"{Count} of {SopClass ?? "no class"}: {Outcome}";

    private static string? NameOf(string? uid) => uid is null ? null : DicomUID.Lookup(uid).Name;
}
