using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace FlywheelDicom.Cmdlets;

/// <summary>Completes the addresses that a listener is commonly bound to.</summary>
internal sealed class ListenAddressCompleter : IArgumentCompleter
{
    private static readonly (string, string)[] s_offers =
        [("127.0.0.1", "Only this machine"), ("0.0.0.0", "All IPv4 addresses of this machine"), ("::1", "Only this machine, IPv6"), ("::", "All addresses of this machine, IPv6")];

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => Completions.Of(wordToComplete, s_offers);
}
