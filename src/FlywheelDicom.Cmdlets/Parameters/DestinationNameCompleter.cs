using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace FlywheelDicom.Cmdlets;

/// <summary>Completes the names of registered destinations.</summary>
internal sealed class DestinationNameCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => Completions.Of(wordToComplete, DestinationCompleter.Registered()
            .DistinctBy(d => d.Name, StringComparer.OrdinalIgnoreCase).Select(d => (d.Name!, DestinationCompleter.Describe(d))));
}
