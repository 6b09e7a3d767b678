using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>
/// The SOP Instance UIDs that a run has stored, to find a second instance with the same UID: an archive keeps at most one of them.
/// For each UID it holds hashes (about 40 bytes) and the name in UTF-8.
/// </summary>
internal sealed class StoredInstances
{
    private const int BlockSize = 64 * 1024;

    private readonly Dictionary<ulong, Entry> _entries = [];
    private readonly List<byte[]> _blocks = [];
    private int _used = BlockSize;

    /// <param name="NameAt">Place of the name: its block, and where in that.</param>
    /// <param name="Content">A hash of what is known of the content: its digest, with the lowest bit set, else its length.</param>
    private readonly record struct Entry(long NameAt, ulong Content);

    /// <summary>Notes an instance that was stored. Where one with its UID was stored before, the result says so.</summary>
    /// <param name="result">Of any status; one that failed is not noted.</param>
    /// <param name="digest">Of its data set, where it is known.</param>
    public DicomSendResult Note(DicomSendResult result, string? digest)
    {
        if (result.SopInstanceUid is not { } uid)
            return result;
        var key = XxHash64.HashToUInt64(MemoryMarshal.AsBytes(uid.AsSpan()));
        var content = ContentOf(result, digest);
        if (_entries.TryGetValue(key, out var earlier))
        {
            var name = NameAt(earlier.NameAt);
            return result with { SameUidAs = name, HasOtherContent = IsOther(earlier.Content, content) ?? (IsSameFile(name, result) ? false : null) };
        }
        if (result.IsStored)
            _entries.Add(key, new Entry(Keep(result.FullName), content));
        return result;
    }

    /// <summary>A file that was given twice. Two entries of an archive may have one name and be two versions.</summary>
    private static bool IsSameFile(string name, DicomSendResult result) => name == result.FullName && name == result.Name;

    private static ulong ContentOf(DicomSendResult result, string? digest)
    {
        var known = digest ?? string.Create(CultureInfo.InvariantCulture, $"{result.TransferSyntaxUid}\n{result.Bytes}");
        var hash = XxHash64.HashToUInt64(MemoryMarshal.AsBytes(known.AsSpan()));
        return digest is null ? hash & ~1UL : hash | 1UL;
    }

    /// <summary>Null where that cannot be told: lengths are equal, or of one the digest is known and of the other the length.</summary>
    private static bool? IsOther(ulong one, ulong other)
    {
        if (one == other)
            return (one & 1) == 1 ? false : null;
        return (one & 1) == (other & 1) ? true : null;
    }

    private long Keep(string name)
    {
        var length = Math.Min(Encoding.UTF8.GetByteCount(name), BlockSize - sizeof(int));
        if (_used + sizeof(int) + length > BlockSize)
        {
            _blocks.Add(new byte[BlockSize]);
            _used = 0;
        }
        var place = ((long)(_blocks.Count - 1) << 32) + _used;
        var target = _blocks[^1].AsSpan(_used);
        MemoryMarshal.Write(target, length);
        Encoding.UTF8.GetBytes(name).AsSpan(0, length).CopyTo(target[sizeof(int)..]);
        _used += sizeof(int) + length;
        return place;
    }

    private string NameAt(long place)
    {
        var source = _blocks[(int)(place >> 32)].AsSpan((int)place);
        return Encoding.UTF8.GetString(source.Slice(sizeof(int), MemoryMarshal.Read<int>(source)));
    }
}
