using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace FlywheelDicom.Cmdlets;

/// <summary>Completes TLS profiles, each with a word on what it is.</summary>
public sealed class TlsProfileCompleter : IArgumentCompleter
{
    private static readonly (DicomTlsProfile Profile, string Help)[] s_profiles =
    [
        (DicomTlsProfile.BCP195, "PS3.15 B.9: TLS 1.2 and 1.3, ephemeral keys, AES-GCM (the default)"),
        (DicomTlsProfile.BCP195NonDowngrading, "PS3.15 B.10: as BCP195, and never older versions"),
        (DicomTlsProfile.BCP195Extended, "PS3.15 B.11: a closed list of suites; RSA keys of 2048 bits and curves of 256 at least"),
        (DicomTlsProfile.BCP195RFC8996, "PS3.15 B.12: elliptic-curve key exchange alone"),
        (DicomTlsProfile.BCP195RFC8996Modified, "PS3.15 B.13: a closed list of suites; keys and signatures of today's strength"),
    ];

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => s_profiles.Where(p => p.Profile.ToString().StartsWith(wordToComplete ?? "", StringComparison.OrdinalIgnoreCase))
            .Select(p => new CompletionResult(p.Profile.ToString(), p.Profile.ToString(), CompletionResultType.ParameterValue, p.Help));
}
