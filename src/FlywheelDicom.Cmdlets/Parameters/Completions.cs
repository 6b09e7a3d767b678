using System.Management.Automation;
using System.Management.Automation.Language;

namespace FlywheelDicom.Cmdlets;

/// <summary>What completers have in common: the offers that begin as the word does, in quotes where they need them.</summary>
internal static class Completions
{
    public static IEnumerable<CompletionResult> Of(string? word, IEnumerable<(string Text, string Tooltip)> offers)
    {
        var start = (word ?? "").Trim('\'', '"');
        return offers.Where(o => o.Text.StartsWith(start, StringComparison.OrdinalIgnoreCase))
            .Select(o => new CompletionResult(Quoted(o.Text), o.Text, CompletionResultType.ParameterValue, o.Tooltip));
    }

    /// <summary>As it must stand in a command line to be one argument.</summary>
    public static string Quoted(string text)
        => text.Length > 0 && text.All(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '/' or '\\' or '~') || IsAddress(text)
            ? text : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";

    /// <summary>Such as PACS@host:104 and [::1]:104, which are one argument as they stand.</summary>
    private static bool IsAddress(string text)
        => text.Length > 0 && text[0] != '@' && text.All(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '@' or '[' or ']');
}
