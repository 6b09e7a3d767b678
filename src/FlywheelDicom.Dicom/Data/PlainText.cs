using System.Buffers;
using System.Globalization;
using System.Text;

// The Flywheel client compiles this file too, since it does not reference the engine.
#if FLYWHEEL_CLIENT
namespace FlywheelDicom.Flywheel;
#else
namespace FlywheelDicom;
#endif

/// <summary>
/// Makes text from elsewhere (a peer, a file's name, Flywheel) safe to show. Characters that control a terminal, begin a new line in a
/// log or change the reading order are replaced by their number, such as <c>\u001B</c>. It is called where text is received.
/// </summary>
internal static class PlainText
{
    private const char Replacement = '\uFFFD';

    /// <summary>C0, DEL and C1; separators of lines and paragraphs; all that changes the reading direction.</summary>
    private static readonly SearchValues<char> s_unfit = SearchValues.Create(
        [.. Range(0x00, 0x1F), .. Range(0x7F, 0x9F), '\u061C', '\u200E', '\u200F', .. Range(0x2028, 0x202E), .. Range(0x2066, 0x2069), .. Range(0xD800, 0xDFFF), '\uFEFF']);

    /// <summary>Replaces such characters. Without any, it returns the same string.</summary>
    public static string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var first = text.AsSpan().IndexOfAny(s_unfit);
        return first < 0 ? text : Cleaned(text, first);
    }

    private static string Cleaned(string text, int first)
    {
        var clean = new StringBuilder(text, 0, first, text.Length + 16);
        for (var i = first; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                clean.Append(c).Append(text[++i]);
            else if (char.IsSurrogate(c))
                clean.Append(Replacement);
            else if (s_unfit.Contains(c))
                clean.Append("\\u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture));
            else
                clean.Append(c);
        }
        return clean.ToString();
    }

    private static IEnumerable<char> Range(int first, int last) => Enumerable.Range(first, last - first + 1).Select(c => (char)c);
}
