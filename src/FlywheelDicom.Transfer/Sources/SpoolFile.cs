using FlywheelDicom.IO;
using Microsoft.Win32.SafeHandles;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// A private temporary file with the content of an archive or a download. On Unix its name is removed once it is open, on Windows it is
/// deleted with its handle: so neither Ctrl+C nor a killed process leaves one behind. It is closed when the last of its instances was
/// sent, and filled again if one is opened later. Its size is limited.
/// </summary>
internal sealed class SpoolFile
{
    private const long ReservedSpace = 512L << 20;
    private const long CheckEvery = 64L << 20;

    private readonly SpoolSpace _space;
    private readonly long _sourceLength;
    private readonly Action<SpoolFile> _fill;
    private readonly object _lock = new();
    private SafeFileHandle? _handle;
    private SafeFileHandle? _target;
    private long _checkedAt;
    private int _wanted;
    private int _claimed;
    private bool _isFilling;
    private ArchiveException? _gone;

    /// <param name="space">Counts its bytes and limits them.</param>
    /// <param name="sourceLength">Bytes of the archive that it is filled from; its size is compared with them.</param>
    /// <param name="fill">Fills it again with the same bytes, if it is read after it was closed.</param>
    /// <param name="reserved">Bytes that it is expected to need at least.</param>
    /// <exception cref="ArchiveException">There is no folder for temporary files, or it cannot be written.</exception>
    public SpoolFile(SpoolSpace space, long sourceLength, Action<SpoolFile> fill, long reserved = 0)
    {
        (_space, _sourceLength, _fill, Reserved) = (space, sourceLength, fill, reserved);
        // It is read while it is filled: each entry is given out as soon as it is complete.
        _handle = _target = Create(space.Folder);
        _isFilling = true;
        space.Add(this);
    }

    public long Length { get; private set; }

    public long Reserved { get; }

    /// <summary>Bytes, on disk or expected, that will be freed when reading or sending ends, so that waiting for them makes sense.</summary>
    public long BusyBytes
    {
        get
        {
            lock (_lock)
                return _isFilling || _claimed > 0 ? Math.Max(Reserved, Length) : 0;
        }
    }

    public long BytesOnDisk
    {
        get
        {
            lock (_lock)
                return _handle is null ? 0 : Length;
        }
    }

    /// <exception cref="ArchiveException">The disk is full, or nearly.</exception>
    /// <exception cref="InvalidDataException">It became larger than is allowed.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        _space.RequireAllowedExpansion(Length, _sourceLength);
        try
        {
            if (Length - _checkedAt >= CheckEvery)
            {
                _checkedAt = Length;
                if (new DriveInfo(_space.Folder).AvailableFreeSpace < ReservedSpace)
                    throw new IOException("the disk is nearly full");
            }
            RandomAccess.Write(_target!, bytes, Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NoSpace(_space.Folder, Length + bytes.Length, e);
        }
        Length += bytes.Length;
    }

    public void Fill(Stream source)
    {
        var buffer = new byte[64 * 1024];
        while (source.Read(buffer) is > 0 and var read)
            Append(buffer.AsSpan(0, read));
    }

    /// <summary>Removes its content.</summary>
    public void Clear()
    {
        RandomAccess.SetLength(_target!, 0);
        (Length, _checkedAt) = (0, 0);
    }

    /// <summary>It is complete, and all its instances were found. It is closed when they are released.</summary>
    public void EndFilling()
    {
        lock (_lock)
        {
            _isFilling = false;
            CloseIfUnwanted();
        }
        _space.Changed();
    }

    /// <summary>Closes it at once. It is filled again if it is read later.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _handle?.Dispose();
            _handle = null;
        }
        _space.Changed();
    }

    /// <summary>Reads at a position. Several threads may read at once.</summary>
    public int Read(Span<byte> target, long offset)
    {
        while (true)
        {
            var handle = Volatile.Read(ref _handle) ?? Refilled();
            try
            {
                return RandomAccess.Read(handle, target, offset);
            }
            catch (ObjectDisposedException)
            {
                // It was closed in between, and is filled again.
            }
        }
    }

    /// <summary>Part of it as the bytes of an instance.</summary>
    public DicomSource Slice(long offset, long length) => new SpoolSlice(this, offset, length);

    /// <exception cref="IOException">It could not be filled again. Each of its instances gets this failure.</exception>
    private SafeFileHandle Refilled()
    {
        lock (_lock)
        {
            if (_handle is { IsClosed: false } handle)
                return handle;
            if (_space.IsStopped)
                throw new IOException("The run that it was fetched for was stopped.");
            // The failure is kept, so that its other instances do not unpack everything again.
            if (_gone is { } gone)
                throw new ArchiveException(gone.ProblemId, gone.Message);
            var length = Length;
            var filled = Create(_space.Folder);
            (Length, _checkedAt, _target) = (0, 0, filled);
            try
            {
                _fill(this);
                if (Length != length)
                    throw new DicomSourceChangedException("What it was unpacked from gives another length than before.");
                // Set last: others that read meanwhile wait until it is complete.
                Volatile.Write(ref _handle, filled);
                return filled;
            }
            catch (Exception e)
            {
                filled.Dispose();
                Length = length;
                if (e is OperationCanceledException or DicomSourceChangedException or ArchiveException { ProblemId: DicomProblem.NoTemporarySpace })
                    throw;
                // Unpacking may throw anything. Here it is the failure of the one instance that is being sent.
                _gone = new ArchiveException(DicomProblem.BadArchive, $"What it came from could not be unpacked a second time: {e.Message}");
                throw _gone;
            }
        }
    }

    private void Retain()
    {
        lock (_lock)
            _wanted++;
    }

    private void Claim()
    {
        lock (_lock)
            _claimed++;
    }

    private void Release()
    {
        lock (_lock)
        {
            (_wanted, _claimed) = (Math.Max(0, _wanted - 1), Math.Max(0, _claimed - 1));
            CloseIfUnwanted();
        }
        _space.Changed();
    }

    private void CloseIfUnwanted()
    {
        if (_wanted > 0 || _claimed > 0 || _isFilling)
            return;
        _handle?.Dispose();
        _handle = null;
    }

    private static SafeFileHandle Create(string folder)
    {
        try
        {
            return CreateIn(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NoSpace(folder, 0, e);
        }
    }

    private static ArchiveException NoSpace(string folder, long needed, Exception e)
    {
        var room = needed > 0 ? $" {needed} bytes and more are needed." : "";
        var cause = e is UnauthorizedAccessException ? "access is denied" : e.Message.TrimEnd('.');
        var variable = OperatingSystem.IsWindows() ? "TEMP" : "TMPDIR";
        return new ArchiveException(DicomProblem.NoTemporarySpace,
            $"It cannot be kept in the temporary folder '{folder}', which has no room or cannot be written: {cause}.{room} Set {variable} to a folder with room.");
    }

    private static SafeFileHandle CreateIn(string folder)
    {
        var path = Path.Combine(folder, $"fwdicom-{Guid.NewGuid():N}.spool");
        if (OperatingSystem.IsWindows())
            return File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.DeleteOnClose);
        // The stream is only used to create the file for this user alone. Then it is opened for random access, and its name is removed.
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (new FileStream(path, options))
        {
            var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess);
            File.Delete(path);
            return handle;
        }
    }

    private sealed class SpoolSlice(SpoolFile spool, long offset, long length) : DicomSource
    {
        public override long Length => length;
        public override Stream Open() => new SpoolStream(spool, offset, length);
        public override void Retain() => spool.Retain();
        public override void Claim() => spool.Claim();
        public override void Release() => spool.Release();
    }
}
