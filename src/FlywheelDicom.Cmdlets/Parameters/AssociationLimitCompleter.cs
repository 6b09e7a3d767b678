using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace FlywheelDicom.Cmdlets;

/// <summary>Offers Auto, and the numbers that are commonly tried.</summary>
internal sealed class AssociationLimitCompleter : IArgumentCompleter
{
    private static readonly string[] s_offers = [AssociationLimitAttribute.Auto, "1", "2", "4", "8", "16"];

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => s_offers.Where(o => o.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase)).Select(o => new CompletionResult(o));
}
