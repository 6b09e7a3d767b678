using System.IO.Enumeration;
using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// Finds the DICOM instances in files, folders and archives, one after the other. A place that cannot be read, or has no DICOM,
/// gives one <see cref="DicomFile"/> with a problem; files among others that are simply not DICOM are left out.
/// </summary>
public sealed class LocalSource
{
    private readonly Action<string> _leftOut;
    private readonly SpoolSpace _space;
    private readonly CancellationToken _cancellation;

    /// <param name="leftOut">Told why something was passed over.</param>
    /// <param name="space">Where archives are unpacked that cannot be read in place.</param>
    /// <param name="cancellation">Ends the search.</param>
    public LocalSource(Action<string> leftOut, SpoolSpace space, CancellationToken cancellation)
        => (_leftOut, _space, _cancellation) = (leftOut, space, cancellation);

    /// <summary>Everything at a path: a file, an archive, or a folder.</summary>
    public IEnumerable<DicomFile> Read(string path, bool recurse)
    {
        if (Directory.Exists(path))
            return ReadFolder(path, recurse);
        return File.Exists(path) ? ReadFile(path, isGiven: true) : [Missing(path)];
    }

    /// <summary>What a wildcard matched; problems only where it matched no DICOM at all.</summary>
    public IEnumerable<DicomFile> ReadMatches(string pattern, IReadOnlyList<string> matches, bool recurse)
    {
        var any = false;
        foreach (var match in matches)
        {
            foreach (var file in Directory.Exists(match) ? ReadFolderContent(match, recurse) : ReadFile(match, isGiven: false))
            {
                any = true;
                yield return file;
            }
        }
        if (!any)
            yield return Unusable(pattern, pattern, new(DicomProblem.NotDicom, matches.Count == 0 ? "Nothing matches it." : "Nothing that it matches is DICOM."));
    }

