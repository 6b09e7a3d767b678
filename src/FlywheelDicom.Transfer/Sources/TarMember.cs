namespace FlywheelDicom.Transfer.Sources;

/// <summary>A file in a tar, from its header and the extended headers before it.</summary>
/// <param name="Name">As the archive has it.</param>
/// <param name="Type">The type flag of its header.</param>
/// <param name="LinkName">What a link points to.</param>
/// <param name="Stored">Bytes of its content in the archive.</param>
/// <param name="Map">Of a sparse file.</param>
internal sealed record TarMember(string Name, char Type, string LinkName, long Stored, SparseMap? Map)
{
    /// <summary>Folders, links, devices and what GNU tar adds for itself have no content of a file. Unknown types are read as files (POSIX.1-2001).</summary>
    public bool IsFile => !(Type is >= '1' and <= '6' or 'D' or 'V' or 'N' or 'A' or 'I') && !Name.EndsWith('/');

    public bool IsLink => Type is '1' or '2';
}
