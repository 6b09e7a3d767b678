using System.ComponentModel;
using System.Globalization;
using System.Text;

namespace FlywheelDicom.Cmdlets;

/// <summary>Texts for the module's views; FlywheelDicom.Format.ps1xml calls it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ViewText
{
    /// <summary>An element as one line, or as several where it is a sequence: an indented tree.</summary>
    /// <param name="element">The element.</param>
    /// <param name="width">Columns of the window; 0 or less where that is not known.</param>
    public static string Element(DicomElement element, int width) => ElementLines.Of(element, width);

    /// <summary>The short name of a transfer syntax, by its UID or registered name.</summary>
    public static string TransferSyntax(string? uid) => TransferSyntaxNames.Short(uid);

    /// <summary>The name of a SOP class without the word Storage; the UID where it has none.</summary>
    public static string SopClass(string? uid)
        => string.IsNullOrEmpty(uid) ? "" : DicomUID.Lookup(uid).Name.Replace(" Storage", "", StringComparison.Ordinal);

    /// <summary>The end of a text that is too long, as names of files differ at their end.</summary>
    public static string End(string? text, int width)
        => text is null ? "" : text.Length <= width ? text : string.Concat("…", text.AsSpan(text.Length - width + 1));

    /// <summary>The beginning of a text that is too long.</summary>
    public static string Start(string? text, int width)
        => text is null ? "" : text.Length <= width ? text : string.Concat(text.AsSpan(0, width - 1), "…");

    /// <summary>A text broken between words, for the last column: a table would break it anywhere.</summary>
    /// <param name="text">The text.</param>
    /// <param name="before">Columns before the last one.</param>
    /// <param name="width">Columns of the window; 0 or less where that is not known.</param>
    public static string Last(string? text, int before, int width)
    {
        var room = Math.Max(80, width) - before;
        var (lines, line) = (new StringBuilder(), 0);
        foreach (var word in (text ?? "").Split(' '))
        {
            if (line > 0 && line + 1 + word.Length > room)
                (lines, line) = (lines.Append('\n'), 0);
            else if (line > 0)
                (lines, line) = (lines.Append(' '), line + 1);
            lines.Append(word);
            line += word.Length;
        }
        return lines.ToString();
    }

    /// <summary>Bytes in the unit that leaves one to three digits before the point.</summary>
    public static string Bytes(long bytes)
    {
        ReadOnlySpan<string> units = ["B", "KB", "MB", "GB", "TB"];
        var value = (double)bytes;
        var unit = 0;
        for (; value >= 999.5 && unit < units.Length - 1; unit++)
            value /= 1000;
        return $"{value.ToString(unit == 0 || value >= 99.95 ? "0" : "0.0", CultureInfo.InvariantCulture)} {units[unit]}";
    }

    /// <summary>A duration: milliseconds below a second, then seconds, minutes and hours.</summary>
    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0} ms"),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.0} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration:m\\:ss} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(duration.TotalHours)}:{duration:mm\\:ss} h"),
    };
}
