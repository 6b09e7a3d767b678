using System.Formats.Asn1;

namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>Finds out from the structure of DER bytes what they are. DER files have no label.</summary>
internal static class DerContent
{
    /// <summary>The first value of the bytes. What follows it is ignored.</summary>
    public static CertificateContent Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var value = new AsnReader(bytes, AsnEncodingRules.BER).PeekEncodedValue();
            return new CertificateContent(KindOf(value), "", value);
        }
        catch (AsnContentException)
        {
            return new CertificateContent(CertificateContentKind.Other, "", bytes);
        }
    }

    private static CertificateContentKind KindOf(ReadOnlyMemory<byte> value)
    {
        var outer = new AsnReader(value, AsnEncodingRules.BER).ReadSequence();
        var first = outer.PeekTag();
        if (first.HasSameClassAndValue(Asn1Tag.ObjectIdentifier))
            return CertificateContentKind.Pkcs7;
        if (first.HasSameClassAndValue(Asn1Tag.Integer))
            return KeyKindOf(outer);
        return first.HasSameClassAndValue(Asn1Tag.Sequence) ? SignedKindOf(outer) : CertificateContentKind.Other;
    }

    /// <summary>Formats that begin with a version: PKCS#1, PKCS#8, SEC 1, PKCS#12, and the DSA keys of OpenSSL.</summary>
    private static CertificateContentKind KeyKindOf(AsnReader outer)
    {
        var isPfx = outer.ReadInteger() == 3;
        var second = outer.PeekTag();
        if (second.HasSameClassAndValue(Asn1Tag.Sequence))
            return isPfx ? CertificateContentKind.Pfx : CertificateContentKind.PrivateKey;
        if (second.HasSameClassAndValue(Asn1Tag.PrimitiveOctetString))
            return CertificateContentKind.EcPrivateKey;
        var integers = 0;
        for (; outer.HasData && outer.PeekTag().HasSameClassAndValue(Asn1Tag.Integer); integers++)
            outer.ReadInteger();
        return integers switch
        {
            5 => CertificateContentKind.DsaPrivateKey,
            >= 8 => CertificateContentKind.RsaPrivateKey,
            _ => integers == 1 ? CertificateContentKind.PublicKey : CertificateContentKind.Other,
        };
    }

    /// <summary>Formats that begin with a sequence: certificates, requests, revocation lists, public keys, encrypted keys.</summary>
    private static CertificateContentKind SignedKindOf(AsnReader outer)
    {
        var body = outer.ReadSequence();
        var second = outer.HasData ? outer.PeekTag() : default;
        if (second.HasSameClassAndValue(Asn1Tag.PrimitiveOctetString))
            return CertificateContentKind.EncryptedPrivateKey;
        if (second.HasSameClassAndValue(Asn1Tag.PrimitiveBitString))
            return CertificateContentKind.PublicKey;
        if (!body.HasData || !body.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
            return body.HasData && body.PeekTag().TagClass == TagClass.ContextSpecific ? CertificateContentKind.Certificate : CertificateContentKind.RevocationList;
        var parts = 0;
        for (; body.HasData; parts++)
            body.ReadEncodedValue();
        // A certificate of version 1 has six parts or more, a request has four.
        return parts >= 6 ? CertificateContentKind.Certificate : CertificateContentKind.CertificateRequest;
    }
}
