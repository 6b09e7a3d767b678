using System.Collections;
using System.Globalization;
using System.Management.Automation;
using FlywheelDicom.IO;

namespace FlywheelDicom.Cmdlets;

/// <summary>The table that Set-DicomValue takes: values, and script blocks that are asked for one of each instance.</summary>
internal sealed class ValueTable
{
    private readonly List<(ElementPath Path, object? Value)> _rows = [];

    /// <exception cref="FormatException">A key names no element.</exception>
    /// <exception cref="ArgumentException">A value fits no instance, or two keys are about one element.</exception>
    public ValueTable(IDictionary table)
    {
        foreach (DictionaryEntry entry in table)
        {
            var path = ElementPath.Parse(Name(Base(entry.Key)));
            var value = Base(entry.Value);
            if (value is ScriptBlock)
                InstanceEdits.Check(path.Target);
            else
                ValueCheck.Check(path, value = Plain(value, path));
            if (_rows.Exists(r => r.Path.ToString() == path.ToString()))
                throw new ArgumentException($"{path} is given twice, under two names.");
            if (_rows.Select(r => r.Path).FirstOrDefault(p => p.Holds(path) || path.Holds(p)) is { } other)
                throw new ArgumentException($"{other} and {path} cannot be set at once: one of them is inside the other.");
            _rows.Add((path, value));
        }
        if (_rows.Count == 0)
            throw new ArgumentException("There is no value to set: give a table such as @{ PatientName = 'ANONYMOUS' }.");
    }

    /// <summary>The values for one instance; script blocks are run when their element is reached, and fail with an ArgumentException.</summary>
    public ValueChange[] For(DicomFile file) => [.. _rows.Select(r => new ValueChange(r.Path,
        r.Value is ScriptBlock script ? (DicomDataset holder) => Plain(Result(script, file, holder, r.Path), r.Path) : r.Value))];

    private static object? Result(ScriptBlock script, DicomFile file, DicomDataset holder, ElementPath path)
    {
        string place;
        try
        {
            var results = script.InvokeWithContext(null, [new PSVariable("_", file)], holder);
            return results.Count switch { 0 => null, 1 => Base(results[0]), _ => results.Select(r => Base(r)).ToArray() };
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            // What it says may hold a value of the patient. Where it failed is no secret.
            place = (e.InnerException ?? e).GetType().Name;
            if (e.ErrorRecord?.InvocationInfo?.ScriptLineNumber is > 0 and var line)
                place += string.Create(CultureInfo.InvariantCulture, $", line {line} of its script");
        }
        throw new ArgumentException($"{path}: the script block failed ({place}).");
    }

    private static string Name(object? key) => key switch
    {
        // 0x00100010 is a number to PowerShell.
        int number => new DicomTag((uint)number).ToString(),
        uint number => new DicomTag(number).ToString(),
        long number and >= 0 and <= uint.MaxValue => new DicomTag((uint)number).ToString(),
        _ => Convert.ToString(key, CultureInfo.InvariantCulture) ?? "",
    };

    private static object? Plain(object? value, ElementPath path) => value switch
    {
        IDictionary or ScriptBlock => throw new ArgumentException($"{path}: a table or a script block is no value."),
        IEnumerable many and not (string or byte[]) => many.Cast<object?>().Select(v => Base(v)).ToArray() is var values && values.All(v => v is byte) && values.Length > 0
            ? values.Cast<byte>().ToArray() : values.Any(v => v is IDictionary or ScriptBlock) ? throw new ArgumentException($"{path}: a table or a script block is no value.") : values,
        _ => value,
    };

    private static object? Base(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
