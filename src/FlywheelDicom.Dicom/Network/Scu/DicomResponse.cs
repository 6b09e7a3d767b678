namespace FlywheelDicom.Network.Scu;

/// <summary>What the peer answered to a C-STORE or C-ECHO.</summary>
/// <param name="Status">Its status.</param>
/// <param name="ErrorComment">(0000,0902) with the tags of (0000,0901): often the only clue to a refusal; null where it said nothing.</param>
/// <param name="TransferSyntaxUid">The syntax that the data set travelled in.</param>
/// <param name="Bytes">Bytes of the data set that were sent.</param>
internal sealed record DicomResponse(DicomStatus Status, string? ErrorComment, string TransferSyntaxUid, long Bytes)
{
    /// <summary>SHA-256 of the data set in the file's own syntax, in hex, where it was asked for.</summary>
    public string? Digest { get; init; }
}
