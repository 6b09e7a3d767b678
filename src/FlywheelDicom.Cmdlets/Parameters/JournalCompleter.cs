using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace FlywheelDicom.Cmdlets;

/// <summary>Completes journals: files that end in .tsv, and folders on the way to them.</summary>
internal sealed class JournalCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => CompletionCompleters.CompleteFilename((wordToComplete ?? "").Trim('\'', '"'))
            .Where(c => c.ResultType == CompletionResultType.ProviderContainer || c.ListItemText.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase));
}
