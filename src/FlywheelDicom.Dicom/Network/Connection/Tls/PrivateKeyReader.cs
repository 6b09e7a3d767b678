using System.Formats.Asn1;
using System.Security.Cryptography;

namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>Reads private keys. For a key that cannot be read, the message names its kind.</summary>
internal static class PrivateKeyReader
{
    private const string Usable = "Use an RSA key, or one of the curves P-256, P-384 and P-521.";
    private const string Unreadable = "PrivateKeyUnreadable";

    /// <param name="file">For messages.</param>
    /// <param name="content">A key.</param>
    /// <param name="password">Null for none. It is ignored for a key that is not encrypted.</param>
    /// <exception cref="CertificateFileException">It cannot be read, or it is of a kind that cannot be used.</exception>
    public static PrivateKey Read(string file, CertificateContent content, string? password)
    {
        try
        {
            return content.Kind switch
            {
                CertificateContentKind.PrivateKey => ReadPkcs8(file, content.Data),
                CertificateContentKind.RsaPrivateKey => new PrivateKey(Rsa(r => r.ImportRSAPrivateKey(content.Data.Span, out _)), null),
                CertificateContentKind.EcPrivateKey => ReadSec1(file, content.Data),
                CertificateContentKind.EncryptedPrivateKey => ReadEncrypted(file, content.Data, password),
                CertificateContentKind.DsaPrivateKey => throw NotUsable(file, KeyAlgorithm.Dsa),
                CertificateContentKind.OldEncryptedPrivateKey => throw new CertificateFileException(Unreadable,
                    $"The private key in '{file}' is encrypted in an old form. Convert it with: openssl pkcs8 -topk8 -in OLD -out NEW"),
                CertificateContentKind.OpenSshPrivateKey => throw new CertificateFileException(Unreadable,
                    $"The private key in '{file}' is in OpenSSH's own form. Convert a copy of it with: ssh-keygen -p -m PKCS8 -f COPY"),
                _ => throw new CertificateFileException(Unreadable,
                    $"The private key in '{file}' is in PuTTY's own form (PPK). Export it from PuTTYgen as an OpenSSH key, and convert that with: ssh-keygen -p -m PKCS8 -f COPY"),
            };
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            throw new CertificateFileException(Unreadable,
                $"The private key in '{file}' cannot be read: it is damaged, or of a size or curve that is not known here. {Usable}", e);
        }
    }

    private static PrivateKey ReadPkcs8(string file, ReadOnlyMemory<byte> key)
    {
        var algorithm = KeyAlgorithm.OfPkcs8(key);
        if (!algorithm.IsUsable)
            throw NotUsable(file, algorithm);
        return algorithm.IsRsa
            ? new PrivateKey(Rsa(r => r.ImportPkcs8PrivateKey(key.Span, out _)), null)
            : new PrivateKey(null, Ecdsa(e => e.ImportPkcs8PrivateKey(key.Span, out _)));
    }

    private static PrivateKey ReadSec1(string file, ReadOnlyMemory<byte> key)
    {
        var algorithm = KeyAlgorithm.OfSec1(key);
        return algorithm.IsUsable ? new PrivateKey(null, Ecdsa(e => e.ImportECPrivateKey(key.Span, out _))) : throw NotUsable(file, algorithm);
    }

    private static PrivateKey ReadEncrypted(string file, ReadOnlyMemory<byte> content, string? password)
    {
        var encrypted = new EncryptedPrivateKey(content);
        if (encrypted.Unknown is { } unknown)
        {
            throw new CertificateFileException(Unreadable,
                $"The private key in '{file}' is encrypted with {unknown}, which cannot be read here. Convert it with: openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW");
        }
        if (password is null)
            throw new CertificateFileException("KeyPasswordRequired", $"The private key in '{file}' is encrypted. Give its password with -KeyPassword.");
        if (encrypted.IsOld)
            return ReadOld(file, content, password);
        return ReadPkcs8(file, encrypted.Decrypt(password)
            ?? throw new CertificateFileException("KeyPasswordWrong", $"The private key in '{file}' cannot be decrypted: -KeyPassword is wrong, or the file is damaged."));
    }

    private static PrivateKey ReadOld(string file, ReadOnlyMemory<byte> content, string password)
    {
        try
        {
            return new PrivateKey(Rsa(r => r.ImportEncryptedPkcs8PrivateKey(password, content.Span, out _)), null);
        }
        catch (CryptographicException)
        {
            // It may be an elliptic-curve key.
        }
        try
        {
            return new PrivateKey(null, Ecdsa(e => e.ImportEncryptedPkcs8PrivateKey(password, content.Span, out _)));
        }
        catch (CryptographicException e)
        {
            throw new CertificateFileException("KeyPasswordWrong",
                $"The private key in '{file}' is encrypted in an older way, and cannot be decrypted: -KeyPassword is wrong, or this system does not know that way any more. "
                + "Convert it with: openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW", e);
        }
    }

    private static RSA Rsa(Action<RSA> import) => Imported(RSA.Create(), import);

    private static ECDsa Ecdsa(Action<ECDsa> import) => Imported(ECDsa.Create(), import);

    private static T Imported<T>(T key, Action<T> import) where T : AsymmetricAlgorithm
    {
        try
        {
            import(key);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static CertificateFileException NotUsable(string file, KeyAlgorithm algorithm)
        => new(Unreadable, $"The private key in '{file}' is of a kind with which TLS cannot be spoken here: {algorithm.Name}. {Usable}");
}
