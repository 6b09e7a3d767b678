using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace FlywheelDicom.Cmdlets;

/// <summary>Completes AE titles of registered destinations and of the receivers of this session.</summary>
internal sealed class CalledAECompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => Completions.Of(wordToComplete, DestinationCompleter.Registered().Select(d => (d.CalledAE, DestinationCompleter.Describe(d)))
            .Concat(ModuleState.Current.Receivers.All.Where(r => r.AETitle is not null).Select(r => (r.AETitle!, $"The receiver of this session ({r})")))
            .DistinctBy(o => o.Item1, StringComparer.OrdinalIgnoreCase));
}
