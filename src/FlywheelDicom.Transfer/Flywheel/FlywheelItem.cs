using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Transfer.Flywheel;

/// <summary>A file to download and its place in the hierarchy; or a container whose files cannot be listed, with the reason.</summary>
internal sealed record FlywheelItem(FlywheelFile File, DicomOrigin Origin)
{
    /// <summary>Why there is nothing to download; otherwise null.</summary>
    public DicomProblem? Problem { get; init; }
}
