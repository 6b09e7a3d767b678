using System.Security.Cryptography;
using FlywheelDicom.IO;

namespace FlywheelDicom.Network.Wire;

/// <summary>A data set on its way out, with the transfer syntax that its bytes are in: it passes under a context of that syntax alone.</summary>
/// <param name="content">Read to its end, or to <paramref name="length"/>; disposed with this.</param>
/// <param name="transferSyntaxUid">What the bytes are in.</param>
/// <param name="length">Bytes it must have; -1 where only its end tells.</param>
internal sealed class OutgoingDataset(Stream content, string transferSyntaxUid, long length) : IDisposable
{
    private IncrementalHash? _hash;

    public Stream Content { get; } = content;
    public string TransferSyntaxUid { get; } = transferSyntaxUid;
    public long Length { get; } = length;

    /// <summary>The data set of an instance, turned into another uncompressed syntax where that is not its own.</summary>
    /// <param name="file">The instance.</param>
    /// <param name="transferSyntaxUid">What it is to be sent in.</param>
    /// <param name="computesDigest">What is sent as it is gets its digest on the way.</param>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public static OutgoingDataset Open(DicomFile file, string transferSyntaxUid, bool computesDigest)
    {
        if (transferSyntaxUid != file.Syntax.Uid)
            return new OutgoingDataset(file.OpenDataset(DicomTransferSyntax.Lookup(transferSyntaxUid)), transferSyntaxUid, -1);
        if (!computesDigest)
            return new OutgoingDataset(file.OpenDataset(), transferSyntaxUid, file.DatasetLength);
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        return new OutgoingDataset(new DigestingStream(file.OpenDataset(), hash), transferSyntaxUid, file.DatasetLength) { _hash = hash };
    }

    /// <summary>SHA-256 of what was read, in hex; null where it was not asked for, or is not that of the file's own syntax.</summary>
    public string? Digest() => _hash is null ? null : Convert.ToHexString(_hash.GetHashAndReset());

    public void Dispose()
    {
        Content.Dispose();
        _hash?.Dispose();
    }
}
