using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;

namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>
/// An encrypted PKCS#8 key (RFC 5208 §6). The usual scheme is decrypted here: PBES2 with PBKDF2 and AES (RFC 8018 §6.2). The platform does
/// not tell a wrong password from a key that it cannot use.
/// </summary>
internal sealed class EncryptedPrivateKey
{
    private const string Pbes2 = "1.2.840.113549.1.5.13";
    private const string Pbkdf2 = "1.2.840.113549.1.5.12";
    private const string Scrypt = "1.3.6.1.4.1.11591.4.11";

    private static readonly Dictionary<string, HashAlgorithmName> s_hashes = new(StringComparer.Ordinal)
    {
        ["1.2.840.113549.2.7"] = HashAlgorithmName.SHA1,
        ["1.2.840.113549.2.9"] = HashAlgorithmName.SHA256,
        ["1.2.840.113549.2.10"] = HashAlgorithmName.SHA384,
        ["1.2.840.113549.2.11"] = HashAlgorithmName.SHA512,
    };

    private static readonly Dictionary<string, int> s_aesKeySizes = new(StringComparer.Ordinal)
    {
        ["2.16.840.1.101.3.4.1.2"] = 16, ["2.16.840.1.101.3.4.1.22"] = 24, ["2.16.840.1.101.3.4.1.42"] = 32,
    };

    private readonly byte[] _content;
    private readonly byte[] _salt = [];
    private readonly int _iterations;
    private readonly HashAlgorithmName _hash = HashAlgorithmName.SHA1;
    private readonly int _keySize;
    private readonly byte[] _vector = [];

    /// <exception cref="AsnContentException">The bytes are no encrypted key.</exception>
    public EncryptedPrivateKey(ReadOnlyMemory<byte> key)
    {
        var outer = new AsnReader(key, AsnEncodingRules.BER).ReadSequence();
        var algorithm = outer.ReadSequence();
        _content = outer.ReadOctetString();
        if (algorithm.ReadObjectIdentifier() is var scheme && scheme != Pbes2)
        {
            // Older schemes are left to the platform.
            IsOld = true;
            return;
        }
        var parameters = algorithm.ReadSequence();
        var derivation = parameters.ReadSequence();
        var cipher = parameters.ReadSequence();
        var (derivationOid, cipherOid) = (derivation.ReadObjectIdentifier(), cipher.ReadObjectIdentifier());
        if (derivationOid != Pbkdf2)
        {
            Unknown = derivationOid == Scrypt ? "scrypt" : derivationOid;
            return;
        }
        if (!s_aesKeySizes.TryGetValue(cipherOid, out _keySize))
        {
            IsOld = true;
            return;
        }
        var derivationParameters = derivation.ReadSequence();
        _salt = derivationParameters.ReadOctetString();
        if (!derivationParameters.TryReadInt32(out _iterations) || _iterations < 1)
            throw new AsnContentException();
        if (derivationParameters.HasData && derivationParameters.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
            derivationParameters.ReadInteger();
        if (derivationParameters.HasData)
        {
            var hash = derivationParameters.ReadSequence().ReadObjectIdentifier();
            if (!s_hashes.TryGetValue(hash, out _hash))
                Unknown = hash;
        }
        _vector = cipher.ReadOctetString();
        if (_vector.Length != 16)
            throw new AsnContentException();
    }

    /// <summary>The part of its encryption that is not supported here, by name or object identifier; null if all is supported.</summary>
    public string? Unknown { get; }

    /// <summary>It is encrypted in an older way than PBES2 with AES. Only the platform may be able to read it.</summary>
    public bool IsOld { get; }

    /// <summary>The decrypted PKCS#8 key; null if the password is wrong.</summary>
    public byte[]? Decrypt(string password)
    {
        using var aes = Aes.Create();
        aes.Key = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), _salt, _iterations, _hash, _keySize);
        try
        {
            var key = aes.DecryptCbc(_content, _vector);
            // With a wrong password the padding is right once in 256 times. So the content is checked too.
            KeyAlgorithm.OfPkcs8(key);
            return key;
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            return null;
        }
    }
}
