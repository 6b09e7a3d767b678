using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FlywheelDicom.IO;

namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>Reads certificates and keys from PEM, DER and PFX files. Messages name the file and the cause, never a password.</summary>
internal static class CertificateFiles
{
    private const int MaxLength = 16 * 1024 * 1024;
    private const int WrongPassword = unchecked((int)0x80070056);
    private const string Unreadable = "CertificateUnreadable";

    /// <summary>All certificates of a PEM file, or the certificate of a DER file.</summary>
    /// <exception cref="CertificateFileException">There is none, or it cannot be read.</exception>
    public static X509Certificate2Collection ReadTrusted(string path)
    {
        var contents = Contents(path);
        if (contents.FirstOrDefault(c => c.Kind is CertificateContentKind.Pfx) is not null)
            throw new CertificateFileException(Unreadable, $"'{path}' is a PFX. Give the certificates to trust as PEM or DER: openssl pkcs12 -nokeys -in OLD -out NEW");
        return [.. Certificates(path, contents)];
    }

    /// <summary>A certificate and its private key, each from PEM, DER or PFX.</summary>
    /// <param name="path">The file of the certificate. It may have the certificates above it, in any order, and the key.</param>
    /// <param name="keyPath">The file of the key (PKCS#1, PKCS#8, SEC 1); null if the key is in <paramref name="path"/>.</param>
    /// <param name="password">The password of the key or the PFX; null for none. It is ignored for what is not encrypted.</param>
    /// <param name="time">The clock. If there are several certificates for the key, one that is valid now is used.</param>
    /// <exception cref="CertificateFileException">They cannot be read, or do not belong together.</exception>
    public static CertificateWithChain ReadWithKey(string path, string? keyPath, string? password, TimeProvider? time = null)
    {
        var contents = Contents(path);
        if (contents is [{ Kind: CertificateContentKind.Pfx, Data: var pfx }])
            return keyPath is null ? FromPfx(path, pfx.Span, password)
                : throw new CertificateFileException("CertificateGivenTwice", $"'{path}' is a PFX, which holds its own key. Leave -KeyPath out.");
        var keyFile = keyPath ?? path;
        var keys = keyPath is null ? contents : Contents(keyPath);
        var certificates = Certificates(path, contents);
        if (keys.FirstOrDefault(c => c.IsPrivateKey) is not { } content)
        {
            var held = keys.FirstOrDefault(c => c.Kind is not CertificateContentKind.Parameters);
            throw new CertificateFileException("PrivateKeyMissing", keyPath is null
                ? $"'{keyFile}' holds no private key. Give its file with -KeyPath."
                : $"'{keyFile}' holds no private key, but {held?.InWords ?? "nothing"}. Give the key's file with -KeyPath.");
        }
        using var key = PrivateKeyReader.Read(keyFile, content, password);
        var own = CertificateKeys.Find(certificates, key, (time ?? TimeProvider.System).GetLocalNow().DateTime) ?? throw Mismatch(path, keyFile, certificates[0]);
        using var paired = key.Pair(own);
        return new CertificateWithChain(Usable(paired), CertificateKeys.Above(own, certificates));
    }

    /// <summary>Whether other users can read or write a file. Always false on Windows, where rights are inherited.</summary>
    public static bool IsReadableByEveryone(string path)
        => !OperatingSystem.IsWindows() && File.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0;

    private static List<X509Certificate2> Certificates(string path, IReadOnlyList<CertificateContent> contents)
    {
        // If a certificate was left out silently, that would be found much later: an issuer would not be trusted.
        if (contents.FirstOrDefault(c => c.Conversion.Length > 0) is { } useless)
            throw new CertificateFileException(Unreadable, $"'{path}' holds {useless.InWords}, which cannot be read here.{useless.Conversion}");
        var blocks = contents.Where(c => c.Kind == CertificateContentKind.Certificate).ToList();
        if (blocks.Count == 0)
            throw new CertificateFileException(Unreadable, $"'{path}' holds no certificate{(contents.Count > 0 ? $", but {contents[0].InWords}" : "")}.");
        try
        {
            return blocks.ConvertAll(c => new X509Certificate2(c.Data.Span));
        }
        catch (CryptographicException e)
        {
            throw new CertificateFileException(Unreadable, $"'{path}' holds no certificate that can be read: {e.Message}", e);
        }
    }

