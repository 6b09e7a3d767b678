using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using FlywheelDicom.Network.Connection.Tls;

namespace FlywheelDicom.Cmdlets;

/// <summary>Reads the files that parameters name for certificates and keys. One that cannot be used ends the pipeline.</summary>
internal sealed class CertificateParameters(PSCmdlet cmdlet)
{
    /// <summary>All certificates of PEM files.</summary>
    public X509Certificate2Collection ReadTrusted(string[] paths)
    {
        var all = new X509Certificate2Collection();
        foreach (var path in paths)
            all.AddRange(Read(path, () => CertificateFiles.ReadTrusted(Resolved(path))));
        return all;
    }

    /// <summary>Does what reads files for a parameter; a file that cannot be used is a terminating error about it.</summary>
    public T Read<T>(string? target, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CertificateFileException e)
        {
            cmdlet.ThrowTerminatingError(DicomErrors.Record(e, e.ErrorId, target));
            throw;
        }
    }

    /// <summary>The path in the file system that the user's path stands for.</summary>
    /// <exception cref="CertificateFileException">It is not in the file system.</exception>
    public string Resolved(string path)
    {
        try
        {
            var place = ProviderPath.Resolve(cmdlet.SessionState.Path, path);
            return place.IsFile ? place.FullPath
                : throw new CertificateFileException("CertificateUnreadable", $"'{path}' is no file: certificates and keys are read from the file system.");
        }
        catch (Exception e) when (e is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
        {
            throw new CertificateFileException("CertificateFileNotFound", $"The file '{path}' does not exist.", e);
        }
    }
}
