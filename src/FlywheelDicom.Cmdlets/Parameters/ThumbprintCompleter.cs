using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using FlywheelDicom.Network.Connection.Tls;

namespace FlywheelDicom.Cmdlets;

/// <summary>Completes the thumbprints of certificates that have a private key, in the user's and the machine's store.</summary>
internal sealed class ThumbprintCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => Completions.Of(wordToComplete, StoredCertificates.All().Where(c => c.HasPrivateKey)
            .Select(c => (c.Thumbprint, FormattableString.Invariant($"{c.Subject}, until {c.NotAfter:yyyy-MM-dd}"))).DistinctBy(o => o.Item1, StringComparer.Ordinal));
}
