using FlywheelDicom.IO;

namespace FlywheelDicom.Network.Scp;

/// <summary>
/// Writes Part 10 files named by SOP Instance UID. A file appears when it is complete, and replaces an older one. Only the user of this
/// process can read the files and folders that it makes.
/// </summary>
internal sealed class FolderSink : StoreSink
{
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateFolder = PrivateFile | UnixFileMode.UserExecute;
    private const int ProbeLength = 4096;

    private readonly string _folder;

    /// <summary>Creates the folder where it is missing, and tries to write to it.</summary>
    /// <exception cref="IOException">It cannot be created or written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The user has no right to.</exception>
    public FolderSink(string folder)
    {
        _folder = Path.GetFullPath(folder);
        MakePrivate(_folder);
        using var probe = new PartialFile(PartialName("probe"), PrivateFile);
        probe.Stream.Write(new byte[ProbeLength]);
    }

    public override StoreTarget Begin(string sopClassUid, string sopInstanceUid, string transferSyntaxUid, string callingAE)
    {
        // The UID comes from the sender. Only a valid one is used as a file name.
        if (!sopInstanceUid.All(c => char.IsAsciiDigit(c) || c == '.') || sopInstanceUid.Length is 0 or > 64 || sopInstanceUid.StartsWith('.'))
            throw new InvalidDataException("The SOP Instance UID is not a UID.");
        var sourceAE = callingAE.All(c => c is >= ' ' and <= '~' and not '\\') ? callingAE : null;
        return new Target(PartialName(sopInstanceUid), Path.Combine(_folder, sopInstanceUid + ".dcm"),
            FileMeta.Write(sopClassUid, sopInstanceUid, transferSyntaxUid, sourceAE));
    }

    /// <summary>A name that no other receiver uses, in this process or another.</summary>
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
        private readonly string _final;
        private readonly PartialFile _file;

        public Target(string partial, string final, byte[] meta)
        {
            _final = final;
            _file = new PartialFile(partial, PrivateFile);
            try
            {
                _file.Stream.Write(meta);
            }
            catch
            {
                // The caller gets no object that it could dispose.
                Dispose();
                throw;
            }
        }

        public override void Write(ReadOnlySpan<byte> bytes) => _file.Stream.Write(bytes);

        /// <summary>
        /// The file is not flushed to the disk, which would take milliseconds for each instance. This receiver is for demos, tests and
        /// dry runs.
        /// </summary>
        public override void Complete() => _file.Replace(_final);

        public override void Dispose()
        {
            _file.Dispose();
            base.Dispose();
        }
    }
}
