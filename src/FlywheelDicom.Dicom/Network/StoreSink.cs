using FlywheelDicom.IO;

namespace FlywheelDicom.Network;

/// <summary>Where an SCP puts what it is sent: one <see cref="StoreTarget"/> for each instance.</summary>
public abstract class StoreSink
{
    /// <exception cref="IOException">There is no place for it; the sender is told that resources are out.</exception>
    public abstract StoreTarget Begin(string sopClassUid, string sopInstanceUid, string transferSyntaxUid, string callingAE);
}

/// <summary>Takes one data set piece by piece. Disposed without <see cref="Complete"/>, it leaves nothing behind.</summary>
public abstract class StoreTarget : IDisposable
{
    public abstract void Write(ReadOnlySpan<byte> bytes);

    /// <summary>All is there: only now may it be seen.</summary>
    public abstract void Complete();

    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>Counts and forgets: for dry runs and benchmarks.</summary>
public sealed class DiscardSink : StoreSink
{
    public override StoreTarget Begin(string sopClassUid, string sopInstanceUid, string transferSyntaxUid, string callingAE) => new Target();

    private sealed class Target : StoreTarget
    {
        public override void Write(ReadOnlySpan<byte> bytes) { }
        public override void Complete() { }
    }
}

/// <summary>Writes Part 10 files named by SOP Instance UID; a file appears when it is whole, and replaces an older one.</summary>
public sealed class FolderSink : StoreSink
{
    private readonly string _folder;
    private long _count;

    public FolderSink(string folder)
    {
        Directory.CreateDirectory(folder);
        _folder = folder;
    }

    public override StoreTarget Begin(string sopClassUid, string sopInstanceUid, string transferSyntaxUid, string callingAE)
    {
        // The UID comes from the wire: only a real one becomes a name.
        if (!sopInstanceUid.All(c => char.IsAsciiDigit(c) || c == '.') || sopInstanceUid.Length > 64 || sopInstanceUid.StartsWith('.'))
            throw new InvalidDataException("The SOP Instance UID is not a UID.");
        var partial = Path.Combine(_folder, $".{sopInstanceUid}.{Interlocked.Increment(ref _count)}.partial");
        return new Target(partial, Path.Combine(_folder, sopInstanceUid + ".dcm"),
            FileMeta.Write(sopClassUid, sopInstanceUid, transferSyntaxUid, callingAE));
    }

    private sealed class Target : StoreTarget
    {
        private readonly string _partial;
        private readonly string _final;
        private readonly FileStream _stream;
        private bool _isComplete;

        public Target(string partial, string final, byte[] meta)
        {
            (_partial, _final) = (partial, final);
            _stream = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            _stream.Write(meta);
        }

        public override void Write(ReadOnlySpan<byte> bytes) => _stream.Write(bytes);

        public override void Complete()
        {
            _stream.Dispose();
            File.Move(_partial, _final, overwrite: true);
            _isComplete = true;
        }

        public override void Dispose()
        {
            _stream.Dispose();
            if (!_isComplete)
                File.Delete(_partial);
            base.Dispose();
        }
    }
}
