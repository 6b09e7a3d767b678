using System.Text;
using System.Text.RegularExpressions;

namespace FlywheelDicom.Flywheel;

/// <summary>
/// A segment of a path with wildcards: <c>*</c> for any text, <c>?</c> for one character, <c>[a-c]</c> for one of several. A backtick
/// makes the next character an ordinary one. Case does not count.
/// </summary>
internal sealed class LabelPattern
{
    private readonly Regex _regex;

    public LabelPattern(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _regex = new Regex(Translated(text), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking);
    }

    /// <summary>Whether a segment has wildcards. One that names an id has none.</summary>
    public static bool IsPattern(string segment)
    {
        ArgumentNullException.ThrowIfNull(segment);
        return FlywheelPath.IdIn(segment) is null && segment.AsSpan().IndexOfAny('*', '?', '[') >= 0;
    }

    public bool Matches(string label) => _regex.IsMatch(label);

    private static string Translated(string text)
    {
        var regex = new StringBuilder("^");
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '*':
                    regex.Append(".*");
                    break;
                case '?':
                    regex.Append('.');
                    break;
                case '`' when i + 1 < text.Length:
                    regex.Append(Regex.Escape(text[++i].ToString()));
                    break;
                case '[' when text.IndexOf(']', i + 1) is var end && end > i + 1:
                    regex.Append(Set(text[(i + 1)..end]));
                    i = end;
                    break;
                default:
                    regex.Append(Escaped(text[i]));
                    break;
            }
        }
        return regex.Append('$').ToString();
    }

    private static string Escaped(char c) => c == ']' ? "\\]" : Regex.Escape(c.ToString());

    /// <summary>One of the characters, with ranges; a range the wrong way round holds nothing.</summary>
    private static string Set(string members)
    {
        var set = new StringBuilder();
        for (var i = 0; i < members.Length; i++)
        {
            if (i + 2 < members.Length && members[i + 1] == '-')
            {
                if (members[i] <= members[i + 2])
                    set.Append(InSet(members[i])).Append('-').Append(InSet(members[i + 2]));
                i += 2;
            }
            else
                set.Append(InSet(members[i]));
        }
        return set.Length == 0 ? "(?:[^\\s\\S])" : $"[{set}]";
    }

    private static string InSet(char c) => c is '\\' or ']' or '[' or '^' or '-' ? $"\\{c}" : c.ToString();
}
