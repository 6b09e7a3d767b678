namespace FlywheelDicom.Transfer.Confirmation;

/// <summary>Turns the result of an instance that the archive did not confirm into a failed one.</summary>
internal static class ConfirmationOutcome
{
    public const string NotCommitted = "DicomNotCommitted";
    public const string NotFound = "DicomInstanceNotFound";
    public const string NotAnswered = "DicomNotAnswered";

    /// <summary>The archive could not be asked, for an unexpected reason.</summary>
    public const string NotAsked = "DicomConfirmationFailed";

    /// <summary>Why the archive gave no answer.</summary>
    internal static (string ErrorId, string Reason) ReasonOf(Exception failure)
        => failure is DicomNetworkException e ? (e.ErrorId, e.Message)
            : (NotAsked, $"The archive could not be asked, for a reason that was not foreseen ({failure.GetType().Name}): {failure.Message}");

    /// <summary>The instance was sent, but the archive did not confirm it: it counts as failed.</summary>
    internal static DicomSendResult NotConfirmed(DicomSendResult result, DicomConfirmation confirmation, string errorId, string reason)
        => result with { Status = DicomSendStatus.Failed, Confirmation = confirmation, ErrorId = errorId, Reason = reason };
}
