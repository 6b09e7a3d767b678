using System.Globalization;
using System.Text;
using FlywheelDicom.IO;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// Lists an element as lines of text with fixed columns. A table has one row for each object, but a sequence needs many, so the view's
/// table has one column, and the lines are laid out here.
/// </summary>
internal static class ElementLines
{
    /// <summary>Longer sequences are cut; the whole is in the element's value.</summary>
    private const int MaxItems = 8;
    private const int TagWidth = 15;
    private const int LabelWidth = 27;
    private const int DefaultWidth = 120;
    private const int MinWidth = 72;

    public static string Of(DicomElement element, int width)
    {
        var lines = new StringBuilder();
        Add(lines, element, 0, Math.Max(MinWidth, width <= 0 ? DefaultWidth : width - 1));
        return lines.ToString().TrimEnd('\n');
    }

    private static void Add(StringBuilder lines, DicomElement element, int depth, int width)
    {
        var indent = new string(' ', 2 * depth);
        var items = Items(element);
        var start = $"{indent + element.Tag,-TagWidth} {element.VR,-2} {Length(element),8} ";
        // Deep levels take their indentation from the keyword's column.
        var label = LabelWidth - Math.Max(0, indent.Length + element.Tag.Length - TagWidth);
        start += Fit(PlainText.Clean(element.Label), Math.Max(8, label), pad: true) + " ";
        lines.Append(start).Append(Fit(PlainText.Clean(Value(element)), Math.Max(12, width - start.Length), pad: false)).Append('\n');
        for (var i = 0; i < items.Count && i < MaxItems; i++)
        {
            if (items.Count > 1)
                lines.Append(CultureInfo.InvariantCulture, $"{indent}  item {i}\n");
            foreach (var inner in items[i])
                Add(lines, inner, depth + 1, width);
        }
        if (items.Count > MaxItems)
            lines.Append(CultureInfo.InvariantCulture, $"{indent}  … and {items.Count - MaxItems} more items\n");
    }

    private static IReadOnlyList<DicomDataset> Items(DicomElement element)
    {
        try
        {
            return element.Items;
        }
        catch (DicomFormatException)
        {
            // The line of the sequence says it.
            return [];
        }
    }

    private static string Length(DicomElement element) => element.Length < 0 ? "" : element.Length.ToString(CultureInfo.InvariantCulture);

    /// <summary>A registered UID by its name, with the UID behind it.</summary>
    private static string Value(DicomElement element) => element.VR == "UI" && DicomUID.Lookup(element.Summary) is { Kind.Length: > 0 } known ? known.ToString() : element.Summary;

    private static string Fit(string text, int width, bool pad)
        => text.Length > width ? string.Concat(text.AsSpan(0, width - 1), "…") : pad ? text.PadRight(width) : text;
}
