namespace FlywheelDicom.Transfer.Reporting;

/// <summary>An instance that is not at the destination, and why.</summary>
internal readonly record struct Failure(string Name, string Uid, string Reason, string ErrorId)
{
    /// <summary>The name for people: a file of this machine without the folders above what was given.</summary>
    public string ShortName { get; private init; } = Name;

    public static Failure Of(DicomSendResult result) => new(
        PlainText.Clean(result.Name), PlainText.Clean(result.SopInstanceUid ?? ""), PlainText.Clean(result.Reason ?? ""), result.ErrorId ?? "")
    {
        ShortName = result.Name == result.Origin.LocalPath ? result.Origin.FileName : PlainText.Clean(result.FullName),
    };
}
