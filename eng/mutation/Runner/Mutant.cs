using System.Text.Json;

namespace FlywheelDicom.Mutation;

/// <summary>A change that Stryker has compiled in, and that is switched on by its number.</summary>
internal sealed record Mutant(int Id, string File, int Line, string Kind, string Original, string Replacement)
{
    /// <summary>The mutants of a folder in Stryker's report, but for those that it leaves out for the reasons in stryker-config.yaml.</summary>
    public static List<Mutant> Read(string report, string folder)
    {
        using var json = JsonDocument.Parse(System.IO.File.ReadAllBytes(report));
        var mutants = new List<Mutant>();
        foreach (var file in json.RootElement.GetProperty("files").EnumerateObject())
        {
            if (!file.Name.Contains(folder, StringComparison.Ordinal))
                continue;
            var lines = file.Value.GetProperty("source").GetString()!.Split('\n');
            foreach (var mutant in file.Value.GetProperty("mutants").EnumerateArray())
            {
                if (mutant.GetProperty("status").GetString() is "CompileError" or "Ignored")
                    continue;
                var (start, end) = (mutant.GetProperty("location").GetProperty("start"), mutant.GetProperty("location").GetProperty("end"));
                var (line, column) = (start.GetProperty("line").GetInt32(), start.GetProperty("column").GetInt32());
                var (text, kind) = (lines[line - 1], mutant.GetProperty("mutatorName").GetString()!);
                // Whether a continuation returns to a context: there is none, so no test can tell.
                if (kind == "Boolean mutation" && text[..(column - 1)].EndsWith("ConfigureAwait(", StringComparison.Ordinal))
                    continue;
                var original = end.GetProperty("line").GetInt32() == line ? text[(column - 1)..(end.GetProperty("column").GetInt32() - 1)] : text[(column - 1)..].TrimEnd() + " ...";
                mutants.Add(new Mutant(int.Parse(mutant.GetProperty("id").GetString()!, null), Path.GetFileName(file.Name), line, kind, original,
                    string.Join(' ', mutant.GetProperty("replacement").GetString()!.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))));
            }
        }
        return mutants;
    }
}
