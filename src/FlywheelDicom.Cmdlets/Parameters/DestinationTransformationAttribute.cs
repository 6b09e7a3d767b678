using System.Management.Automation;
using System.Net;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Transfer.Destinations;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// Takes what stands for a destination: a registered name first, then a host as text (host, host:port, AET@host:port), an address, a
/// receiver, and objects with the properties of a destination, as they come back from a file or a job.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
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
                string text => DestinationStore.Find(text) ?? DestinationText.Parse(text),
                IPAddress address => new DicomDestination { Host = address.ToString() },
                _ when DestinationProperties.TryRead(inputData, out var read) => read,
                _ => throw new ArgumentException($"{Kind(value)} is not a destination. Write a registered name, host, host:port or AET@host:port, or give what New-DicomDestination makes."),
            };
        }
        catch (Exception e) when (e is ArgumentException or DestinationFileException)
        {
            throw new ArgumentTransformationMetadataException(PlainText.Clean(e.Message), e);
        }
    }

    private static string Kind(object? value) => value switch
    {
        null => "Nothing at all",
        Array => "A list",
        _ => $"A {value.GetType().Name}",
    };
}
