using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>The entries of a tar. An uncompressed one is read in place, a compressed one while it is spooled.</summary>
internal static class TarEntries
{
    /// <param name="archive">A source that can seek.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="space">Limits the size of sparse files.</param>
    /// <param name="notes">Gets messages about what is not read.</param>
    public static IEnumerable<ArchiveEntry> Read(DicomSource archive, string name, SpoolSpace space, SourceNotes notes)
    {
        using var stream = archive.Open();
        var reader = new TarReader(stream);
        var links = new LeftOutLinks(name, notes);
        while (reader.Next() is { } member)
        {
            if (!member.IsFile)
            {
                links.Add(member);
                continue;
            }
            if (member.Stored > archive.Length - reader.Position)
                throw new ArchiveException(DicomProblem.BadArchive, $"The tar archive is cut off inside '{member.Name}'.");
            yield return Entry(member, new SourceSlice(archive, reader.Position, member.Stored), archive.Length, space);
        }
        links.WarnIfAny();
        WarnOfEnd(reader, name, notes);
    }

    /// <param name="decompressed">Read once, to its end.</param>
    /// <param name="packed">Bytes of the compressed archive.</param>
    /// <param name="spool">Gets every byte that is read.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="space">Limits the size of sparse files.</param>
    /// <param name="notes">Gets messages about what is not read.</param>
    public static IEnumerable<ArchiveEntry> Spool(Stream decompressed, long packed, SpoolFile spool, string name, SpoolSpace space, SourceNotes notes)
    {
        using var tee = new TeeStream(decompressed, spool);
        var reader = new TarReader(tee);
        var links = new LeftOutLinks(name, notes);
        while (reader.Next() is { } member)
        {
            if (!member.IsFile)
            {
                links.Add(member);
                continue;
            }
            // Its bytes are in the spool when they were read. Only then it is returned.
            var offset = reader.Position;
            reader.SkipContent();
            yield return Entry(member, spool.Slice(offset, member.Stored), packed, space);
        }
        links.WarnIfAny();
        WarnOfEnd(reader, name, notes);
    }

    private static ArchiveEntry Entry(TarMember member, DicomSource stored, long packed, SpoolSpace space)
    {
        if (member.Map is not { } map)
            return new ArchiveEntry(member.Name, stored);
        space.RequireAllowedExpansion(map.Length, packed);
        return new ArchiveEntry(member.Name, new SparseSource(stored, map));
    }

    private static void WarnOfEnd(TarReader reader, string name, SourceNotes notes)
    {
        if (reader.IsFollowed)
            notes.Warn($"'{name}': something that is no tar follows the end of the archive. It was not read.");
        else if (!reader.HasEnd)
            notes.Warn($"'{name}': the tar archive has no end mark. It may have been cut off between two entries: compare what was found with what it should hold.");
    }

    /// <summary>Links are not followed. The target of a symbolic link need not be in the archive. That of a hard link was read before.</summary>
    private sealed class LeftOutLinks(string archive, SourceNotes notes)
    {
        private string? _first;
        private int _count;

        public void Add(TarMember member)
        {
            if (!member.IsLink)
                return;
            notes.LeftOut($"'{member.Name}' in '{archive}' is a link to '{member.LinkName}' and has no content of its own.");
            if (member.Type == '2' && InstanceReader.HasDicomName(member.Name) && _count++ == 0)
                _first = member.Name;
        }

        public void WarnIfAny()
        {
            if (_count > 0)
                notes.Warn($"'{archive}' holds {_count} symbolic links instead of files, such as '{_first}'. Make it with the files themselves (tar -h).");
        }
    }

    private sealed class TeeStream(Stream inner, SpoolFile spool) : ForwardStream
    {
        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            spool.Append(buffer[..read]);
            return read;
        }
    }
}
