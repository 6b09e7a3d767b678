using System.Management.Automation;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using FlywheelDicom.Flywheel;
using FlywheelDicom.Network.Connection.Tls;

namespace FlywheelDicom.Cmdlets;

/// <summary>Connects this session to a Flywheel instance.</summary>
[Cmdlet(VerbsCommunications.Connect, "FwInstance")]
[OutputType(typeof(FwInstance))]
public sealed class ConnectFwInstanceCommand : FlywheelCmdlet
{
    private const string KeyVariable = "FW_API_KEY";

    /// <summary>The API key; the environment variable FW_API_KEY where it is not given.</summary>
    [Parameter(Position = 0)]
    [SecretTransformation]
    [ValidateNotNull]
    public SecureString? ApiKey { get; set; }

    /// <summary>PEM files of CAs that are trusted beside the system's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] TrustedCertificatePath { get; set; } = [];

    /// <summary>Takes any certificate.</summary>
    [Parameter]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>Seconds that the instance is tried for.</summary>
    [Parameter]
    [ValidateRange(0, 86400)]
    public int RetryTime { get; set; } = 10;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var key = ReadKey();
        if (SkipCertificateCheck)
            WriteWarning($"The certificate of {key.Host} is not checked: whoever is on the way can read the API key and the images.");
        if (key.IsInsecure)
            WriteWarning($"The connection with {key} is not encrypted, as the key asks: whoever is on the way can read the API key and the images.");
        var check = new PeerCertificateCheck
        {
            Trusted = new CertificateParameters(this).ReadTrusted(TrustedCertificatePath), Skip = SkipCertificateCheck, ExpectedName = key.Host, RevocationMode = X509RevocationMode.Offline,
        };
        var options = new FlywheelClientOptions
        {
            UserAgent = UserAgent, RetryTime = TimeSpan.FromSeconds(RetryTime), CertificateValidation = check.Validate, Verbose = Lines.Enqueue,
        };
        var client = new FlywheelClient(key, options);
        try
        {
            var site = Wait(() => client.ConnectAsync(Cancellation));
            var instance = new FwInstance
            {
                Host = key.Host, Port = key.Port, BaseUri = key.BaseUri, SiteName = Shown(site.Name), Release = Shown(site.Release), UserId = site.UserId,
                IsDevice = site.IsDevice, TakesSignedUploads = site.TakesSignedUploads,
            };
            ModuleState.Current.Connect(new FlywheelConnection(client, instance));
            WriteObject(instance);
        }
        catch (FlywheelException e)
        {
            client.Dispose();
            ThrowTerminatingError(DicomErrors.For(check.Failure is null || e.Error != FlywheelError.CertificateRefused ? e
                : new FlywheelException(e.Error, $"The certificate of {key} is refused: {check.Reason}. Trust its CA with -TrustedCertificatePath, if it is the right one.", e), key.Host));
        }
        catch
        {
            client.Dispose();
            throw;
        }
        finally
        {
            WriteLines();
        }
    }

    private static string? Shown(string? text) => text is null ? null : PlainText.Clean(text);

    private FlywheelApiKey ReadKey()
    {
        var text = ApiKey is null ? Environment.GetEnvironmentVariable(KeyVariable) : SecretTransformationAttribute.Reveal(ApiKey);
        if (string.IsNullOrWhiteSpace(text))
        {
            var error = new ArgumentException($"No API key. Give it with -ApiKey, or in the environment variable {KeyVariable}; copy it from your Flywheel profile.");
            ThrowTerminatingError(DicomErrors.Record(error, "FlywheelKeyMissing", null));
        }
        try
        {
            return FlywheelApiKey.Parse(text);
        }
        catch (FlywheelException e)
        {
            ThrowTerminatingError(DicomErrors.For(e, null));
            throw;
        }
    }
}
