using System.Management.Automation;
using FlywheelDicom.Transfer.Destinations;

namespace FlywheelDicom.Cmdlets;

/// <summary>Refuses a name that could be read as something else where a destination is taken.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValidateDestinationNameAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        try
        {
            DestinationName.Checked(arguments as string ?? "");
        }
        catch (ArgumentException e)
        {
            throw new ValidationMetadataException(PlainText.Clean(e.Message), e);
        }
    }
}
