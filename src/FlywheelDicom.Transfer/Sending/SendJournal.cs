using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>
/// A file that remembers what a destination has accepted, so that a run that was cut off can be completed. A line for each outcome,
/// handed to the system before the result is let out; one run at a time writes to it. Lines that a crash tore are not believed.
/// </summary>
internal sealed class SendJournal : IDisposable
{
    private static readonly TimeSpan s_syncEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_claimPatience = TimeSpan.FromSeconds(2);

    private readonly FileStream _file;
    private readonly FileStream _claim;
    private readonly string _destination;
    private readonly object _lock = new();

    /// <summary>Key and digest as 128 bits of SHA-256 each: a journal of hundreds of thousands takes little memory.</summary>
    private readonly Dictionary<UInt128, UInt128> _accepted = [];

    /// <summary>Further digests of the few UIDs that more than one instance of a run had.</summary>
    private readonly Dictionary<UInt128, HashSet<UInt128>> _further = [];
    private long _synced = Stopwatch.GetTimestamp();
    private bool _disposed;

    private SendJournal(FileStream file, FileStream claim, string destination) => (_file, _claim, _destination) = (file, claim, destination);

    /// <summary>How many instances it knows to be at the destination.</summary>
    public int Accepted => _accepted.Count;

    /// <summary>Opens or makes a journal, reads what is in it, and keeps others from writing to it.</summary>
    /// <exception cref="JournalException">Another run has it, it is something else than a journal, or it cannot be used.</exception>
    public static SendJournal Open(string path, DicomDestination destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        JournalPath.RequireFile(path);
        var claim = Claim(path);
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            var journal = new SendJournal(file, claim, NameOf(destination));
            journal.Load(path);
            return journal;
        }
        catch (Exception e)
        {
            file?.Dispose();
            claim.Dispose();
            if (e is IOException and not JournalException or UnauthorizedAccessException)
                throw new JournalException("JournalUnusable", $"The journal '{path}' cannot be opened: {e.Message}", e);
            throw;
        }
    }

    /// <summary>
    /// A file beside the journal that one process at a time can hold; the system frees it when that process ends, however it ends. The
    /// journal itself is not locked, so that it can be read meanwhile.
    /// </summary>
    private static FileStream Claim(string path)
    {
        var claim = path + ".lock";
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(claim, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException) && File.Exists(claim))
            {
                // A process that was killed takes a moment to go.
                if (Stopwatch.GetElapsedTime(started) > s_claimPatience)
                    throw new JournalException("JournalInUse", $"Another run writes to the journal '{path}'. Wait for it, or take another journal.", e);
                Thread.Sleep(50);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new JournalException("JournalUnusable", $"The journal '{path}' cannot be opened: {e.Message}", e);
            }
        }
    }

    /// <summary>The digest of this instance where the destination has accepted it with these very bytes, else null.</summary>
    /// <exception cref="IOException">The instance cannot be read.</exception>
    public string? DigestIfAccepted(DicomFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (_accepted.Count == 0 || file.SopInstanceUid is not { } uid)
            return null;
        var key = KeyOf(_destination, uid);
        if (!_accepted.TryGetValue(key, out var accepted))
            return null;
        var digest = file.ComputeDigest();
        var known = Short(digest);
        return accepted == known || (_further.TryGetValue(key, out var further) && further.Contains(known)) ? digest : null;
    }

    /// <summary>Whether the destination has accepted this instance with these very bytes.</summary>
    /// <exception cref="IOException">The instance cannot be read.</exception>
    public bool HasAccepted(DicomFile file) => DigestIfAccepted(file) is not null;

    /// <summary>Adds an outcome.</summary>
    /// <param name="result">What became of the instance.</param>
    /// <param name="digest">Of its data set, where that is known to be stored.</param>
    /// <param name="wasAnswerLost">The whole data set of an earlier try had left, and its answer was lost.</param>
    /// <exception cref="IOException">It cannot be written, the disk is full say; the journal is as it was before.</exception>
    public void Add(DicomSendResult result, string? digest, bool wasAnswerLost = false)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (result.SopInstanceUid is null)
            return;
        var line = JournalLine.Format(new DicomSendJournalEntry
        {
            Time = DateTime.UtcNow, Destination = _destination, SopClassUid = result.SopClassUid ?? "", SopInstanceUid = result.SopInstanceUid,
            Digest = result.IsStored ? digest ?? "" : "", Bytes = result.Bytes, Status = result.Status, DicomStatus = result.DicomStatus?.Code,
            Note = (wasAnswerLost ? DicomSendJournalNote.AnswerLost : 0) | (result.SameUidAs is null ? 0 : DicomSendJournalNote.SameUid),
        });
        lock (_lock)
        {
            Append(line);
            if (Stopwatch.GetElapsedTime(_synced) < s_syncEvery)
                return;
            _file.Flush(flushToDisk: true);
            _synced = Stopwatch.GetTimestamp();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            try
            {
                _file.Flush(flushToDisk: true);
            }
            catch (IOException)
            {
                // Each line was handed to the system as it came; what a full disk refused was told then.
            }
            _file.Dispose();
            _claim.Dispose();
        }
    }

    /// <summary>A destination as the journal names it.</summary>
    internal static string NameOf(DicomDestination destination) => $"{destination.CalledAE}@{destination.Host.ToLowerInvariant()}:{destination.Port}";

    private void Load(string path)
    {
        var good = 0L;
        var isFirst = true;
        foreach (var (line, end, isWhole) in JournalLine.ReadAll(_file))
        {
            // A run that was killed at its very start leaves part of the header.
            if (isFirst && !isWhole && (JournalLine.Header.StartsWith(line, StringComparison.Ordinal) || JournalLine.FormerHeader.StartsWith(line, StringComparison.Ordinal)))
                break;
            if (isFirst && !JournalLine.IsHeader(line))
                throw new JournalException("JournalUnusable", $"'{path}' is not a journal of this module; it is left as it is.");
            isFirst = false;
            if (!isWhole)
                break;
            good = end;
            if (JournalLine.TryParse(line, out var entry) && entry.Destination == _destination && IsShown(entry))
                Believe(KeyOf(entry.Destination, entry.SopInstanceUid), Short(entry.Digest), entry.Note);
        }
        // Half a line at the end is what a crash left.
        _file.SetLength(good);
        _file.Position = good;
        if (good == 0)
            Append(JournalLine.Header);
    }

    /// <summary>
    /// Whether a line shows that its bytes are at the destination. An archive that says "already there" (0111) speaks of them only
    /// where they had been sent before.
    /// </summary>
    private static bool IsShown(DicomSendJournalEntry entry)
        => entry.Status != DicomSendStatus.Failed && entry.Digest.Length > 0
            && (entry.DicomStatus != DicomStatus.DuplicateSopInstance.Code || entry.Note.HasFlag(DicomSendJournalNote.AnswerLost));

    /// <summary>
    /// The last word on an instance counts: a later failure does not take back that it was stored, another content does. Only where
    /// one run had both contents, both count: else a run would send the one and the next run the other, without end.
    /// </summary>
    private void Believe(UInt128 key, UInt128 digest, DicomSendJournalNote note)
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

    private void Append(string line)
    {
        var place = _file.Position;
        try
        {
            _file.Write(Encoding.UTF8.GetBytes(line + "\n"));
        }
        catch (IOException)
        {
            _file.SetLength(place);
            _file.Position = place;
            throw;
        }
    }

    private static UInt128 KeyOf(string destination, string uid) => BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{destination}\n{uid}")));

    private static UInt128 Short(string hex) => hex.Length >= 32 ? BinaryPrimitives.ReadUInt128BigEndian(Convert.FromHexString(hex.AsSpan(0, 32))) : 0;
}

/// <summary>A journal cannot be used; the message is fit for a person.</summary>
internal sealed class JournalException(string errorId, string message, Exception? inner = null) : IOException(PlainText.Clean(message), inner)
{
    /// <summary>A stable id for error records.</summary>
    public string ErrorId { get; } = errorId;
}
