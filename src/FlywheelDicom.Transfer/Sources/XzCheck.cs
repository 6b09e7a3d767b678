using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>The check after each block of an xz stream (The .xz File Format §2.1.1.2). Kinds that are not defined yet are ignored.</summary>
internal sealed class XzCheck(int kind)
{
    private readonly Crc32 _crc32 = new();
    private readonly IncrementalHash? _sha256 = kind == 10 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
    private ulong _crc64;

    public int Size { get; } = kind == 0 ? 0 : 4 << ((kind - 1) / 3);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (kind == 1)
            _crc32.Append(bytes);
        else if (kind == 4)
            _crc64 = Crc64.Append(_crc64, bytes);
        else
            _sha256?.AppendData(bytes);
    }

    public bool Is(ReadOnlySpan<byte> stated) => kind switch
    {
        1 => BinaryPrimitives.ReadUInt32LittleEndian(stated) == _crc32.GetCurrentHashAsUInt32(),
        4 => BinaryPrimitives.ReadUInt64LittleEndian(stated) == _crc64,
        10 => stated.SequenceEqual(_sha256!.GetHashAndReset()),
        _ => true,
    };
}
