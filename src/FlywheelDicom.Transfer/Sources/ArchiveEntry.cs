using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>A file inside an archive.</summary>
/// <param name="Name">Its path in the archive. It is never used as a path on this machine.</param>
/// <param name="Source">Its bytes.</param>
internal readonly record struct ArchiveEntry(string Name, DicomSource Source);
