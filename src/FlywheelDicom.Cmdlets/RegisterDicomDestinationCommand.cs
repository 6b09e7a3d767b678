using System.Management.Automation;
using FlywheelDicom.Network.Connection.Tls;
using FlywheelDicom.Transfer.Destinations;

namespace FlywheelDicom.Cmdlets;

/// <summary>Saves a destination under a name, for every cmdlet that takes a destination.</summary>
[Cmdlet(VerbsLifecycle.Register, "DicomDestination", SupportsShouldProcess = true)]
[OutputType(typeof(DicomDestination))]
public sealed class RegisterDicomDestinationCommand : DestinationCmdlet
{
    private bool _isKeyEncrypted;

    /// <summary>The name.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateDestinationName]
    [ArgumentCompleter(typeof(DestinationNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>Where it leads.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [Alias("ComputerName", "HostName")]
    [DestinationTransformation]
    [ArgumentCompleter(typeof(DestinationCompleter))]
    public DicomDestination Destination { get; set; } = null!;

    /// <inheritdoc/>
    [Parameter(Position = 2)]
    [ValidateRange(1, 65535)]
    [ArgumentCompleter(typeof(DestinationPortCompleter))]
    public override int Port { get; set; } = DicomDestination.DefaultPort;

    /// <inheritdoc/>
    [Parameter(Position = 3)]
    [Alias("AETitle", "AET")]
    [ValidateAETitle]
    [ArgumentCompleter(typeof(CalledAECompleter))]
    public override string CalledAE { get; set; } = DicomDestination.DefaultCalledAE;

    /// <summary>Whom it is for.</summary>
    [Parameter]
    public DicomDestinationScope Scope { get; set; } = DicomDestinationScope.CurrentUser;

    /// <summary>Takes the place of one that has this name.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Puts out what was registered.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var name = Name.Trim();
        var store = DestinationStore.For(Scope);
        try
        {
            var destination = Resolve(Destination) with { Name = name };
            if (store.Get(name) is { } before && !Force)
            {
                var error = new InvalidOperationException($"'{name}' is registered already for {InWords(Scope)}: {before}. Replace it with -Force.");
                WriteError(DicomErrors.Record(error, "DicomDestinationExists", before));
                return;
            }
            if (!ShouldProcess($"{destination}", $"Register as '{name}' for {InWords(Scope)}"))
                return;
            WarnOfLeftOut(destination.Tls);
            var registered = store.Set(destination);
            WriteVerbose($"'{name}' was written to '{store.Path}'.");
            if (PassThru)
                WriteObject(registered);
        }
        catch (DestinationFileException e)
        {
            WriteError(DicomErrors.Record(e, e.ErrorId, store.Path));
        }
    }

    /// <summary>An encrypted key can be registered without its password, which is needed where it is used.</summary>
    private protected override bool TakesLockedKey() => _isKeyEncrypted = true;

    internal static string InWords(DicomDestinationScope scope) => scope == DicomDestinationScope.AllUsers ? "all users" : "you";

    private void WarnOfLeftOut(DicomTls? tls)
    {
        if (KeyPassword is not null || _isKeyEncrypted)
            WriteWarning($"The password of the key is not saved. Give it with -KeyPassword wherever '{Name.Trim()}' is used.");
        if (Certificate is not null && StoredCertificates.Find(Certificate.Thumbprint) is null)
        {
            WriteWarning($"The certificate '{Certificate.Subject}' is saved by its thumbprint alone, and no store of this user or machine has it. "
                + "Put it into the user's store, or register it with -CertificatePath.");
        }
        if (tls is { TrustedCertificates.Count: > 0, TrustedCertificatePath.Count: 0 })
            WriteWarning("The trusted certificates are not saved, because no files of them are known. Give them with -TrustedCertificatePath.");
    }
}
