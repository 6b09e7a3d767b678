using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>Refuses what is no AE title before any connection is made.</summary>
internal sealed class ValidateAETitleAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        try
        {
            DicomDestination.CheckedAETitle(arguments as string ?? "");
        }
        catch (ArgumentException e)
        {
            throw new ValidationMetadataException(PlainText.Clean(e.Message), e);
        }
    }
}
