using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>A file inside an archive.</summary>
/// <param name="Name">Its path there, as the archive has it; never used as a path here.</param>
/// <param name="Source">Its bytes.</param>
internal readonly record struct ArchiveEntry(string Name, DicomSource Source);
