using System.Formats.Asn1;
using System.Security.Cryptography;

namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>The algorithm of a public or private key, by its identifier (RFC 5280 §4.1.2.7, RFC 5208 §5).</summary>
/// <param name="Name">For messages.</param>
/// <param name="IsUsable">The platform can use it for TLS.</param>
internal readonly record struct KeyAlgorithm(string Name, bool IsUsable)
{
    private const string Rsa = "1.2.840.113549.1.1.1";
    private const string EllipticCurve = "1.2.840.10045.2.1";

    private static readonly Dictionary<string, string> s_unusable = new(StringComparer.Ordinal)
    {
        ["1.2.840.113549.1.1.10"] = "RSASSA-PSS",
        ["1.2.840.113549.1.1.7"] = "RSAES-OAEP",
        ["1.2.840.10040.4.1"] = "DSA",
        ["1.2.840.113549.1.3.1"] = "Diffie-Hellman",
        ["1.2.840.10046.2.1"] = "Diffie-Hellman",
        ["1.3.101.110"] = "X25519",
        ["1.3.101.111"] = "X448",
        ["1.3.101.112"] = "Ed25519",
        ["1.3.101.113"] = "Ed448",
        ["2.16.840.1.101.3.4.3.17"] = "ML-DSA-44",
        ["2.16.840.1.101.3.4.3.18"] = "ML-DSA-65",
        ["2.16.840.1.101.3.4.3.19"] = "ML-DSA-87",
    };

    public static KeyAlgorithm ExplicitCurve { get; } = new("elliptic-curve key with explicit parameters", false);

    public static KeyAlgorithm Dsa { get; } = new("DSA key", false);

    public bool IsRsa => Name == "RSA key";

    /// <param name="oid">The algorithm.</param>
    /// <param name="parameters">DER; empty for none.</param>
    public static KeyAlgorithm Of(string oid, ReadOnlySpan<byte> parameters) => oid switch
    {
        Rsa => new("RSA key", true),
        EllipticCurve => parameters is [0x30, ..] ? ExplicitCurve : new("elliptic-curve key", true),
        _ => new(s_unusable.TryGetValue(oid, out var name) ? name + " key" : $"key of the algorithm {new Oid(oid).FriendlyName ?? oid}", false),
    };

    /// <exception cref="AsnContentException">The bytes are no PKCS#8 key.</exception>
    public static KeyAlgorithm OfPkcs8(ReadOnlyMemory<byte> key)
    {
        var outer = new AsnReader(key, AsnEncodingRules.BER).ReadSequence();
        outer.ReadInteger();
        var algorithm = outer.ReadSequence();
        return Of(algorithm.ReadObjectIdentifier(), algorithm.HasData ? algorithm.ReadEncodedValue().Span : default);
    }

    /// <summary>A SEC 1 key states its curve in element [0] (RFC 5915 §3).</summary>
    /// <exception cref="AsnContentException">The bytes are no SEC 1 key.</exception>
    public static KeyAlgorithm OfSec1(ReadOnlyMemory<byte> key)
    {
        var outer = new AsnReader(key, AsnEncodingRules.BER).ReadSequence();
        outer.ReadInteger();
        outer.ReadOctetString();
        var curve = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        return Of(EllipticCurve, outer.HasData && outer.PeekTag() == curve ? outer.ReadSequence(curve).PeekEncodedValue().Span : default);
    }
}
