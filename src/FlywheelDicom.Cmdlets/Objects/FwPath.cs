using FlywheelDicom.Flywheel;

namespace FlywheelDicom;

/// <summary>Writes the path of a place so that it leads there again.</summary>
internal static class FwPath
{
    public static string Of(DicomOrigin place, FlywheelContainerKind kind)
    {
        ArgumentNullException.ThrowIfNull(place);
        (string? Label, string? Id)[] parts =
        [
            (place.GroupId, null), (place.ProjectLabel, place.ProjectId), (place.SubjectLabel, place.SubjectId),
            (place.SessionLabel, place.SessionId), (place.AcquisitionLabel, place.AcquisitionId),
        ];
        return string.Join('/', parts.Take((int)kind + 1).Select(p => FlywheelPath.SegmentOf(p.Label, p.Id)));
    }
}
