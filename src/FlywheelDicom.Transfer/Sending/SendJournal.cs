using System.Text;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>
/// A file of the instances that a destination has accepted, so that an interrupted run can be completed. It has a line for each
/// result, written before the result is given out. One run at a time writes to it. Lines that a crash has damaged do not count.
/// </summary>
internal sealed class SendJournal : IDisposable
{
    private static readonly TimeSpan s_syncInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_lockTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_lockInterval = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _file;
    private readonly FileStream _lockFile;
    private readonly string _destination;
    private readonly TimeProvider _time;
    private readonly object _lock = new();

    private readonly AcceptedInstances _accepted;
    private long _synced;
    private bool _disposed;

    private SendJournal(FileStream file, FileStream lockFile, string destination, TimeProvider time)
        => (_file, _lockFile, _destination, _time, _synced, _accepted) = (file, lockFile, destination, time, time.GetTimestamp(), new AcceptedInstances(destination));

    /// <summary>How many instances are at the destination, as the journal says.</summary>
    public int Accepted => _accepted.Count;

    /// <summary>Opens or makes a journal, reads what is in it, and locks it against other writers.</summary>
    /// <param name="path">The file.</param>
    /// <param name="destination">Where the run sends to. Lines about other destinations are left alone.</param>
    /// <param name="time">The clock of the lines and of the wait for the lock; null: the system's.</param>
    /// <exception cref="JournalException">Another run has it, it is something else than a journal, or it cannot be used.</exception>
    public static SendJournal Open(string path, DicomDestination destination, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(destination);
        JournalPath.RequireFile(path);
        time ??= TimeProvider.System;
        var lockFile = Lock(path, time);
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            var journal = new SendJournal(file, lockFile, NameOf(destination), time);
            journal.Load(path);
            return journal;
        }
        catch (Exception e)
        {
            file?.Dispose();
            lockFile.Dispose();
            if (e is IOException and not JournalException or UnauthorizedAccessException)
                throw new JournalException("JournalUnusable", $"The journal '{path}' cannot be opened: {e.Message}", e);
            throw;
        }
    }

    /// <summary>
    /// Opens a file beside the journal that one process at a time can open. The system closes it when that process ends, also after a
    /// crash. The journal itself is not locked, so that it can be read meanwhile.
    /// </summary>
    private static FileStream Lock(string path, TimeProvider time)
    {
        var lockPath = path + ".lock";
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException) && File.Exists(lockPath))
            {
                // A process that was killed may hold its files a little longer.
                if (time.GetElapsedTime(started) > s_lockTimeout)
                    throw new JournalException("JournalInUse", $"Another run writes to the journal '{path}'. Wait for it, or take another journal.", e);
                Task.Delay(s_lockInterval, time).GetAwaiter().GetResult();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new JournalException("JournalUnusable", $"The journal '{path}' cannot be opened: {e.Message}", e);
            }
        }
    }

    /// <summary>The digest of this instance where the destination has accepted it with exactly these bytes, else null.</summary>
    /// <exception cref="IOException">The instance cannot be read.</exception>
    public string? DigestIfAccepted(DicomFile file) => _accepted.DigestOf(file);

    /// <summary>Adds the result of an instance.</summary>
    /// <param name="result">What became of the instance.</param>
    /// <param name="digest">The digest of its data set, where the data set is known to be stored.</param>
    /// <param name="note">What else the line says; that another instance had the same UID is added here.</param>
    /// <exception cref="IOException">It cannot be written, because the disk is full for example. The journal is as it was before.</exception>
    public void Add(DicomSendResult result, string? digest, DicomSendJournalNote note = DicomSendJournalNote.None)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (result.SopInstanceUid is null)
            return;
        var line = JournalLine.Format(new DicomSendJournalEntry
        {
            Time = _time.GetUtcNow().UtcDateTime, Destination = _destination, SopClassUid = result.SopClassUid ?? "", SopInstanceUid = result.SopInstanceUid,
            Digest = result.IsStored ? digest ?? "" : "", Bytes = result.Bytes, Status = result.Status, DicomStatus = result.DicomStatus?.Code,
            Note = result.SameUidAs is null ? note : note | DicomSendJournalNote.SameUid,
        });
        lock (_lock)
        {
            Append(line);
            if (_time.GetElapsedTime(_synced) < s_syncInterval)
                return;
            _file.Flush(flushToDisk: true);
            _synced = _time.GetTimestamp();
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
                // Each line was written when it came. A full disk was reported then.
            }
            _file.Dispose();
            _lockFile.Dispose();
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
            // A run that was killed while it wrote the header leaves a part of it.
            if (isFirst && !isWhole && (JournalLine.Header.StartsWith(line, StringComparison.Ordinal) || JournalLine.FormerHeader.StartsWith(line, StringComparison.Ordinal)))
                break;
            if (isFirst && !JournalLine.IsHeader(line))
                throw new JournalException("JournalUnusable", $"'{path}' is not a journal of this module; it is left as it is.");
            isFirst = false;
            if (!isWhole)
                break;
            good = end;
            if (JournalLine.TryParse(line, out var entry))
                _accepted.Add(entry);
        }
        // A crash may have left half a line at the end.
        _file.SetLength(good);
        _file.Position = good;
        if (good == 0)
            Append(JournalLine.Header);
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
}
