using System.Management.Automation;
using FlywheelDicom.Network;

namespace FlywheelDicom.Cmdlets;

/// <summary>The parameters that say who is called, and as whom.</summary>
public abstract class DestinationCmdlet : DicomCmdlet
{
    private static readonly TimeSpan s_longestConnect = TimeSpan.FromSeconds(15);

    /// <summary>TCP port.</summary>
    [Parameter(Position = 1)]
    [ValidateRange(1, 65535)]
    public int Port { get; set; } = DicomDestination.DefaultPort;

    /// <summary>AE title of the receiver.</summary>
    [Parameter(Position = 2)]
    [ValidateAETitle]
    public string CalledAE { get; set; } = DicomDestination.DefaultCalledAE;

    /// <summary>Our own AE title.</summary>
    [Parameter]
    [ValidateAETitle]
    public string CallingAE { get; set; } = DicomDestination.DefaultCallingAE;

    /// <summary>The destination with what was said of it beside.</summary>
    private protected DicomDestination Resolve(DicomDestination destination)
    {
        var bound = MyInvocation.BoundParameters;
        DestinationCompleter.Remember(destination.Host);
        return destination with
        {
            Port = bound.ContainsKey(nameof(Port)) ? Port : destination.Port,
            CalledAE = bound.ContainsKey(nameof(CalledAE)) ? CalledAE : destination.CalledAE,
            CallingAE = bound.ContainsKey(nameof(CallingAE)) ? CallingAE : destination.CallingAE,
        };
    }

    private protected static DicomClientOptions ClientOptions(int timeoutSeconds, int maxPduLength)
    {
        var timeout = TimeSpan.FromSeconds(timeoutSeconds);
        return new DicomClientOptions
        {
            ConnectTimeout = timeout < s_longestConnect ? timeout : s_longestConnect,
            AssociationTimeout = timeout, ResponseTimeout = timeout, WriteTimeout = timeout, MaxPduLength = maxPduLength,
        };
    }
}
