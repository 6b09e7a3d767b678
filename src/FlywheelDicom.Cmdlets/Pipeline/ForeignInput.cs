using System.Globalization;
using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// What was given in place of an instance or a result and is none. It is named by its type and its place among what came: what it says
/// of itself may be a patient's.
/// </summary>
/// <param name="Kind">Its type, as PowerShell names it.</param>
internal sealed record ForeignInput(string Kind)
{
    private const int MaxPath = 1024;
    private const int Shown = 100;

    /// <summary>The name of a text that cannot be a path.</summary>
    public const string NoPath = "a text that is no path";

    public static ForeignInput Of(object input)
    {
        var kind = PlainText.Clean(input is PSObject { TypeNames: { Count: > 0 } names } ? names[0] : (input as PSObject ?? input).GetType().FullName!);
        return new ForeignInput(kind.Length > Shown ? kind[..Shown] : kind);
    }

    /// <summary>Whether a text is rather something else, JSON say: it has lines, or braces and quotes, or is long.</summary>
    public static bool IsNoPath(string text)
        => text.Length > MaxPath || text.AsSpan().IndexOfAny('\n', '\r') >= 0 || (text.Contains('{', StringComparison.Ordinal) && text.Contains('"', StringComparison.Ordinal));

    /// <summary>Counted from 1.</summary>
    public static string Name(int number, string what) => string.Create(CultureInfo.InvariantCulture, $"object {number}, {what}");

    /// <summary>Takes its place in the pipeline.</summary>
    public DicomFile Unusable(int number)
    {
        var name = Name(number, $"a {Kind}");
        return DicomFile.Unusable(name, new DicomOrigin { FileName = name },
            new("InputNotDicomFile", $"It is a {Kind}, not a FlywheelDicom.DicomFile or a path. What comes back from a job cannot be opened again."));
    }
}
