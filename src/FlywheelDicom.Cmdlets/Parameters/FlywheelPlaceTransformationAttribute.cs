using System.Collections;
using System.Management.Automation;
using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// Takes a place of Flywheel where a session's id is wanted, also one that came back from a job: an acquisition has the id of its
/// session too, and must not stand for all of it.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FlywheelPlaceTransformationAttribute : ArgumentTransformationAttribute
{
    private const string Loaded = "Deserialized.FlywheelDicom.";

    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is object[] or IList { Count: > 0 })
            return ((IList)value).Cast<object>().Select(i => TextOf(i) ?? i).ToArray();
        return TextOf(inputData) ?? inputData;
    }

    private static string? TextOf(object? input)
    {
        if (input is null)
            return null;
        var value = PSObject.AsPSObject(input);
        var type = value.BaseObject is FwContainer container ? container.GetType().Name : value.TypeNames.FirstOrDefault() is { } name && name.StartsWith(Loaded, StringComparison.Ordinal) ? name[Loaded.Length..] : "";
        return type switch
        {
            nameof(FwFile) when value.BaseObject is FwFile file => Of(FlywheelContainerKind.Acquisition, file.AcquisitionId, file.Reference),
            nameof(FwFile) => Of(FlywheelContainerKind.Acquisition, Text(value, nameof(FwFile.AcquisitionId)), Text(value, nameof(FwFile.FileId)) is { Length: > 0 } id ? $"<id:{id}>" : Text(value, nameof(FwFile.FileName))),
            nameof(FwAcquisition) => Of(FlywheelContainerKind.Acquisition, Text(value, nameof(FwAcquisition.AcquisitionId)), null),
            nameof(FwSession) => Of(FlywheelContainerKind.Session, Text(value, nameof(FwSession.SessionId)), null),
            nameof(FwSubject) => Of(FlywheelContainerKind.Subject, Text(value, nameof(FwSubject.SubjectId)), null),
            nameof(FwProject) => Of(FlywheelContainerKind.Project, Text(value, nameof(FwProject.ProjectId)), null),
            nameof(FwGroup) => Of(FlywheelContainerKind.Group, Text(value, nameof(FwGroup.GroupId)), null),
            _ => null,
        };
    }

    private static string? Of(FlywheelContainerKind kind, string? id, string? fileName) => id is null ? null : new FlywheelReferenceText(kind, id, fileName).ToString();

    private static string? Text(PSObject from, string property) => from.Properties[property]?.Value?.ToString();
}
