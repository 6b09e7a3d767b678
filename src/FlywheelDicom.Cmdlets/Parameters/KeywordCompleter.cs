using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace FlywheelDicom.Cmdlets;

/// <summary>Completes keywords of the dictionary: those that begin as typed, then those that hold it. The tooltip has tag, VR and name.</summary>
internal sealed class KeywordCompleter : IArgumentCompleter
{
    private const int Most = 500;

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var word = (wordToComplete ?? "").Trim('\'', '"');
        var keywords = DicomDictionary.Keywords.Where(k => k.Contains(word, StringComparison.OrdinalIgnoreCase));
        return keywords.OrderBy(k => k.StartsWith(word, StringComparison.OrdinalIgnoreCase) ? 0 : 1).ThenBy(k => k, StringComparer.Ordinal).Take(Most)
            .Select(k => new CompletionResult(k, k, CompletionResultType.ParameterValue, Tip(k)));
    }

    private static string Tip(string keyword)
        => DicomDictionary.TryGetTag(keyword, out var tag) && DicomDictionary.Lookup(tag) is { } entry ? $"{tag} {entry.VR} {entry.Name}" : keyword;
}
