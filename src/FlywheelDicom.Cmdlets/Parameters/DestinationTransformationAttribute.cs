using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>Takes a host name or an address where a destination is wanted.</summary>
internal sealed class DestinationTransformationAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        try
        {
            return value switch
            {
                DicomDestination destination => destination,
                DicomReceiver receiver => new DicomDestination
                {
                    Host = receiver.Address, Port = receiver.Port, CalledAE = receiver.AETitle ?? DicomDestination.DefaultCalledAE,
                },
                _ => new DicomDestination { Host = value?.ToString() ?? "" },
            };
        }
        catch (ArgumentException e)
        {
            throw new ArgumentTransformationMetadataException(PlainText.Clean(e.Message), e);
        }
    }
}
