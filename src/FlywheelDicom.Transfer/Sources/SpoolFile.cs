using FlywheelDicom.IO;
using Microsoft.Win32.SafeHandles;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// A private temporary file that lives as long as something reads it. It has no name once it is open (Unix), or goes with its
/// last handle (Windows): neither Ctrl+C nor a killed process leaves one behind. It refuses to grow without bound.
/// </summary>
internal sealed class SpoolFile
{
    /// <summary>From here on a spool is weighed against what it came from.</summary>
    public const long FreeSize = 1L << 30;

    /// <summary>The most that compressed images have been seen to expand is far below; a bomb is far above.</summary>
    public const int MaxRatio = 200;

    private const long ReservedSpace = 512L << 20;
    private const long CheckEvery = 64L << 20;

    private readonly SafeFileHandle _handle;
    private readonly string _folder;
    private readonly long _sourceLength;
    private long _checkedAt;

    /// <param name="sourceLength">Bytes of the archive that it is filled from.</param>
    public SpoolFile(long sourceLength)
    {
        _sourceLength = sourceLength;
        _folder = Path.GetTempPath();
        var path = Path.Combine(_folder, $"fwdicom-{Guid.NewGuid():N}.spool");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.DeleteOnClose,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        _handle = OpenHandle(path, options);
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
    }

    public long Length { get; private set; }

    /// <exception cref="IOException">It grew past what is sane, or the disk is nearly full.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (Length > FreeSize && Length / MaxRatio > _sourceLength)
            throw new InvalidDataException($"It expands to more than {MaxRatio} times its size: that is no honest archive.");
        if (Length - _checkedAt >= CheckEvery)
        {
            _checkedAt = Length;
            if (new DriveInfo(_folder).AvailableFreeSpace < ReservedSpace)
                throw new IOException("The temporary folder's disk is nearly full.");
        }
        RandomAccess.Write(_handle, bytes, Length);
        Length += bytes.Length;
    }

    public void Fill(Stream source)
    {
        var buffer = new byte[64 * 1024];
        while (source.Read(buffer) is > 0 and var read)
            Append(buffer.AsSpan(0, read));
    }

    /// <summary>Part of it as the bytes of an instance; the spool lives while one of these does.</summary>
    public DicomSource Slice(long offset, long length) => new SpoolSlice(_handle, offset, length);

    /// <summary>Gives the space back at once, where nothing in it turned out to be of use.</summary>
    public void Discard() => _handle.Dispose();

    private static SafeFileHandle OpenHandle(string path, FileStreamOptions options)
    {
        // The stream is only a way to open with a mode; the handle is taken over, its deletion is arranged by the caller.
        if (OperatingSystem.IsWindows())
            return File.OpenHandle(path, options.Mode, options.Access, options.Share, options.Options);
        options.Options = FileOptions.None;
        using (new FileStream(path, options))
        {
            // Created for us alone; now opened for random access.
        }
        return File.OpenHandle(path, FileMode.Open, options.Access, options.Share, FileOptions.RandomAccess);
    }

    private sealed class SpoolSlice(SafeFileHandle handle, long offset, long length) : DicomSource
    {
        public override long Length => length;
        public override Stream Open() => new RangeStream(handle, offset, length);
    }
}
