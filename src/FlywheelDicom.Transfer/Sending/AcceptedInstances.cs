using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>The instances that a destination has accepted, and with which bytes, as the lines of a journal say.</summary>
/// <param name="destination">Its name in the journal. Lines about other destinations do not count.</param>
internal sealed class AcceptedInstances(string destination)
{
    /// <summary>Key and digest as 128 bits of SHA-256 each: a journal of hundreds of thousands takes little memory.</summary>
    private readonly Dictionary<UInt128, UInt128> _accepted = [];

    /// <summary>Further digests of the few UIDs that more than one instance of a run had.</summary>
    private readonly Dictionary<UInt128, HashSet<UInt128>> _further = [];

    public int Count => _accepted.Count;

    /// <summary>What a journal says, which is neither made, changed nor locked; nothing where there is none.</summary>
    /// <exception cref="JournalException">It is something else than a journal.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static AcceptedInstances Read(string path, DicomDestination destination)
    {
        var accepted = new AcceptedInstances(SendJournal.NameOf(destination));
        if (!File.Exists(path))
            return accepted;
        foreach (var entry in JournalLine.Read(path, _ => { }))
            accepted.Add(entry);
        return accepted;
    }

    /// <summary>Takes in a line, in the order of the journal.</summary>
    public void Add(DicomSendJournalEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Destination == destination && IsStored(entry))
            Remember(KeyOf(entry.SopInstanceUid), Short(entry.Digest), entry.Note);
    }

    /// <summary>The digest of this instance where the destination has accepted it with exactly these bytes, else null.</summary>
    /// <exception cref="IOException">The instance cannot be read.</exception>
    public string? DigestOf(DicomFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (_accepted.Count == 0 || file.SopInstanceUid is not { } uid)
            return null;
        var key = KeyOf(uid);
        if (!_accepted.TryGetValue(key, out var accepted))
            return null;
        var digest = file.ComputeDigest();
        var known = Short(digest);
        return accepted == known || (_further.TryGetValue(key, out var further) && further.Contains(known)) ? digest : null;
    }

    /// <summary>
    /// Whether a line shows that its bytes are at the destination. The status "duplicate SOP instance" (0111) shows it only where
    /// these bytes had been sent before.
    /// </summary>
    private static bool IsStored(DicomSendJournalEntry entry)
        => entry.Status != DicomSendStatus.Failed && entry.Digest.Length > 0
            && (entry.DicomStatus != DicomStatus.DuplicateSopInstance.Code || entry.Note.HasFlag(DicomSendJournalNote.AnswerLost));

    /// <summary>
    /// The last stored content of an instance counts. A later failure does not change it. Where one run stored two contents under one
    /// UID, both count: otherwise each run would send the one that the run before it did not send last.
    /// </summary>
    private void Remember(UInt128 key, UInt128 digest, DicomSendJournalNote note)
    {
        if (!note.HasFlag(DicomSendJournalNote.SameUid))
            _further.Remove(key);
        else if (_accepted.TryGetValue(key, out var earlier))
        {
            if (!_further.TryGetValue(key, out var all))
                _further[key] = all = [];
            all.Add(earlier);
        }
        _accepted[key] = digest;
    }

    private static UInt128 KeyOf(string uid) => BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(uid)));

    private static UInt128 Short(string hex) => hex.Length >= 32 ? BinaryPrimitives.ReadUInt128BigEndian(Convert.FromHexString(hex.AsSpan(0, 32))) : 0;
}