    /// <summary>One file or archive, wherever its bytes are. That it is DICOM is expected: it gives a problem if not.</summary>
    public IEnumerable<DicomFile> Read(DicomSource source, DicomOrigin origin)
    {
        OpenedContent content;
        try
        {
            content = OpenedContent.Of(source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [Broken(origin.FileName, origin, e)];
        }
        using (content)
            return content.IsArchive ? ReadArchive(source, content.Kind, origin.FileName, origin, isGiven: true) : One(source, content.Stream, origin.FileName, origin, isGiven: true);
    }

    private IEnumerable<DicomFile> ReadFolder(string folder, bool recurse)
    {
        var any = false;
        foreach (var file in ReadFolderContent(folder, recurse))
        {
            any = true;
            yield return file;
        }
        if (!any)
        {
            var hint = recurse ? "" : " Use -Recurse to look into its subfolders.";
            yield return Unusable(folder, folder, new(DicomProblem.NotDicom, $"The folder holds no DICOM.{hint}"));
        }
    }

    private IEnumerable<DicomFile> ReadFolderContent(string folder, bool recurse)
    {
        string[] files, folders;
        DicomFile? problem = null;
        try
        {
            files = Names(folder, directories: false);
            folders = recurse ? Names(folder, directories: true) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            (files, folders) = ([], []);
            problem = Unreadable(folder, folder, e);
        }
        if (problem is not null)
            yield return problem;
        foreach (var name in files)
        {
            foreach (var file in ReadFile(Path.Combine(folder, name), isGiven: false))
                yield return file;
        }
        foreach (var name in folders)
        {
            foreach (var file in ReadFolderContent(Path.Combine(folder, name), recurse))
                yield return file;
        }
    }

    /// <summary>Names only, in a stable order: a folder may hold hundreds of thousands. Links to folders are not followed.</summary>
    private static string[] Names(string folder, bool directories)
    {
        var names = new FileSystemEnumerable<string>(folder, (ref FileSystemEntry e) => e.FileName.ToString(), new EnumerationOptions { AttributesToSkip = 0 })
        {
            ShouldIncludePredicate = (ref FileSystemEntry e) => e.IsDirectory == directories && !(directories && e.Attributes.HasFlag(FileAttributes.ReparsePoint)),
        }.ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    private IEnumerable<DicomFile> ReadFile(string path, bool isGiven)
    {
        _cancellation.ThrowIfCancellationRequested();
        var origin = new DicomOrigin { FileName = Path.GetFileName(path), LocalPath = path };
        DicomSource source;
        OpenedContent content;
        try
        {
            source = new FileDicomSource(path, new FileInfo(path).Length);
            content = OpenedContent.Of(source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [Unreadable(path, path, e, origin)];
        }
        using (content)
            return content.IsArchive ? ReadArchive(source, content.Kind, path, origin, isGiven) : One(source, content.Stream, path, origin, isGiven);
    }

    private IEnumerable<DicomFile> ReadArchive(DicomSource source, ContentKind kind, string path, DicomOrigin origin, bool isGiven)
    {
        var any = false;
        foreach (var file in ArchiveContent(source, kind, "", origin, level: 0))
        {
            any = true;
            yield return file;
        }
        if (!any && (isGiven || kind is ContentKind.Zip or ContentKind.Tar or ContentKind.SevenZip))
            yield return Unusable(path, path, new(DicomProblem.NotDicom, "The archive holds no DICOM."), origin);
        else if (!any)
            _leftOut($"'{path}' is compressed, and what is in it is not DICOM.");
    }

    /// <summary>What an archive holds. What breaks in it gives one problem, after what could be read.</summary>
    private IEnumerable<DicomFile> ArchiveContent(DicomSource source, ContentKind kind, string prefix, DicomOrigin origin, int level)
    {
        using var entries = Entries(source, kind, prefix, origin).GetEnumerator();
        while (true)
        {
            _cancellation.ThrowIfCancellationRequested();
            DicomFile? broken = null;
            try
            {
                if (!entries.MoveNext())
                    yield break;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Archive libraries throw whatever damage leads them to; for the operator it is one fact.
                broken = Broken(prefix.Length > 0 ? prefix.TrimEnd('/') : origin.LocalPath ?? origin.FileName, origin, e);
            }
            if (broken is not null)
            {
                yield return broken;
                yield break;
            }
            var entry = entries.Current;
            foreach (var file in Entry(entry.Source, prefix + entry.Name, origin, level))
                yield return file;
        }
    }

    private IEnumerable<DicomFile> Entry(DicomSource source, string name, DicomOrigin origin, int level)
    {
        OpenedContent content;
        try
        {
            content = OpenedContent.Of(source);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return [Broken(name, origin, e)];
        }
        using (content)
        {
            if (!content.IsArchive)
                return One(source, content.Stream, name, origin, isGiven: false);
            if (level > 0)
                return [DicomFile.Unusable(name, origin, new(DicomProblem.BadArchive, "An archive inside an archive inside an archive is not opened."))];
            return Nested(source, content.Kind, name, origin, level + 1);
        }
    }

    private IEnumerable<DicomFile> Nested(DicomSource source, ContentKind kind, string name, DicomOrigin origin, int level)
    {
        var any = false;
        foreach (var file in ArchiveContent(source, kind, name + "/", origin, level))
        {
            any = true;
            yield return file;
        }
        if (!any)
            _leftOut($"'{name}' is an archive without DICOM.");
    }

    private IEnumerable<ArchiveEntry> Entries(DicomSource source, ContentKind kind, string prefix, DicomOrigin origin) => kind switch
    {
        ContentKind.Zip => Seekable(source, s => ZipEntries.Read(s, _space)),
        ContentKind.Tar => Seekable(source, TarEntries.Read),
        ContentKind.SevenZip => Seekable(source, s => SevenZipEntries.Read(s, _space)),
        _ => CompressedEntries(source, kind, prefix.Length > 0 ? prefix.TrimEnd('/') : origin.FileName),
    };

    /// <summary>A compressed tar, or one compressed file. Which, its first bytes tell; what is neither is not unpacked.</summary>
    private IEnumerable<ArchiveEntry> CompressedEntries(DicomSource source, ContentKind kind, string name)
    {
        using var raw = source.Open();
        using var inner = Decompression.Open(raw, kind);
        var head = new byte[Content.HeadSize];
        var count = inner.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        var whole = new PrefixedStream(head.AsMemory(0, count), inner);
        var content = Content.Of(head.AsSpan(0, count));
        var spool = new SpoolFile(_space, source.Length, again =>
        {
            using var compressed = source.Open();
            using var plain = Decompression.Open(compressed, kind);
            again.Fill(plain);
        });
        if (content == ContentKind.Tar)
        {
            foreach (var entry in TarEntries.Spool(whole, spool))
                yield return entry;
            yield break;
        }
        try
        {
            // What is certainly not DICOM (NIfTI, say) is not unpacked; its first bytes stand for it.
            spool.Fill(content == ContentKind.Dicom || Content.IsArchive(content) || DicomFile.MayBeDicom(head.AsSpan(0, count))
                ? whole
                : new MemoryStream(head, 0, count));
            yield return new ArchiveEntry(Path.GetFileNameWithoutExtension(name), spool.Slice(0, spool.Length));
        }
        finally
        {
            spool.EndFilling();
        }
    }

    private IEnumerable<DicomFile> One(DicomSource source, Stream stream, string name, DicomOrigin origin, bool isGiven)
    {
        DicomFile? file;
        try
        {
            file = DicomFile.Read(source, stream, name, origin);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return [Broken(name, origin, e)];
        }
        if (file?.ProblemDetail?.Id == DicomProblem.Directory && !isGiven)
        {
            file.Release();
            _leftOut($"'{name}' is a DICOMDIR.");
            return [];
        }
        if (file is not null)
            return [file];
        // What calls itself DICOM must not vanish for being damaged at its first byte.
        if (isGiven || HasDicomName(name))
            return [DicomFile.Unusable(name, origin, new(DicomProblem.NotDicom, "It is not DICOM."))];
        _leftOut($"'{name}' is not DICOM.");
        return [];
    }

    private static bool HasDicomName(string name)
        => Path.GetExtension(name).ToUpperInvariant() is ".DCM" or ".DICOM" or ".DCM30";

    /// <summary>An archive inside a compressed entry is spooled first: its directory is at its end.</summary>
    private IEnumerable<ArchiveEntry> Seekable(DicomSource source, Func<DicomSource, IEnumerable<ArchiveEntry>> read)
    {
        using var stream = source.Open();
        if (stream.CanSeek)
        {
            foreach (var entry in read(source))
                yield return entry;
            yield break;
        }
        var spool = new SpoolFile(_space, source.Length, again =>
        {
            using var content = source.Open();
            again.Fill(content);
        });
        try
        {
            spool.Fill(stream);
            foreach (var entry in read(spool.Slice(0, spool.Length)))
                yield return entry;
        }
        finally
        {
            spool.EndFilling();
        }
    }

    private static DicomFile Broken(string name, DicomOrigin origin, Exception e)
    {
        var problem = e switch
        {
            ArchiveException archive => new DicomProblem(archive.ProblemId, archive.Message),
            UnauthorizedAccessException => new DicomProblem(DicomProblem.Unreadable, "It cannot be read: access is denied."),
            SharpCompress.Common.CryptographicException => new DicomProblem(DicomProblem.EncryptedArchive, "It is encrypted. Decrypt the archive first."),
            // Its own header asks for it: the dictionary of a 7z or an xz.
            OutOfMemoryException => new DicomProblem(DicomProblem.BadArchive, "It asks for more memory than there is."),
            _ => new DicomProblem(DicomProblem.BadArchive, $"It is damaged or cut off: {e.Message}"),
        };
        return DicomFile.Unusable(name, origin, problem);
    }

    private static DicomFile Unreadable(string name, string path, Exception e, DicomOrigin? origin = null)
        => Unusable(name, path, new(DicomProblem.Unreadable, e is UnauthorizedAccessException ? "It cannot be read: access is denied." : $"It cannot be read: {e.Message}"), origin);

    private static DicomFile Missing(string path) => Unusable(path, path, new(DicomProblem.NotFound, "It does not exist."));

    private static DicomFile Unusable(string name, string path, DicomProblem problem, DicomOrigin? origin = null)
        => DicomFile.Unusable(name, origin ?? new DicomOrigin { FileName = LeafOf(path), LocalPath = path }, problem);

    private static string LeafOf(string path)
        => Path.GetFileName(Path.TrimEndingDirectorySeparator(path)) is { Length: > 0 } leaf ? leaf : path;
}
