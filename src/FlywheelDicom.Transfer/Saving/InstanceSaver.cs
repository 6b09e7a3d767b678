using System.Security.Cryptography;
using System.Text;
using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Saving;

/// <summary>
/// Writes instances into a folder: aside first, and under their names once they are whole. Two instances of one run never get one name,
/// and a file that is there is written over only when told.
/// </summary>
/// <param name="folder">It exists.</param>
/// <param name="layout">Where in it.</param>
/// <param name="mode">What to do with other content that is there.</param>
internal sealed class InstanceSaver(string folder, FileLayout layout, DicomSaveMode mode)
{
    /// <summary>Short forms of the names given, so that a run of millions stays small. Case does not count: it does not on other systems.</summary>
    private readonly HashSet<Guid> _given = [];

    /// <summary>The folders of the files that instances were read from.</summary>
    private readonly HashSet<string> _sources = new(StringComparer.Ordinal);

    /// <summary>The folders that were given to be read, with what is below them.</summary>
    private readonly HashSet<string> _givenFolders = new(StringComparer.Ordinal);
    private string? _lastSource;
    private string? _lastGiven;

    /// <summary>Where an instance goes.</summary>
    /// <exception cref="IOException">Its header cannot be read any more.</exception>
    public string TargetOf(DicomFile file) => Path.Combine(folder, layout.PathOf(file));

    /// <summary>Writes it, and says what came of it. What goes wrong is this instance's alone.</summary>
    public SaveOutcome Save(DicomFile file, string target, CancellationToken cancellation)
    {
        try
        {
            return Write(file, target, cancellation);
        }
        catch (DicomSourceChangedException e)
        {
            return SaveOutcome.Failed(e.ErrorId, $"It is not saved. {e.Message}");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return SaveOutcome.Failed(DicomProblem.NotSaved, $"It is not saved. {WithoutPlace(e.Message, target)}");
        }
    }

    private SaveOutcome Write(DicomFile file, string target, CancellationToken cancellation)
    {
        var name = ShortForm(target);
        Note(file.Origin);
        var isThere = Path.Exists(target);
        if (isThere && !Directory.Exists(target) && IsSame(file, target, cancellation))
        {
            _given.Add(name);
            return new(SaveState.AlreadyThere);
        }
        if (_given.Contains(name))
            return SaveOutcome.Failed(DicomProblem.SaveNameTaken, "It is not saved: the layout gives it the name of another instance of this run, whose content is another. Names that differ in case alone count as one.");
        if (isThere && mode != DicomSaveMode.Overwrite)
            return SaveOutcome.Failed(DicomProblem.SaveNameTaken, "It is not saved: a file with other content is in its place.");
        if (isThere && IsAmongSources(file, target))
            return SaveOutcome.Failed(DicomProblem.SaveNameTaken, "It is not saved: the file in its place is where instances are read from. Name another folder.");
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        file.Save(target, mode, cancellation);
        _given.Add(name);
        return new(SaveState.Saved, new FileInfo(target).Length);
    }

    /// <summary>
    /// Whether the file may be one that is still to be read: it is beside one that was read, or it is another instance somewhere below a
    /// folder that was given.
    /// </summary>
    private bool IsAmongSources(DicomFile file, string target)
    {
        var at = Path.GetDirectoryName(FinalPath.Of(target));
        if (at is null || _sources.Contains(at))
            return at is not null;
        for (; at is not null; at = Path.GetDirectoryName(at))
        {
            if (_givenFolders.Contains(at))
                return IsOther(file, target);
        }
        return false;
    }

    private void Note(DicomOrigin origin)
    {
        if (Path.GetDirectoryName(origin.LocalPath) is { } at && at != _lastSource)
            _sources.Add(FinalPath.Of(_lastSource = at));
        if (origin.GivenPath is { } given && given != _lastGiven)
        {
            _lastGiven = given;
            if (Directory.Exists(given))
                _givenFolders.Add(FinalPath.Of(given));
        }
    }

    private static bool IsOther(DicomFile file, string target)
        => !Directory.Exists(target) && DicomFile.Read(new FileDicomSource(target), target, file.Origin) is { SopInstanceUid: { } uid } && uid != file.SopInstanceUid;

    private static bool IsSame(DicomFile file, string target, CancellationToken cancellation)
    {
        using var there = new FileStream(target, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        using var wanted = file.OpenRead();
        byte[] left = new byte[64 * 1024], right = new byte[64 * 1024];
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var read = wanted.ReadAtLeast(left, left.Length, throwOnEndOfStream: false);
            if (there.ReadAtLeast(right, right.Length, throwOnEndOfStream: false) != read || !left.AsSpan(0, read).SequenceEqual(right.AsSpan(0, read)))
                return false;
            if (read == 0)
                return true;
        }
    }

    /// <summary>Messages of the system name the path, which holds what the layout took from the instance.</summary>
    private string WithoutPlace(string message, string target)
    {
        message = message.Replace(target, "its file", StringComparison.Ordinal);
        for (var at = Path.GetDirectoryName(target); at is not null && at.Length > folder.Length; at = Path.GetDirectoryName(at))
            message = message.Replace(at, "its folder", StringComparison.Ordinal);
        return message;
    }

    private static Guid ShortForm(string target) => new(SHA256.HashData(Encoding.UTF8.GetBytes(target.Normalize().ToUpperInvariant())).AsSpan(0, 16));
}
