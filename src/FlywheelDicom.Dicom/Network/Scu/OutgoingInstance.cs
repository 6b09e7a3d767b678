using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>An instance as the network sees it: what it is, and how its data set is opened.</summary>
/// <param name="SopClassUid">(0008,0016).</param>
/// <param name="SopInstanceUid">(0008,0018).</param>
/// <param name="Syntax">The transfer syntax that the data set is in.</param>
/// <param name="Open">
/// Opens the data set in its own syntax; an uncompressed one also in another uncompressed syntax. It may throw an
/// <see cref="IOException"/>.
/// </param>
internal sealed record OutgoingInstance(string SopClassUid, string SopInstanceUid, DicomTransferSyntax Syntax, Func<DicomTransferSyntax, OutgoingDataset> Open)
{
    /// <summary>What it needs of an association.</summary>
    public StoreNeed Need => new(SopClassUid, Syntax.Uid);
}