    private static CertificateFileException Mismatch(string path, string keyFile, X509Certificate2 first) => CertificateKeys.AlgorithmOf(first) is { IsUsable: false } algorithm
        ? new CertificateFileException(Unreadable,
            $"The certificate in '{path}' is for a key of a kind with which TLS cannot be spoken here: {algorithm.Name}. Use one for an RSA key, or for one of the curves P-256, P-384 and P-521.")
        : new CertificateFileException("PrivateKeyMismatch", $"The private key in '{keyFile}' does not belong to the certificate in '{path}'.");

    private static CertificateWithChain FromPfx(string path, ReadOnlySpan<byte> bytes, string? password)
    {
        var all = new X509Certificate2Collection();
        try
        {
            all.Import(bytes, password, KeyStorage.Flags);
        }
        catch (CryptographicException e) when (e.HResult == WrongPassword)
        {
            throw password is null
                ? new CertificateFileException("KeyPasswordRequired", $"'{path}' is encrypted. Give its password with -KeyPassword.", e)
                : new CertificateFileException("KeyPasswordWrong", $"'{path}' cannot be opened: -KeyPassword is wrong, or the file is damaged.", e);
        }
        catch (CryptographicException e)
        {
            throw new CertificateFileException(Unreadable,
                $"The PFX '{path}' cannot be read: it is damaged, or its key or its encryption is of a kind that is not known here. "
                + "Take it apart with: openssl pkcs12 -nodes -in OLD -out NEW.pem", e);
        }
        var own = all.FirstOrDefault(c => c.HasPrivateKey)
            ?? throw new CertificateFileException("PrivateKeyMissing", $"'{path}' holds a certificate without its private key.");
        return new CertificateWithChain(own, CertificateKeys.Above(own, all));
    }

    /// <summary>Windows cannot use a key that was never in a store. So it is exported as PKCS#12 and imported again.</summary>
    private static X509Certificate2 Usable(X509Certificate2 paired) => new(paired.Export(X509ContentType.Pkcs12), (string?)null, KeyStorage.Flags);

    private static IReadOnlyList<CertificateContent> Contents(string path)
    {
        var bytes = Read(path);
        if (bytes.Length == 0)
            throw new CertificateFileException(Unreadable, $"The file '{path}' is empty.");
        if (PemBlocks.IsUtf16(bytes))
            throw new CertificateFileException(Unreadable, $"The file '{path}' is text in UTF-16, which cannot be read here. Save it as UTF-8 or ASCII.");
        if (bytes.AsSpan().StartsWith("PuTTY-User-Key-File-"u8))
            return [new CertificateContent(CertificateContentKind.PuttyPrivateKey, "", default)];
        if (!PemBlocks.IsPem(bytes))
            return [DerContent.Read(bytes)];
        try
        {
            return PemBlocks.Parse(bytes);
        }
        catch (FormatException e)
        {
            throw new CertificateFileException(Unreadable, $"The file '{path}' cannot be read: {e.Message}.", e);
        }
    }

    private static byte[] Read(string path)
    {
        try
        {
            if (Directory.Exists(path))
                throw new CertificateFileException(Unreadable, $"'{path}' is a folder, not a file.");
            // To read a pipe may wait without end.
            if (SpecialFile.KindOf(path) is not null)
                throw new CertificateFileException(Unreadable, $"'{path}' is a pipe, socket or device, not a file.");
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length > MaxLength)
                throw new CertificateFileException(Unreadable, $"The file '{path}' is far longer than any file of certificates: {stream.Length} bytes.");
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CertificateFileException("CertificateFileNotFound", $"The file '{path}' does not exist.", e);
        }
        catch (Exception e) when (e is (IOException and not CertificateFileException) or UnauthorizedAccessException)
        {
            throw new CertificateFileException(Unreadable, $"The file '{path}' cannot be read: {e.Message}", e);
        }
    }
}
