using FlywheelDicom.IO;

namespace FlywheelDicom.Network.Scp;

/// <summary>
/// Writes Part 10 files named by SOP Instance UID; a file appears when it is whole, and replaces an older one. Files
/// and folders that it makes are its user's alone.
/// </summary>
internal sealed class FolderSink : StoreSink
{
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateFolder = PrivateFile | UnixFileMode.UserExecute;
    private const int ProbeLength = 4096;

    private readonly string _folder;

    /// <summary>Makes the folder where it is missing, and tries to write in it.</summary>
    /// <exception cref="IOException">It cannot be made or written to.</exception>
    /// <exception cref="UnauthorizedAccessException">We may not.</exception>
    public FolderSink(string folder)
    {
        _folder = Path.GetFullPath(folder);
        MakePrivate(_folder);
        using var probe = new Target(PartialName("probe"), "", new byte[ProbeLength]);
    }

    public override StoreTarget Begin(string sopClassUid, string sopInstanceUid, string transferSyntaxUid, string callingAE)
    {
        // The UID comes from the wire: only a real one becomes a name.
        if (!sopInstanceUid.All(c => char.IsAsciiDigit(c) || c == '.') || sopInstanceUid.Length is 0 or > 64 || sopInstanceUid.StartsWith('.'))
            throw new InvalidDataException("The SOP Instance UID is not a UID.");
        var sourceAE = callingAE.All(c => c is >= ' ' and <= '~' and not '\\') ? callingAE : null;
        return new Target(PartialName(sopInstanceUid), Path.Combine(_folder, sopInstanceUid + ".dcm"),
            FileMeta.Write(sopClassUid, sopInstanceUid, transferSyntaxUid, sourceAE));
    }

    /// <summary>Not that of any other receiver, in this process or another, that writes to the same folder.</summary>
    private string PartialName(string name) => Path.Combine(_folder, $".{name}.{Guid.NewGuid():N}.partial");

    private static void MakePrivate(string folder)
    {
        if (Directory.Exists(folder))
            return;
        if (Path.GetDirectoryName(folder) is { Length: > 0 } parent)
            MakePrivate(parent);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, PrivateFolder);
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
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = PrivateFile;
            _stream = new FileStream(partial, options);
            try
            {
                _stream.Write(meta);
            }
            catch
            {
                // Whoever makes it has no handle on what was begun here.
                Dispose();
                throw;
            }
        }

        public override void Write(ReadOnlySpan<byte> bytes) => _stream.Write(bytes);

        public override void Complete()
        {
            // Not forced to the disk, which would take milliseconds an instance: this receiver is for demos, tests and dry runs.
            _stream.Dispose();
            File.Move(_partial, _final, overwrite: true);
            _isComplete = true;
        }

        public override void Dispose()
        {
            _stream.Dispose();
            if (!_isComplete)
                Remove();
            base.Dispose();
        }

        private void Remove()
        {
            try
            {
                File.Delete(_partial);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The folder has gone, or was taken from us: what failed before that is what the sender is told.
            }
        }
    }
}
