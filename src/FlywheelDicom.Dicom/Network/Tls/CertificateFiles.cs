using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FlywheelDicom.Network;

/// <summary>A certificate with its key, and what stands between it and its root.</summary>
public sealed record CertificateWithChain(X509Certificate2 Certificate, X509Certificate2Collection Intermediates);

/// <summary>Certificates and keys from PEM and PFX files. Errors name the file and the cause, never a password.</summary>
public static class CertificateFiles
{
    /// <summary>All certificates of a PEM file, or the one of a DER file.</summary>
    /// <exception cref="CertificateFileException">There is none, or it cannot be read.</exception>
    public static X509Certificate2Collection ReadTrusted(string path)
    {
        var bytes = Read(path);
        var certificates = new X509Certificate2Collection();
        try
        {
            if (IsPem(bytes))
                certificates.ImportFromPem(System.Text.Encoding.Latin1.GetString(bytes));
            else
                certificates.Add(new X509Certificate2(bytes));
        }
        catch (CryptographicException e)
        {
            throw new CertificateFileException("CertificateUnreadable", $"'{path}' holds no certificate that can be read: {e.Message}", e);
        }
        return certificates.Count > 0 ? certificates : throw new CertificateFileException("CertificateUnreadable", $"'{path}' holds no certificate.");
    }

    /// <summary>A certificate and its private key: PEM, with the key in a file of its own or the same, or PFX.</summary>
    /// <param name="path">PEM or PFX.</param>
    /// <param name="keyPath">The key's PEM file (PKCS#1, PKCS#8, SEC 1); null where it is in <paramref name="path"/>.</param>
    /// <param name="password">Of the key, or of the PFX; null for none.</param>
    /// <exception cref="CertificateFileException">They cannot be read, or do not belong together.</exception>
    public static CertificateWithChain ReadWithKey(string path, string? keyPath, string? password)
    {
        var bytes = Read(path);
        return IsPem(bytes) ? FromPem(path, System.Text.Encoding.Latin1.GetString(bytes), keyPath, password) : FromPfx(path, bytes, password);
    }

    /// <summary>Whether others than its owner can read a file; not told on Windows, where rights are inherited.</summary>
    public static bool IsReadableByEveryone(string path)
        => !OperatingSystem.IsWindows() && File.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0;

    private static CertificateWithChain FromPem(string path, string pem, string? keyPath, string? password)
    {
        var keyPem = keyPath is null ? pem : System.Text.Encoding.Latin1.GetString(Read(keyPath));
        var keyFile = keyPath ?? path;
        if (!keyPem.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            throw new CertificateFileException("PrivateKeyMissing", $"'{keyFile}' holds no private key. Give its file with -KeyPath.");
        if (keyPem.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
        {
            throw new CertificateFileException("PrivateKeyUnreadable",
                $"The private key in '{keyFile}' is encrypted in an old form. Convert it with: openssl pkcs8 -topk8 -in OLD -out NEW");
        }
        var isEncrypted = keyPem.Contains("ENCRYPTED PRIVATE KEY-----", StringComparison.Ordinal);
        if (isEncrypted && password is null)
            throw new CertificateFileException("KeyPasswordRequired", $"The private key in '{keyFile}' is encrypted. Give its password with -KeyPassword.");
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new CertificateFileException("CertificateUnreadable", $"'{path}' holds no certificate that can be read: {e.Message}", e);
        }
        if (chain.Count == 0)
            throw new CertificateFileException("CertificateUnreadable", $"'{path}' holds no certificate.");
        using var first = chain[0];
        chain.RemoveAt(0);
        try
        {
            using var paired = isEncrypted
                ? X509Certificate2.CreateFromEncryptedPem(first.ExportCertificatePem(), keyPem, password)
                : X509Certificate2.CreateFromPem(first.ExportCertificatePem(), keyPem);
            return new CertificateWithChain(Usable(paired), chain);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw KeyFailure(path, keyFile, isEncrypted, e);
        }
    }

    private static CertificateFileException KeyFailure(string path, string keyFile, bool isEncrypted, Exception e)
    {
        if (e is ArgumentException || e.Message.Contains("match", StringComparison.OrdinalIgnoreCase))
            return new CertificateFileException("PrivateKeyMismatch", $"The private key in '{keyFile}' does not belong to the certificate in '{path}'.", e);
        return isEncrypted
            ? new CertificateFileException("KeyPasswordWrong", $"The private key in '{keyFile}' cannot be decrypted: -KeyPassword is wrong, or the file is damaged.", e)
            : new CertificateFileException("PrivateKeyUnreadable", $"The private key in '{keyFile}' cannot be read, or does not belong to the certificate in '{path}'.", e);
    }

    private static CertificateWithChain FromPfx(string path, byte[] bytes, string? password)
    {
        var all = new X509Certificate2Collection();
        try
        {
            all.Import(bytes, password, X509KeyStorageFlags.DefaultKeySet);
        }
        catch (CryptographicException e)
        {
            throw new CertificateFileException(password is null ? "KeyPasswordRequired" : "KeyPasswordWrong",
                $"'{path}' cannot be opened: it is no PFX, or its password (-KeyPassword) is {(password is null ? "missing" : "wrong")}.", e);
        }
        var own = all.FirstOrDefault(c => c.HasPrivateKey)
            ?? throw new CertificateFileException("PrivateKeyMissing", $"'{path}' holds a certificate without its private key.");
        all.Remove(own);
        return new CertificateWithChain(own, all);
    }

    /// <summary>Windows cannot use a key that was never in a store: it goes through PKCS#12.</summary>
    private static X509Certificate2 Usable(X509Certificate2 paired)
        => new(paired.Export(X509ContentType.Pkcs12), (string?)null, OperatingSystem.IsWindows() ? X509KeyStorageFlags.DefaultKeySet : X509KeyStorageFlags.EphemeralKeySet);

    private static bool IsPem(byte[] bytes) => bytes.AsSpan().IndexOf("-----BEGIN "u8) >= 0;

    private static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CertificateFileException("CertificateFileNotFound", $"The file '{path}' does not exist.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CertificateFileException("CertificateUnreadable", $"The file '{path}' cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>A certificate or key file is of no use.</summary>
public sealed class CertificateFileException(string errorId, string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>A stable id for error records.</summary>
    public string ErrorId { get; } = errorId;
}
