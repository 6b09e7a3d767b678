using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Transfer.Flywheel;

/// <summary>A file to be fetched, and where in the hierarchy it is; or a place whose files cannot be told, with the reason.</summary>
internal sealed record FlywheelItem(FlywheelFile File, DicomOrigin Origin)
{
    /// <summary>Null, or why there is nothing to fetch.</summary>
    public DicomProblem? Problem { get; init; }
}
