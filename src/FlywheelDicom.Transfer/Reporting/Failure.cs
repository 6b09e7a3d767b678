namespace FlywheelDicom.Transfer.Reporting;

/// <summary>An instance that is not at the destination, and why.</summary>
internal readonly record struct Failure(string Name, string Uid, string Reason, string ErrorId)
{
    public static Failure Of(DicomSendResult result) => new(
        PlainText.Clean(result.Name), PlainText.Clean(result.SopInstanceUid ?? ""), PlainText.Clean(result.Reason ?? ""), result.ErrorId ?? "");
}
