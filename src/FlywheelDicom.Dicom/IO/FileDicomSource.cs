using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace FlywheelDicom.IO;

/// <summary>
/// A file on disk. Each time it is opened, its length and the time of its last change are compared with those of the first time, so that
/// what is sent is what was read.
/// </summary>
/// <param name="path">Links are followed.</param>
internal sealed class FileDicomSource(string path) : DicomSource
{
    private State? _first;

    /// <exception cref="IOException">The file has gone or cannot be read.</exception>
    public override long Length
    {
        get
        {
            if (_first is null)
                Open().Dispose();
            return _first!.Length;
        }
    }

    /// <exception cref="DicomSourceChangedException">It is not what it was when it was first opened.</exception>
    public override Stream Open()
    {
        if (_first is null && SpecialFile.KindOf(path) is { } kind)
            throw new IOException($"'{path}' is {kind}, and not a file.");
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            var state = new State(RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle));
            var first = Interlocked.CompareExchange(ref _first, state, null) ?? state;
            if (state != first)
                throw new DicomSourceChangedException(Difference(first, state));
            return new FileContent(handle, path, state.Length);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public override void Verify() => Open().Dispose();

    private string Difference(State first, State now) => first.Length != now.Length
        ? string.Create(CultureInfo.InvariantCulture, $"'{path}' had {first.Length} bytes when its header was read, and has {now.Length} now.")
        : string.Create(CultureInfo.InvariantCulture, $"'{path}' was changed since its header was read: it was last written at {first.Written:O}, and then at {now.Written:O}.");

    private sealed record State(long Length, DateTime Written);

    /// <summary>It has no buffer, since the code that reads it has one. It gives all bytes of the stated length, or fails.</summary>
    private sealed class FileContent(SafeFileHandle handle, string path, long length) : SeekableStream(length)
    {
        protected override int ReadAt(long position, Span<byte> buffer) => RandomAccess.Read(handle, buffer, position) is > 0 and var read ? read
            : throw new DicomSourceChangedException(string.Create(CultureInfo.InvariantCulture, $"'{path}' became shorter while it was read: it ends at byte {position} of {Length}."));

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                handle.Dispose();
            base.Dispose(disposing);
        }
    }
}
