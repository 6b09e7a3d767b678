namespace FlywheelDicom.Transfer.Sources;

/// <summary>An entry of a tar: its header, and the extended headers before it.</summary>
/// <param name="Name">Its path in the archive.</param>
/// <param name="Type">The type flag of its header.</param>
/// <param name="LinkName">The target of a link.</param>
/// <param name="Stored">Bytes of its content in the archive.</param>
/// <param name="Map">The map of a sparse file; null for others.</param>
internal sealed record TarMember(string Name, char Type, string LinkName, long Stored, SparseMap? Map)
{
    /// <summary>Whether it has the content of a file. Folders, links, devices and entries that GNU tar adds have none. Unknown types are read as files
    /// (POSIX.1-2001).</summary>
    public bool IsFile => !(Type is >= '1' and <= '6' or 'D' or 'V' or 'N' or 'A' or 'I') && !Name.EndsWith('/');

    public bool IsLink => Type is '1' or '2';
}
