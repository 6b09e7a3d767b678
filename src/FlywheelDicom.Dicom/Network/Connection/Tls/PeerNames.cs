using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>
/// The names that a certificate is for, and why none of them is the expected one. A host name must be there as a DNS name, an address as an
/// IP address (RFC 9525 §6). For a certificate without alternative names the platform uses the common name: many archives have such
/// certificates.
/// </summary>
internal sealed class PeerNames
{
    private static readonly Asn1Tag s_mail = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag s_dns = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag s_uri = new(TagClass.ContextSpecific, 6);
    private static readonly Asn1Tag s_address = new(TagClass.ContextSpecific, 7);

    private readonly List<string> _dns = [];
    private readonly List<string> _addresses = [];
    private readonly List<string> _uris = [];
    private readonly List<string> _mails = [];
    private readonly string _commonName;

    public PeerNames(X509Certificate2 certificate)
    {
        _commonName = certificate.GetNameInfo(X509NameType.SimpleName, false);
        foreach (var extension in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
            Read(extension.RawData);
    }

    /// <summary>The names, for messages.</summary>
    public override string ToString()
    {
        var names = _dns.Concat(_addresses).Concat(_uris).Concat(_mails).Select(n => $"'{n}'").ToList();
        return names.Count > 0 ? string.Join(", ", names) : $"'{_commonName}' (it has no subject alternative name)";
    }

    /// <summary>Why the expected name does not count although it is in the certificate; null if it is not there.</summary>
    public string? MismatchReason(string expected)
    {
        var isAddress = IPAddress.TryParse(expected, out var address);
        var (kind, entry) = isAddress ? ("an address", $"IP:{expected}") : ("a host", $"DNS:{expected}");
        var wrong = isAddress && _dns.Exists(n => IsSame(n, expected)) ? "a DNS name"
            : !isAddress && _addresses.Exists(n => IsSame(n, expected)) ? "an IP address"
            : _uris.Exists(u => IsSame(u, expected) || (Uri.TryCreate(u, UriKind.Absolute, out var uri) && (IsSame(uri.Host.Trim('[', ']'), expected) || IsSame(uri.DnsSafeHost, expected)))) ? "a URI"
            : _mails.Exists(m => IsSame(m, expected)) ? "a mail address"
            : null;
        if (wrong is not null)
            return $"'{expected}' stands there as {wrong}, which does not count for {kind}; it has to be there as {entry}";
        if (IsSame(_commonName, expected))
            return $"'{expected}' is its common name, which does not count beside alternative names; it has to be among the subject alternative names as {entry}";
        return isAddress ? null : WildcardReason(expected);
    }

    private string? WildcardReason(string expected)
    {
        var wildcard = _dns.Find(n => n.Contains('*', StringComparison.Ordinal)
            && IsSame(n[(n.LastIndexOf('*') + 1)..], expected[^Math.Min(expected.Length, n.Length - n.LastIndexOf('*') - 1)..]))
            ?? _dns.Find(n => n.StartsWith("*.", StringComparison.Ordinal) && IsSame(n[2..], expected));
        return wildcard is null ? null : $"the wildcard in '{wildcard}' stands for one whole first label, not for more, for less or for a part of it";
    }

    private static bool IsSame(string name, string expected) => name.TrimEnd('.').Equals(expected.TrimEnd('.'), StringComparison.OrdinalIgnoreCase);

    private void Read(byte[] extension)
    {
        try
        {
            for (var names = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence(); names.HasData;)
            {
                var tag = names.PeekTag();
                if (tag == s_address)
                    _addresses.Add(AddressOf(names.ReadOctetString(s_address)));
                else if (ListFor(tag) is { } list)
                    list.Add(Encoding.Latin1.GetString(names.ReadOctetString(tag)));
                else
                    names.ReadEncodedValue();
            }
        }
        catch (AsnContentException)
        {
            // The names that were read before are enough for the message. The platform has refused the certificate already.
        }
    }

    private List<string>? ListFor(Asn1Tag tag) => tag == s_dns ? _dns : tag == s_uri ? _uris : tag == s_mail ? _mails : null;

    private static string AddressOf(byte[] bytes) => bytes.Length is 4 or 16 ? new IPAddress(bytes).ToString() : Convert.ToHexString(bytes);
}
