namespace FlywheelDicom.IO;

/// <summary>
/// A file that is written under a temporary name, and gets its own name when it is complete. So there is never half a file with
/// that name. If it is disposed before, it is deleted.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private readonly string _path;
    private bool _isPlaced;

    /// <summary>Creates the file.</summary>
    /// <param name="path">The temporary name: in the folder of the final one, and not in use.</param>
    /// <param name="mode">The rights on Unix; null for those that are usual for new files.</param>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The user has no right to.</exception>
    public PartialFile(string path, UnixFileMode? mode = null)
    {
        _path = path;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        Stream = new FileStream(path, options);
    }

    /// <summary>Where the content is written to, without a buffer.</summary>
    public FileStream Stream { get; }

    /// <summary>The content is complete: gives the file its name. A file that has this name is replaced.</summary>
    /// <exception cref="IOException">It cannot be renamed.</exception>
    public void Replace(string target)
    {
        Stream.Dispose();
        File.Move(_path, target, overwrite: true);
        _isPlaced = true;
    }

    /// <summary>The content is complete: gives the file its name, which no other file may have.</summary>
    /// <exception cref="IOException">There is a file with this name, or it cannot be renamed.</exception>
    public void MoveToNew(string target)
    {
        // On Unix a move that does not overwrite is two steps, a look and a move: between them another program's file would be lost. To
        // create a file that must be new is one step.
        using (new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            // The name is reserved.
        }
        try
        {
            Replace(target);
        }
        catch
        {
            File.Delete(target);
            throw;
        }
    }

    public void Dispose()
    {
        try
        {
            Stream.Dispose();
            if (!_isPlaced)
                File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder is gone, or can no longer be written. The caller knows of the failure that came before.
        }
    }
}
