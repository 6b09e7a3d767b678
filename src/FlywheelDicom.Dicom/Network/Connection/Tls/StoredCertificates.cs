using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>Certificates that the system keeps for the user and for the machine (the personal store, My).</summary>
internal static class StoredCertificates
{
    private static readonly StoreLocation[] s_places = [StoreLocation.CurrentUser, StoreLocation.LocalMachine];

    /// <summary>The one with this thumbprint and a private key; the user's first.</summary>
    /// <exception cref="CertificateFileException">There is none.</exception>
    public static X509Certificate2 Read(string thumbprint)
    {
        var certificate = Find(thumbprint)
            ?? throw new CertificateFileException("CertificateNotInStore", $"No certificate with the thumbprint '{thumbprint}' is in the personal store of the user or of the machine.");
        return certificate.HasPrivateKey ? certificate
            : throw new CertificateFileException("PrivateKeyMissing", $"The certificate '{certificate.Subject}' is in the store without its private key.");
    }

    /// <summary>The one with this thumbprint; null where there is none.</summary>
    public static X509Certificate2? Find(string thumbprint)
    {
        var wanted = string.Concat(thumbprint.Where(char.IsAsciiHexDigit));
        return All().FirstOrDefault(c => c.Thumbprint.Equals(wanted, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>All of both stores.</summary>
    public static IEnumerable<X509Certificate2> All()
    {
        foreach (var place in s_places)
        {
            X509Certificate2Collection found;
            try
            {
                using var store = new X509Store(StoreName.My, place, OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
                found = store.Certificates;
            }
            catch (CryptographicException)
            {
                // A user who has none has no store; on Unix the machine has none.
                continue;
            }
            foreach (var certificate in found)
                yield return certificate;
        }
    }
}
