using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// A destination from an object's properties or a hashtable: what Import-Clixml, ConvertFrom-Json, Import-Csv and jobs give back. Its
/// certificates are named by path or thumbprint, and read when it is used.
/// </summary>
internal static class DestinationProperties
{
    private static readonly string[] s_host = [nameof(DicomDestination.Host), "HostName", "ComputerName"];
    private static readonly string[] s_calledAE = [nameof(DicomDestination.CalledAE), "AETitle", "AET"];

    /// <summary>False where the object has no host.</summary>
    /// <exception cref="ArgumentException">It has one, and something in it cannot be.</exception>
    public static bool TryRead(object? value, [NotNullWhen(true)] out DicomDestination? destination)
    {
        destination = null;
        if (Read(value, s_host) is not { } host)
            return false;
        destination = new DicomDestination
        {
            Host = Text(host)!, Port = Read(value, nameof(DicomDestination.Port)) is { } port ? Number(port) : DicomDestination.DefaultPort,
            CalledAE = Text(Read(value, s_calledAE)) ?? DicomDestination.DefaultCalledAE,
            CallingAE = Text(Read(value, nameof(DicomDestination.CallingAE))) ?? DicomDestination.DefaultCallingAE,
            Name = Text(Read(value, nameof(DicomDestination.Name))), Tls = ReadTls(Read(value, nameof(DicomDestination.Tls))),
        };
        return true;
    }

    private static DicomTls? ReadTls(object? value)
    {
        if (Base(value) is null or "")
            return null;
        if (Base(value) is DicomTls whole)
            return whole;
        if (Read(value, nameof(DicomTls.Profile)) is not { } profile)
            throw new ArgumentException("The TLS settings of the destination did not come along. Save it with a greater -Depth, or register it with Register-DicomDestination.");
        return new DicomTls
        {
            Profile = Enumeration<DicomTlsProfile>(profile),
            CertificatePath = Text(Read(value, nameof(DicomTls.CertificatePath))), KeyPath = Text(Read(value, nameof(DicomTls.KeyPath))),
            CertificateThumbprint = Text(Read(value, nameof(DicomTls.CertificateThumbprint))),
            TrustedCertificatePath = [.. Texts(Read(value, nameof(DicomTls.TrustedCertificatePath)))],
            ServerName = Text(Read(value, nameof(DicomTls.ServerName))),
            SkipCertificateCheck = Base(Read(value, nameof(DicomTls.SkipCertificateCheck))) is true,
            RevocationMode = Read(value, nameof(DicomTls.RevocationMode)) is { } mode ? Enumeration<X509RevocationMode>(mode) : X509RevocationMode.Offline,
        };
    }

    private static object? Read(object? value, params string[] names) => value switch
    {
        null => null,
        _ when Base(value) is IDictionary table => names.Select(n => table[n]).FirstOrDefault(v => v is not null),
        _ => names.Select(n => PSObject.AsPSObject(value).Properties[n]?.Value).FirstOrDefault(v => v is not null),
    };

    private static object? Base(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static string? Text(object? value) => value?.ToString() is { Length: > 0 } text ? text : null;

    private static IEnumerable<string> Texts(object? value) => Base(value) switch
    {
        null => [],
        string text => text.Length > 0 ? [text] : [],
        IEnumerable several => several.Cast<object?>().Select(Text).OfType<string>(),
        var other => Text(other) is { } text ? [text] : [],
    };

    private static int Number(object value) => LanguagePrimitives.TryConvertTo<int>(value, CultureInfo.InvariantCulture, out var number) ? number
        : throw new ArgumentException($"'{value}' is not a port: it must be 1 to 65535.");

    private static T Enumeration<T>(object value) where T : struct, Enum
        => LanguagePrimitives.TryConvertTo<T>(Base(value), CultureInfo.InvariantCulture, out var known) && Enum.IsDefined(known) ? known
            : throw new ArgumentException($"'{value}' is none of {string.Join(", ", Enum.GetNames<T>())}.");
}
