using System.Globalization;
using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Reporting;

/// <summary>The folder, or the file, that a report goes to.</summary>
internal sealed class ReportPlace
{
    private static readonly TimeSpan s_noMoreNames = TimeSpan.FromSeconds(5);

    private readonly string? _file;

    private ReportPlace(string folder, string? file) => (Folder, _file) = (folder, file);

    public string Folder { get; }

    /// <summary>A file that the caller has named: it is written over.</summary>
    public static ReportPlace InFile(string path)
    {
        var whole = Path.GetFullPath(path);
        return new ReportPlace(Path.GetDirectoryName(whole) ?? whole, whole);
    }

    /// <summary>A folder, for files with standard names: none is written over.</summary>
    public static ReportPlace InFolder(string folder) => new(Path.GetFullPath(folder), null);

    /// <summary>Finds out, before anything is sent, whether a report can be written here: it writes something and takes it away.</summary>
    /// <exception cref="ReportPlaceException">It cannot.</exception>
    public void Try(ReportNameStyle style)
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
                // A report takes the place of the file that it is written over, which a device must keep; a pipe is not even opened.
                if (SpecialFile.KindOf(_file) is { } kind)
                    throw new ReportPlaceException("ReportPlaceUnusable", $"'{_file}' is {kind} and not a file.");
                using (new FileStream(_file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
                {
                    // It may be written to.
                }
                Probe(Path.Combine(Folder, TemporaryName(style)));
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

    /// <summary>A path in the folder for what is not whole yet.</summary>
    internal string TemporaryPath() => Path.Combine(Folder, TemporaryName(ReportNameStyle.Local));

    /// <summary>Writes a file: it is there whole or not at all. One with a standard name never takes the place of another.</summary>
    /// <returns>Its path: where the name was taken, with a number added.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal string Write(string path, Action<Stream> write)
    {
        var partial = TemporaryPath();
        try
        {
            using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write))
                write(stream);
            return Place(partial, path);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <summary>Gives a whole file its name.</summary>
    /// <exception cref="IOException">It cannot be moved.</exception>
    internal string Place(string partial, string path)
    {
        if (_file is not null)
        {
            File.Move(partial, path, overwrite: true);
            return path;
        }
        var started = Environment.TickCount64;
        for (var number = 1; ; number++)
        {
            var free = number == 1 ? path
                : Path.Combine(Folder, ReportName.Beside(Path.GetFileName(path), string.Create(CultureInfo.InvariantCulture, $"_{number}"), Path.GetExtension(path)));
            try
            {
                // Another run may take the name at this very moment. A move that does not overwrite looks first and moves then, where the
                // system is a Unix: between the two the other's report would be lost. Making a file that must be new is one step.
                using (new FileStream(free, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
                {
                    // The name is ours.
                }
                try
                {
                    File.Move(partial, free, overwrite: true);
                }
                catch
                {
                    File.Delete(free);
                    throw;
                }
                return free;
            }
            catch (IOException) when (File.Exists(free) && Environment.TickCount64 - started < s_noMoreNames.TotalMilliseconds)
            {
                // The next number.
            }
        }
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

/// <summary>A report cannot be written where it should go; the message is fit for a person.</summary>
internal sealed class ReportPlaceException(string errorId, string message, Exception? inner = null) : IOException(PlainText.Clean(message), inner)
{
    /// <summary>A stable id for error records.</summary>
    public string ErrorId { get; } = errorId;
}
