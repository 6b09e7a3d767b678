using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace FlywheelDicom.Cmdlets;

/// <summary>Completes the ports at which receivers of this session listen.</summary>
internal sealed class ReceiverPortCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => Completions.Of(wordToComplete, Offers());

    internal static IEnumerable<(string, string)> Offers()
        => ModuleState.Current.Receivers.All.Select(r => (r.Port.ToString(CultureInfo.InvariantCulture), $"The receiver of this session ({r})"));
}
