using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace FlywheelDicom.Cmdlets;

/// <summary>Completes private groups: the usual one first, then some that are odd and above 0x0008, as they must be.</summary>
internal sealed class PrivateGroupCompleter : IArgumentCompleter
{
    private static readonly (string, string)[] s_offers =
        [("0x0021", "The default, as dicom-send has it"), .. new[] { "0x0009", "0x0011", "0x0019", "0x0029", "0x0051", "0x0099" }.Select(g => (g, "Private group"))];

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => Completions.Of(wordToComplete, s_offers);
}
