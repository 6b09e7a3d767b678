using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Connection;

/// <summary>Timers and limits of an association.</summary>
internal sealed record DicomClientOptions
{
    /// <summary>For name resolution, connecting, and the TLS handshake.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>For the response to an association request or to a release: ARTIM of PS3.8 §9.1.5.</summary>
    public TimeSpan AssociationTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For the response to a message. Archives that write to tape are slow.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the peer may take to read one piece of a few hundred kilobytes at most.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest P-DATA-TF that is sent, if the peer accepts it, and the longest that is announced to the peer.</summary>
    public int MaxPduLength { get; init; } = DefaultMaxPduLength;

    /// <summary>
    /// Instances that may be under way over one association, where the peer allows more than one (PS3.7 §D.3.3.3).
    /// </summary>
    public int MaxOperations { get; init; } = 16;

    /// <summary>Responses have the digest of what was sent.</summary>
    public bool ComputesDigests { get; init; }

    /// <summary>Counts the bytes of data sets as they are sent; null: nobody asks.</summary>
    public SentBytes? Sent { get; init; }

    /// <summary>Told of each association that is requested, opened and ended, from any thread; null: nobody asks.</summary>
    public Action<AssociationEvent>? OnAssociation { get; init; }

    /// <summary>The clock for all waiting.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public const int DefaultMaxPduLength = 131072;
    public const int MinMaxPduLength = 128;
    public const int MaxMaxPduLength = 4 * 1024 * 1024;
}
