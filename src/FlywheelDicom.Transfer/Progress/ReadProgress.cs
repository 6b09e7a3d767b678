namespace FlywheelDicom.Transfer.Progress;

/// <summary>
/// What was read so far and what is known to come: a zip tells its entries, a folder its files, Flywheel its files and what is in them.
/// Sources announce what they are about to read and settle each part before they read it, so that found and ahead together are all
/// that is known. Safe from any thread.
/// </summary>
internal sealed class ReadProgress
{
    private long _found;
    private long _foundBytes;
    private long _failed;
    private long _ahead;
    private long _aheadBytes;
    private long _aheadUnsized;
    private long _files;
    private long _fetchedFiles;
    private long _fetchBytes;
    private long _fetched;
    private int _listings;
    private string? _current;

    /// <summary>Instances, with those that have a problem.</summary>
    public long Found => Interlocked.Read(ref _found);

    public long FoundBytes => Interlocked.Read(ref _foundBytes);

    /// <summary>Those of them that have a problem.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Instances that are known to come, as far as names and counts tell: what is no DICOM is only known once it is opened.</summary>
    public long Ahead => Math.Max(0, Interlocked.Read(ref _ahead) + Interlocked.Read(ref _aheadUnsized));

    /// <summary>Their bytes. Those whose size is not known count as much as the average of what was found.</summary>
    public long AheadBytes
    {
        get
        {
            var average = Found == 0 ? 0 : FoundBytes / Found;
            return Math.Max(0, Interlocked.Read(ref _aheadBytes)) + Math.Max(0, Interlocked.Read(ref _aheadUnsized)) * average;
        }
    }

    /// <summary>More may come than is known.</summary>
    public bool MayGrow => Volatile.Read(ref _listings) > 0;

    /// <summary>Files of Flywheel that are known.</summary>
    public long Files => Interlocked.Read(ref _files);

    /// <summary>Those of them that are here.</summary>
    public long FetchedFiles => Interlocked.Read(ref _fetchedFiles);

    /// <summary>Bytes that all known files of Flywheel have.</summary>
    public long FetchBytes => Interlocked.Read(ref _fetchBytes);

    /// <summary>Bytes that were fetched.</summary>
    public long Fetched => Interlocked.Read(ref _fetched);

    /// <summary>What was found last, or is being fetched.</summary>
    public string? Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }

    /// <summary>An instance is handed on.</summary>
    public void Find(DicomFile file)
    {
        Interlocked.Increment(ref _found);
        Interlocked.Add(ref _foundBytes, file.Length);
        if (file.ProblemDetail is not null)
            Interlocked.Increment(ref _failed);
        Current = file.Name;
    }

    /// <summary>So many are about to be read, with so many bytes in all.</summary>
    public void Announce(long items, long bytes)
    {
        Interlocked.Add(ref _ahead, items);
        Interlocked.Add(ref _aheadBytes, bytes);
    }

    /// <summary>So many of what was announced are being read, or will not be.</summary>
    public void Settle(long items, long bytes) => Announce(-items, -bytes);

    /// <summary>The same where sizes are not known.</summary>
    public void AnnounceUnsized(long items) => Interlocked.Add(ref _aheadUnsized, items);

    public void SettleUnsized(long items) => AnnounceUnsized(-items);

    /// <summary>A list begins whose length is not known: until it is left, more may come.</summary>
    public void EnterListing() => Interlocked.Increment(ref _listings);

    public void LeaveListing() => Interlocked.Decrement(ref _listings);

    /// <summary>A file is to be fetched.</summary>
    public void AnnounceFile(long bytes)
    {
        Interlocked.Increment(ref _files);
        Interlocked.Add(ref _fetchBytes, bytes);
    }

    /// <summary>A piece of a file came; negative where a file is fetched anew.</summary>
    public void Fetch(long bytes) => Interlocked.Add(ref _fetched, bytes);

    public void EndFile() => Interlocked.Increment(ref _fetchedFiles);
}
