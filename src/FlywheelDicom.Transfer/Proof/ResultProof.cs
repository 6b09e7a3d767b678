namespace FlywheelDicom.Transfer.Proof;

/// <summary>What an archive's answer makes of a result.</summary>
public static class ResultProof
{
    public const string NotCommitted = "DicomNotCommitted";
    public const string NotFound = "DicomNotFound";

    /// <summary>It was sent, but is not known to be kept: it counts as not sent.</summary>
    internal static DicomSendResult Deny(DicomSendResult result, DicomProof proof, string errorId, string reason)
        => result with { Status = DicomSendStatus.Failed, Proof = proof, ErrorId = errorId, Reason = reason };
}
