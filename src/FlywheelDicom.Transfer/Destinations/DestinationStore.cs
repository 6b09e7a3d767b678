using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Destinations;

/// <summary>
/// The destinations that are registered for one user, or for all users of the machine: a JSON file. It is written aside and renamed,
/// so that a reader sees the old one or the new one; one that cannot be read is never written over.
/// </summary>
internal sealed class DestinationStore(DicomDestinationScope scope, string path, TimeProvider time)
{
    /// <summary>The environment variable that names another folder for both files, for tests and for trying things out.</summary>
    public const string FolderVariable = "FLYWHEELDICOM_CONFIG";

    private const string FileName = "destinations.json";
    private const string ModuleFolder = "FlywheelDicom";
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateFolder = PrivateFile | UnixFileMode.UserExecute;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);
    private const int MaxPauses = 100;

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>The user's, then the machine's: a name that both have is the user's.</summary>
    public static IEnumerable<DestinationStore> All => [For(DicomDestinationScope.CurrentUser), For(DicomDestinationScope.AllUsers)];

    public static DestinationStore For(DicomDestinationScope scope)
    {
        var isForAll = scope == DicomDestinationScope.AllUsers;
        var folder = Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } given
            ? isForAll ? System.IO.Path.Combine(given, nameof(DicomDestinationScope.AllUsers)) : given
            : System.IO.Path.Combine(isForAll ? MachineFolder : Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), ModuleFolder);
        return new DestinationStore(scope, System.IO.Path.Combine(System.IO.Path.GetFullPath(folder), FileName), TimeProvider.System);
    }

    /// <summary>The destination that is registered by this name; null where none is.</summary>
    /// <exception cref="DestinationFileException">A file cannot be read: nobody knows whether the name is in it.</exception>
    public static DicomDestination? Find(string name)
    {
        var trimmed = name.Trim();
        return DestinationName.IsValid(trimmed) ? All.Select(s => s.Get(trimmed)).FirstOrDefault(d => d is not null) : null;
    }

    /// <summary>In the order of their registration. None where there is no file.</summary>
    /// <exception cref="DestinationFileException">The file cannot be read.</exception>
    public IReadOnlyList<DicomDestination> Read()
    {
        try
        {
            return DestinationJson.Read(File.ReadAllBytes(path), scope);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (FormatException e)
        {
            throw new DestinationFileException("DicomDestinationsUnreadable", $"The file of registered destinations '{path}' cannot be used: {e.Message}. It was left as it is.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DestinationFileException("DicomDestinationsUnreadable", $"The file of registered destinations '{path}' cannot be read: {e.Message}", e);
        }
    }

    public DicomDestination? Get(string name) => Read().FirstOrDefault(d => name.Equals(d.Name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Adds it, or puts it in the place of the one of its name.</summary>
    public DicomDestination Set(DicomDestination destination)
    {
        var registered = destination with { Scope = scope };
        Change(all =>
        {
            var at = all.FindIndex(d => destination.Name!.Equals(d.Name, StringComparison.OrdinalIgnoreCase));
            if (at < 0)
                all.Add(registered);
            else
                all[at] = registered;
        });
        return registered;
    }

    public void Remove(string name) => Change(all => all.RemoveAll(d => name.Equals(d.Name, StringComparison.OrdinalIgnoreCase)));

    private static string MachineFolder => OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData)
        : OperatingSystem.IsMacOS() ? "/Library/Application Support" : "/etc";

    private void Change(Action<List<DicomDestination>> change)
    {
        try
        {
            MakeFolder();
            using var held = Hold();
            var all = Read().ToList();
            change(all);
            Write(DestinationJson.Write(all));
        }
        catch (Exception e) when (e is (IOException and not DestinationFileException) or UnauthorizedAccessException)
        {
            var hint = scope == DicomDestinationScope.AllUsers ? " For all users it takes the rights of an administrator." : "";
            throw new DestinationFileException("DicomDestinationsNotWritten", $"The file of registered destinations '{path}' cannot be written: {e.Message}{hint}", e);
        }
    }

    private void MakeFolder()
    {
        var folder = System.IO.Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows() || scope == DicomDestinationScope.AllUsers)
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, PrivateFolder);
    }

    /// <summary>Two that register at once go one after the other.</summary>
    private FileStream Hold()
    {
        for (var pauses = 0; ; pauses++)
        {
            try
            {
                return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            }
            catch (IOException e) when (pauses < MaxPauses && e.GetType() == typeof(IOException))
            {
                Task.Delay(s_pause, time).GetAwaiter().GetResult();
            }
        }
    }

    private void Write(byte[] bytes)
    {
        // A link to a file elsewhere, as those who keep their settings in a repository have it, stays a link.
        var target = (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? path;
        var aside = $"{target}.{Guid.NewGuid():N}.new";
        using var file = new PartialFile(aside, PrivateFile);
        file.Stream.Write(bytes);
        file.Stream.Flush(flushToDisk: true);
        // Whatever the user's own mask is, the others of the machine read what is for all.
        if (!OperatingSystem.IsWindows() && scope == DicomDestinationScope.AllUsers)
            File.SetUnixFileMode(aside, PrivateFile | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        file.Replace(target);
    }
}
