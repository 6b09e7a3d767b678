using System.Security.Cryptography;
using FlywheelDicom.IO;

namespace FlywheelDicom.Network.Wire;

/// <summary>A data set to be sent, with the transfer syntax that its bytes are in. It is sent under a context of that syntax only.</summary>
/// <param name="content">Read to its end, or to <paramref name="length"/>; disposed with this.</param>
/// <param name="transferSyntaxUid">The transfer syntax of the bytes.</param>
/// <param name="length">Its length in bytes; -1 if that is not known.</param>
internal sealed class OutgoingDataset(Stream content, string transferSyntaxUid, long length) : IDisposable
{
    private IncrementalHash? _hash;

    public Stream Content { get; private set; } = content;
    public string TransferSyntaxUid { get; } = transferSyntaxUid;
    public long Length { get; } = length;

    /// <summary>From now on, what is read is added to a digest. Call it before the first byte is read.</summary>
    public void BeginDigest()
    {
        _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Content = new DigestingStream(Content, _hash);
    }

    /// <summary>SHA-256 of what was read, in hex; null where <see cref="BeginDigest"/> was not called.</summary>
    public string? Digest() => _hash is null ? null : Convert.ToHexString(_hash.GetHashAndReset());

    public void Dispose()
    {
        Content.Dispose();
        _hash?.Dispose();
    }
}
