namespace FlywheelDicom.IO;

/// <summary>Writes an instance to disk, never over its own source. The file gets its name when it is complete.</summary>
internal static class DicomFileWriter
{
    /// <exception cref="IOException">There is a file already, it is the instance's own source, or it cannot be written.</exception>
    public static void Write(DicomFile file, DicomSource source, string path, DicomSaveMode mode, CancellationToken cancellation)
    {
        var target = DicomHost.ResolvePath(path);
        if (Directory.Exists(target))
            throw new IOException($"'{target}' is a folder. Name a file in it.");
        if (SpecialFile.KindOf(target) is { } kind)
            throw new IOException($"'{target}' is {kind}. Name a file.");
        var folder = Path.GetDirectoryName(target) ?? "";
        if (folder.Length > 0 && !Directory.Exists(folder))
            throw new DirectoryNotFoundException($"'{target}' cannot be written: there is no folder '{folder}'. Make it first.");
        if (Path.Exists(target) || IsLink(target))
        {
            if (IsSource(file, source, target))
                throw new IOException($"The instance is read from '{target}', which is never changed. Name another file.");
            if (mode != DicomSaveMode.Overwrite)
                throw Exists(target);
        }
        try
        {
            using var bytes = file.OpenRead();
            using var output = new PartialFile(Path.Combine(folder, $".{Guid.NewGuid():N}.partial"));
            Copy(bytes, output.Stream, cancellation);
            if (mode == DicomSaveMode.Overwrite)
                output.Replace(target);
            else
                MoveToNew(output, target);
        }
        catch (IOException e) when (IsFull(e))
        {
            throw new IOException($"There is no room for '{target}' on its disk.", e);
        }
    }

    private static void Copy(Stream bytes, Stream output, CancellationToken cancellation)
    {
        var buffer = new byte[128 * 1024];
        while (bytes.Read(buffer) is > 0 and var read)
        {
            cancellation.ThrowIfCancellationRequested();
            output.Write(buffer, 0, read);
        }
    }

    private static void MoveToNew(PartialFile output, string target)
    {
        try
        {
            output.MoveToNew(target);
        }
        catch (IOException) when (Path.Exists(target))
        {
            // Another program has made the file meanwhile.
            throw Exists(target);
        }
    }

    private static IOException Exists(string target) => new($"'{target}' exists already. Save with the mode Overwrite to replace it, or name another.");

    /// <summary>Whether the target is the source: by the same path, or by a link or hard link to it.</summary>
    private static bool IsSource(DicomFile file, DicomSource source, string target)
    {
        if (file.Origin.LocalPath is { } path && string.Equals(FinalPath.Of(path), FinalPath.Of(target), StringComparison.Ordinal))
            return true;
        FileStream held;
        try
        {
            held = new FileStream(target, FileMode.Open, FileAccess.Read, FileShare.None, bufferSize: 0);
        }
        catch (FileNotFoundException)
        {
            // A link to nothing.
            return false;
        }
        // While the target is open for this process alone, the source can be opened only if it is another file.
        using (held)
        {
            try
            {
                source.Open().Dispose();
                return false;
            }
            catch (IOException e) when (IsInUse(e))
            {
                return true;
            }
        }
    }

    /// <summary>A sharing violation of Windows, or EWOULDBLOCK of Linux or macOS.</summary>
    private static bool IsInUse(IOException e) => (e.HResult & 0xFFFF) is 32 or 11 or 35;

    /// <summary>The disk is full: ENOSPC, or the code of Windows for it.</summary>
    private static bool IsFull(Exception e) => (e.HResult & 0xFFFF) is 28 or 112;

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;
}
