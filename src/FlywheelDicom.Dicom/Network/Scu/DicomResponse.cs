namespace FlywheelDicom.Network.Scu;

/// <summary>The peer's response to a C-STORE or C-ECHO.</summary>
/// <param name="Status">Its status.</param>
/// <param name="ErrorComment">(0000,0902) with the tags of (0000,0901): often the only hint why it refused. Null if there is none.</param>
/// <param name="TransferSyntaxUid">The syntax that the data set was sent in.</param>
/// <param name="Bytes">Bytes of the data set that were sent.</param>
internal sealed record DicomResponse(DicomStatus Status, string? ErrorComment, string TransferSyntaxUid, long Bytes)
{
    /// <summary>SHA-256 of the data set in the file's own syntax, in hexadecimal; null if it was not computed.</summary>
    public string? Digest { get; init; }
}
