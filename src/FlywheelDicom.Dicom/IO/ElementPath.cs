using System.Globalization;

namespace FlywheelDicom.IO;

/// <summary>Where an element stands: its name, behind the items that lead to it, as in BeamSequence[0].ControlPointSequence[*].GantryAngle.</summary>
/// <param name="Steps">From the top of the data set downwards; none for an element at the top.</param>
/// <param name="Target">The element.</param>
internal sealed record ElementPath(PathStep[] Steps, ElementName Target)
{
    /// <summary>An element at the top of a data set.</summary>
    public bool IsTop => Steps.Length == 0;

    /// <summary>How many steps stand for all items.</summary>
    public int Wildcards => Steps.Count(s => s.Index == PathStep.AllItems);

    /// <exception cref="FormatException">It is no path; the message says why.</exception>
    public static ElementPath Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var steps = new List<PathStep>();
        foreach (var segment in Segments(text))
        {
            if (segment.Text[^1] != ']')
                return Bare(segment, steps);
            steps.Add(Step(segment.Text));
        }
        throw new FormatException($"'{steps[^1].Name}' with an index is an item, not an element: name an element of it, as in BeamSequence[0].BeamName.");
    }

    /// <summary>Whether the other stands inside an item of what this one names.</summary>
    public bool Holds(ElementPath other) => other.Steps.Length > Steps.Length && other.Steps[Steps.Length].Name == Target
        && Steps.Zip(other.Steps).All(p => p.First.Meets(p.Second));

    /// <summary>As it is written, with the tag behind the last keyword.</summary>
    public override string ToString() => string.Concat(Steps.Select(s => $"{s}.")) + Target;

    private static ElementPath Bare(Segment segment, List<PathStep> steps)
    {
        var name = ElementName.Parse(segment.Text);
        return segment.IsLast ? new ElementPath([.. steps], name)
            : throw new FormatException($"'{name}' needs an index to lead to what is in it: {Shown(name)}[0] for its first item, {Shown(name)}[*] for all.");
    }

    private static PathStep Step(string segment)
    {
        var open = segment.LastIndexOf('[');
        var name = open > 0 ? ElementName.Parse(segment[..open]) : throw new FormatException("A path has a keyword or tag in front of each index, as in BeamSequence[0].BeamName.");
        if (name.Creator is null && !name.Tag.IsPrivate && DicomDictionary.Lookup(name.Tag) is { } known && known.VR != DicomVR.SQ && known.VR != DicomVR.UN)
            throw new FormatException($"{name} is not a sequence: it has no items.");
        var index = segment.AsSpan(open + 1, segment.Length - open - 2).Trim();
        if (index is "*")
            return new PathStep(name, PathStep.AllItems);
        return int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new PathStep(name, number)
            : throw new FormatException($"'{name}' has no such index: the first item is [0], and [*] stands for all.");
    }

    /// <summary>Parts between the dots that stand outside of parentheses and brackets.</summary>
    private static List<Segment> Segments(string text)
    {
        var segments = new List<Segment>();
        var (start, depth) = (0, 0);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] is '(' or '[')
                depth++;
            else if (i < text.Length && text[i] is ')' or ']')
                depth--;
            else if (i == text.Length || (text[i] == '.' && depth == 0))
            {
                segments.Add(new(text[start..i].Trim(), i == text.Length));
                start = i + 1;
            }
        }
        return segments.TrueForAll(s => s.Text.Length > 0) ? segments : throw new FormatException("A path has a keyword or tag between its dots, as in BeamSequence[0].BeamName.");
    }

    private static string Shown(ElementName name) => DicomDictionary.Lookup(name.Tag)?.Keyword is { Length: > 0 } keyword && name.Creator is null ? keyword : name.ToString();

    private readonly record struct Segment(string Text, bool IsLast);
}
