using System.Collections.Concurrent;

namespace FlywheelDicom;

/// <summary>For words that are neither a tag nor a keyword: finds the nearest keyword, and reports each word once.</summary>
internal static class KeywordSearch
{
    private const int MaxReported = 1000;
    private static readonly ConcurrentDictionary<string, string?> s_nearest = new(StringComparer.OrdinalIgnoreCase);
    private static readonly ConcurrentDictionary<string, bool> s_reported = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A message that it is none, and what may have been meant.</summary>
    public static string Describe(string word)
    {
        var shown = word.Length <= 64 && !word.Any(char.IsControl) ? $"'{word}'" : "The text";
        return Known(word.Trim()) is { } nearest
            ? $"{shown} is not a DICOM tag or keyword. Did you mean {nearest}?"
            : $"{shown} is not a DICOM tag or keyword. Write PatientName, (0010,0010) or 00100010.";
    }

    /// <summary>Reports a word to the host, once in a process.</summary>
    public static void Report(string? word)
    {
        if (DicomHost.UnknownKeyword is { } report && word is not null && s_reported.Count < MaxReported && s_reported.TryAdd(word, true))
            report(Describe(word));
    }

    // A filter asks for the same word for each instance.
    private static string? Known(string word) => s_nearest.Count < MaxReported ? s_nearest.GetOrAdd(word, Nearest) : s_nearest.TryGetValue(word, out var known) ? known : Nearest(word);

    /// <summary>The keyword with the fewest changed letters; null if these are too many for its length.</summary>
    public static string? Nearest(string word)
    {
        if (word.Length is 0 or > 64 || !word.Any(char.IsAsciiLetter))
            return null;
        var (best, least) = ((string?)null, Math.Max(2, word.Length / 3) + 1);
        foreach (var keyword in DicomDictionary.Keywords)
        {
            if (Math.Abs(keyword.Length - word.Length) >= least)
                continue;
            var distance = Distance(word, keyword, least);
            if (distance < least)
                (best, least) = (keyword, distance);
        }
        return best;
    }

    /// <summary>How many letters were added, left out, changed, or swapped with the next one. Case does not count.</summary>
    private static int Distance(string left, string right, int limit)
    {
        Span<int> before = stackalloc int[right.Length + 1], last = stackalloc int[right.Length + 1], row = stackalloc int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++)
            last[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            row[0] = i;
            var least = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var isSame = char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]);
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (isSame ? 0 : 1));
                if (i > 1 && j > 1 && char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 2]) && char.ToUpperInvariant(left[i - 2]) == char.ToUpperInvariant(right[j - 1]))
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                least = Math.Min(least, row[j]);
            }
            if (least >= limit)
                return limit;
            var oldest = before;
            before = last;
            last = row;
            row = oldest;
        }
        return last[right.Length];
    }
}
