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
            // What a command in it could not do must not pass for a value of nothing.
            PSVariable[] variables = [new("_", file), new PSVariable("ErrorActionPreference", ActionPreference.Stop)];
            var results = script.InvokeWithContext(null, [.. variables], holder);
            return results.Count switch { 0 => null, 1 => Base(results[0]), _ => results.Select(r => Base(r)).ToArray() };
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            // What it says may hold a value of the patient. Where it failed is no secret.
            place = (e.InnerException ?? e).GetType().Name;
            if (e.ErrorRecord?.InvocationInfo?.ScriptLineNumber is > 0 and var line)
                place += string.Create(CultureInfo.InvariantCulture, $", line {line} of its script");
        }
        catch (SystemException e) when (e is not (PipelineStoppedException or OperationCanceledException))
        {
            // PowerShell's own way to leave a loop or a script, which has no public type.
            place = "it was left by break, continue or exit";
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

    private static object? Plain(object? value, ElementPath path)
    {
        if (IsValue(value) || value is byte[])
            return value;
        if (value is IDictionary || value is not IEnumerable many)
            throw Refused(value, path);
        var values = many.Cast<object?>().Select(Base).ToArray();
        if (Array.Find(values, v => !IsValue(v)) is { } other)
            throw Refused(other, path);
        return values.Length > 0 && Array.TrueForAll(values, v => v is byte) ? values.Cast<byte>().ToArray() : values;
    }

    /// <summary>Texts, numbers, times and UIDs. The text of any other object is not what its user means.</summary>
    private static bool IsValue(object? value) => value is null or string or char or bool or Enum or DicomUID or DicomTag or Uri
        or DateTime or DateTimeOffset or DateOnly or TimeOnly or TimeSpan or (IFormattable and IConvertible);

    private static ArgumentException Refused(object? value, ElementPath path) => new(value is IDictionary or ScriptBlock
        ? $"{path}: a table or a script block is no value."
        : $"{path}: an object of type {value?.GetType().Name} is no value. Give a text, a number, a time, or one of the object's properties.");

    private static object? Base(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
