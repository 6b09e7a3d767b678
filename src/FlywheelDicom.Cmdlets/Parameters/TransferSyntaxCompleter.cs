using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace FlywheelDicom.Cmdlets;

/// <summary>Completes transfer syntaxes by name, and by UID where a word begins like one.</summary>
internal sealed class TransferSyntaxCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var word = (wordToComplete ?? "").Trim('\'', '"');
        var isUid = word.Length > 0 && char.IsAsciiDigit(word[0]);
        return Completions.Of(word, DicomDictionary.Uids.Where(u => u.Kind == "Transfer Syntax").OrderBy(u => u.IsRetired)
            .Select(u => (isUid ? u.UID : u.Name, $"{u}{(u.IsRetired ? ", retired" : "")}")));
    }
}
