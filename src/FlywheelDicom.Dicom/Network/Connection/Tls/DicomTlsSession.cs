using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace FlywheelDicom;

/// <summary>What was agreed with a peer over TLS.</summary>
public sealed record DicomTlsSession
{
    /// <summary>The version of TLS.</summary>
    public required SslProtocols Protocol { get; init; }

    /// <summary>The cipher suite.</summary>
    public required TlsCipherSuite CipherSuite { get; init; }

    /// <summary>The subject of the peer's certificate.</summary>
    public string? PeerSubject { get; init; }

    /// <summary>The issuer of the peer's certificate.</summary>
    public string? PeerIssuer { get; init; }

    /// <summary>When the peer's certificate ends, local time.</summary>
    public DateTime? PeerExpires { get; init; }

    /// <summary>Whole days until then.</summary>
    public int? DaysLeft => PeerExpires is { } end ? (int)Math.Floor((end - Time.GetLocalNow().DateTime).TotalDays) : null;

    internal TimeProvider Time { get; init; } = TimeProvider.System;

    internal static DicomTlsSession Of(SslStream stream, TimeProvider time)
    {
        using var certificate = stream.RemoteCertificate is { } remote ? new X509Certificate2(remote) : null;
        return new DicomTlsSession
        {
            Protocol = stream.SslProtocol, CipherSuite = stream.NegotiatedCipherSuite, PeerSubject = Shown(certificate?.Subject), PeerIssuer = Shown(certificate?.Issuer),
            PeerExpires = certificate?.NotAfter, Time = time,
        };
    }

    private static string? Shown(string? name) => name is null ? null : PlainText.Clean(name);

    /// <summary>Version and cipher suite.</summary>
    public override string ToString() => $"{Protocol}, {CipherSuite}";
}
