namespace FlywheelDicom.Transfer.Proof;

/// <summary>What an archive's answer makes of a result.</summary>
internal static class ResultProof
{
    public const string NotCommitted = "DicomNotCommitted";
    public const string NotFound = "DicomInstanceNotFound";
    public const string NotAnswered = "DicomNotAnswered";

    /// <summary>The archive could not be asked, for a reason that was not foreseen.</summary>
    public const string NotAsked = "DicomConfirmationFailed";

    /// <summary>Why an archive gave no answer.</summary>
    internal static (string ErrorId, string Reason) WhyOf(Exception failure)
        => failure is DicomNetworkException e ? (e.ErrorId, e.Message)
            : (NotAsked, $"The archive could not be asked, for a reason that was not foreseen ({failure.GetType().Name}): {failure.Message}");

    /// <summary>It was sent, but is not known to be kept: it counts as not sent.</summary>
    internal static DicomSendResult Deny(DicomSendResult result, DicomProof proof, string errorId, string reason)
        => result with { Status = DicomSendStatus.Failed, Proof = proof, ErrorId = errorId, Reason = reason };
}
