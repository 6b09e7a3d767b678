using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace FlywheelDicom.Cmdlets;

/// <summary>Completes DICOM keywords, and tags where a word begins like one: (0010, or 0010.</summary>
internal sealed class DicomTagCompleter : IArgumentCompleter
{
    private const int MaxOffers = 500;

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var word = (wordToComplete ?? "").Trim('\'', '"');
        var entries = DicomDictionary.Keywords.Order(StringComparer.OrdinalIgnoreCase)
            .Select(k => DicomDictionary.TryGetTag(k, out var tag) ? DicomDictionary.Lookup(tag) : null).OfType<DicomDictionaryEntry>();
        var isTag = word.Length > 0 && (word[0] == '(' || char.IsAsciiDigit(word[0]));
        return Completions.Of(word, entries.Select(e => (isTag ? TagText(e.Tag, word) : e.Keyword, $"{e.Tag} {e.VR.Code}, {e.Name}{(e.IsRetired ? " (retired)" : "")}"))).Take(MaxOffers);
    }

    private static string TagText(DicomTag tag, string word) => word[0] == '(' ? tag.ToString() : FormattableString.Invariant($"{tag.Group:X4}{tag.Element:X4}");
}
