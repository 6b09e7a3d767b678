namespace FlywheelDicom.IO;

/// <summary>Which elements go. SOP Class and Instance UID stay at the top of a data set, whatever is asked for.</summary>
internal sealed class ElementRemoval
{
    private readonly ElementName[] _names;
    private readonly HashSet<ushort> _groups;

    /// <param name="paths">Elements by name; those inside items, too.</param>
    /// <param name="groups">Groups that go as a whole.</param>
    /// <param name="scope">What else goes, and from where.</param>
    /// <exception cref="ArgumentException">One of them must not go; the message says why.</exception>
    public ElementRemoval(IReadOnlyCollection<ElementPath> paths, IEnumerable<int> groups, RemovalScope scope)
    {
        foreach (var path in paths)
            Check(path.Target);
        Paths = [.. paths.Where(p => !p.IsTop)];
        _names = [.. paths.Where(p => p.IsTop).Select(p => p.Target)];
        _groups = [.. groups.Select(Checked)];
        Scope = scope;
    }

    /// <summary>Elements inside items that are named one by one.</summary>
    public ElementPath[] Paths { get; }

    public RemovalScope Scope { get; }

    /// <summary>What goes, in words.</summary>
    public IEnumerable<string> Names =>
    [
        .. _names.Select(EditNames.Of), .. Paths.Select(EditNames.Of), .. _groups.Select(g => $"group {g:X4}"),
        .. Scope.HasFlag(RemovalScope.Private) ? ["private elements"] : Array.Empty<string>(),
    ];

    /// <summary>Items of sequences are looked into as well.</summary>
    public bool IsDeep => Scope.HasFlag(RemovalScope.AllLevels);

    /// <summary>The character set of the data set goes.</summary>
    public bool TakesCharacterSet => _names.Contains(new ElementName(DicomTag.SpecificCharacterSet, null));

    /// <summary>Whether an element goes.</summary>
    /// <param name="tag">The element.</param>
    /// <param name="creatorOf">Gives the creator of a private element, where it is known.</param>
    public bool Takes(DicomTag tag, Func<DicomTag, string?> creatorOf)
    {
        if ((tag.IsPrivate && Scope.HasFlag(RemovalScope.Private)) || _groups.Contains(tag.Group))
            return true;
        foreach (var name in _names)
        {
            if (name.Creator is null ? name.Tag == tag : tag.Group == name.Tag.Group && tag.Element >= 0x1000 && name.IsNameOf(tag, creatorOf(tag)))
                return true;
        }
        return false;
    }

    private static void Check(ElementName name)
    {
        InstanceEdits.Check(name);
        if (name.Creator is null && (name.Tag == DicomTag.SOPClassUID || name.Tag == DicomTag.SOPInstanceUID))
            throw new ArgumentException($"{name} cannot be removed: without it an instance cannot be sent. It can be set.");
    }

    private static ushort Checked(int group)
    {
        var why = group switch
        {
            < 0 or > 0xFFFF => "there is no such group",
            0x0000 or 0xFFFE => "its elements are no part of a data set",
            0x0002 => "the meta information is written anew where it has to be",
            0x0008 => "it holds SOP Class UID and SOP Instance UID, without which an instance cannot be sent. Name its elements one by one",
            0x7FE0 => "it holds the pixel data, which goes out as it is",
            _ => null,
        };
        return why is null ? (ushort)group : throw new ArgumentException($"Group 0x{group:X4} cannot be removed: {why}.");
    }
}
