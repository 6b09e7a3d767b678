using System.Globalization;
using FlywheelDicom.IO;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Transfer.Reporting;

/// <summary>The folder, or the file, that a report goes to.</summary>
internal sealed class ReportPlace
{
    /// <summary>Tries with a number added to a name that exists already.</summary>
    private const int MaxNumber = 9999;

    private readonly string? _file;

    private ReportPlace(string folder, string? file) => (Folder, _file) = (folder, file);

    public string Folder { get; }

    /// <summary>A file that the caller names. An existing one is replaced where it is a report too.</summary>
    public static ReportPlace InFile(string path)
    {
        var whole = Path.GetFullPath(path);
        return new ReportPlace(Path.GetDirectoryName(whole) ?? whole, whole);
    }

    /// <summary>A folder for files with standard names. No existing file is replaced.</summary>
    public static ReportPlace InFolder(string folder) => new(Path.GetFullPath(folder), null);

    /// <summary>Checks, before anything is sent, that a report can be written here: it writes a file and deletes it.</summary>
    /// <exception cref="ReportPlaceException">It cannot.</exception>
    public void Try(ReportNameStyle style, ReportParts parts = ReportParts.Tables)
    {
        if (Directory.Exists(_file))
            throw new ReportPlaceException("ReportPlaceUnusable", $"'{_file}' is a folder. Name a file for the report, or give the folder with -OutputDirectory.");
        if (!Directory.Exists(Folder))
        {
            throw File.Exists(Folder)
                ? new ReportPlaceException("ReportPlaceUnusable", $"'{Folder}' is a file; the report needs a folder.")
                : new ReportPlaceException("ReportFolderNotFound", $"The folder '{Folder}' for the report does not exist.");
        }
        try
        {
            if (_file is null)
                Probe(Path.Combine(Folder, TemporaryName(style)));
            else if (!File.Exists(_file))
                Probe(_file);
            else
            {
                // The report replaces the file, so a device must not be given. A pipe is not even opened.
                if (SpecialFile.KindOf(_file) is { } kind)
                    throw new ReportPlaceException("ReportPlaceUnusable", $"'{_file}' is {kind} and not a file.");
                // Opening it shows that it may be written to.
                using (var present = new FileStream(_file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
                {
                    // The sender has opened its journal by now, so that this one is found too.
                    if (JournalLine.IsBeginningOf(present))
                        throw new ReportPlaceException("ReportPlaceUnusable", $"'{_file}' is a journal of what was sent. The report needs another file: name one with -Path.");
                }
                Require(_file, "a report", ReportBeginning.IsReport);
                Probe(Path.Combine(Folder, TemporaryName(style)));
            }
            if (_file is not null)
            {
                Require(ReportName.FailuresOf(_file), "a list of failures", ReportBeginning.IsFailures);
                if (parts == ReportParts.TablesAndPage)
                    Require(ReportName.PageOf(_file), "a page of a report", ReportBeginning.IsPage);
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ReportPlaceException("ReportPlaceUnusable", $"The report cannot be written to '{_file ?? Folder}': access is denied.", e);
        }
        catch (IOException e) when (e is not ReportPlaceException)
        {
            throw new ReportPlaceException("ReportPlaceUnusable", $"The report cannot be written to '{_file ?? Folder}': {e.Message}", e);
        }
    }

    /// <summary>The path of the report: the one given, or one with a standard name that no file has yet.</summary>
    internal string PathFor(string name) => _file ?? Path.Combine(Folder, name + ".csv");

    /// <summary>A file in the folder that is still being written; <see cref="Place"/> gives it its name.</summary>
    /// <exception cref="IOException">It cannot be created.</exception>
    internal PartialFile Begin() => new(Path.Combine(Folder, TemporaryName(ReportNameStyle.Local)));

    /// <summary>Writes a file under a temporary name and then renames it, so that no incomplete file has the final name.</summary>
    /// <returns>Its path. If a file with a standard name exists already, a number is added.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal string Write(string path, Action<Stream> write, Predicate<string> isOurs)
    {
        using var file = Begin();
        using (var buffered = new BufferedStream(file.Stream))
            write(buffered);
        return Place(file, path, isOurs);
    }

    /// <summary>Gives a complete file its final name.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Its name.</param>
    /// <param name="isOurs">Whether a file that begins so may be replaced where the caller names the file.</param>
    /// <exception cref="IOException">It cannot be moved, or there is a file of another kind.</exception>
    internal string Place(PartialFile file, string path, Predicate<string> isOurs)
    {
        if (_file is not null)
        {
            // It may have come there since the place was tried.
            if (!IsFree(path, isOurs))
                throw new IOException("there is a file of another kind, which is left as it is.");
            file.Replace(path);
            return path;
        }
        for (var number = 1; ; number++)
        {
            var free = number == 1 ? path
                : Path.Combine(Folder, ReportName.Beside(Path.GetFileName(path), string.Create(CultureInfo.InvariantCulture, $"_{number}"), Path.GetExtension(path)));
            try
            {
                // Another run may take the name at the same time. On Unix a move that does not overwrite is two steps, a look and a move: between
                // them the other report would be lost. To create a file that must be new is one step.
                using (new FileStream(free, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
                {
                    // The name is reserved.
                }
                try
                {
                    file.Replace(free);
                }
                catch
                {
                    File.Delete(free);
                    throw;
                }
                return free;
            }
            catch (IOException) when (number < MaxNumber && File.Exists(free))
            {
                // Try the next number.
            }
        }
    }

    /// <summary>Deletes a file that an earlier run left beside the file that the caller names; one of another kind stays.</summary>
    /// <exception cref="IOException">It cannot be deleted.</exception>
    internal void Remove(string path, Predicate<string> isOurs)
    {
        if (_file is not null && Beginning(path) is { } text && isOurs(text))
            File.Delete(path);
    }

    private static void Require(string path, string what, Predicate<string> isOurs)
    {
        if (!IsFree(path, isOurs))
            throw new ReportPlaceException("ReportPlaceUnusable", $"'{path}' is there and is not {what} of this module; it is left as it is. Name another file with -Path.");
    }

    /// <summary>There is no file, an empty one, or one that may be replaced.</summary>
    private static bool IsFree(string path, Predicate<string> isOurs) => !Path.Exists(path) || (Beginning(path) is { } text && (text.Length == 0 || isOurs(text)));

    /// <summary>The beginning of a file; null where there is none. A pipe is not even opened.</summary>
    private static string? Beginning(string path)
    {
        if (!File.Exists(path) || SpecialFile.KindOf(path) is not null)
            return null;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return ReportBeginning.Read(file);
    }

    private static void Probe(string path)
    {
        using var probe = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        probe.Write(new byte[64 * 1024]);
        probe.Flush(flushToDisk: true);
    }

    private static string TemporaryName(ReportNameStyle style)
        => $".dicom-send_report-{Guid.NewGuid():N}{(style == ReportNameStyle.Flywheel ? ":" : "")}.partial";
}
