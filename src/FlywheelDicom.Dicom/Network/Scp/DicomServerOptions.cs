using System.Net;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Connection.Tls;

namespace FlywheelDicom.Network.Scp;

/// <summary>How a <see cref="DicomServer"/> behaves.</summary>
internal sealed record DicomServerOptions
{
    /// <summary>The address to listen on.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>The called AE title that is accepted; null accepts any.</summary>
    public string? AETitle { get; init; }

    /// <summary>Where instances go; null: no storage class is accepted.</summary>
    public StoreSink? Sink { get; init; }

    /// <summary>
    /// Takes the reports of storage commitment that archives send over associations of their own. It returns false for a report that
    /// was not asked for. Null: such associations are refused.
    /// </summary>
    public Func<byte[], DicomTransferSyntax, bool>? OnEventReport { get; init; }
    public int MaxPduLength { get; init; } = DicomClientOptions.DefaultMaxPduLength;
    public int MaxAssociations { get; init; } = 64;

    /// <summary>
    /// The most connections without an association: before it was accepted, and after it has ended. Where there is one more, the oldest is
    /// closed.
    /// </summary>
    public int MaxWaiting { get; init; } = 256;

    /// <summary>Null: plain connections.</summary>
    public DicomServerTls? Tls { get; init; }

    /// <summary>For the association request, and for the close at the end (PS3.8 §9.1.5).</summary>
    public TimeSpan ArtimTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>An association over which nothing comes for this time is ended.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The clock for all waiting.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
