using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace FlywheelDicom.Unit.Architecture;

/// <summary>
/// Arrows point down, between projects and between the engine's folders. A source file may use the types of its own floor and of
/// those below. Types are told by name, in the source: public types share one namespace, so an assembly does not say where they stand.
/// </summary>
public sealed partial class FloorsTests
{
    /// <summary>The engine's floors, from below.</summary>
    private static readonly string[] s_floors =
        ["Data", "IO", "Network/Wire", "Network/Connection", "Network/Scu", "Network/Scp", "Network/Services", "Objects"];

    /// <summary>What each project may use, itself apart.</summary>
    private static readonly Dictionary<string, string[]> s_projects = new()
    {
        ["FlywheelDicom.Dicom"] = [],
        ["FlywheelDicom.Flywheel"] = [],
        ["FlywheelDicom.Transfer"] = ["FlywheelDicom.Dicom", "FlywheelDicom.Flywheel"],
        ["FlywheelDicom.Cmdlets"] = ["FlywheelDicom.Dicom", "FlywheelDicom.Transfer"],
    };

    [Fact]
    public void Each_file_of_the_engine_uses_its_own_floor_and_those_below()
    {
        var engine = Path.Combine(Root(), "src", "FlywheelDicom.Dicom");
        var files = SourceFiles(engine).Select(path => (Path: path, Floor: FloorOf(Path.GetRelativePath(engine, path)), Code: CodeOf(path))).ToList();
        var homes = files.SelectMany(f => Declaration().Matches(f.Code).Select(m => (Type: m.Groups[1].Value, f.Floor)))
            .GroupBy(d => d.Type).ToDictionary(d => d.Key, d => d.Min(t => t.Floor));
        var wrong = (from file in files
                     from name in Name().Matches(file.Code).Select(m => m.Value).Distinct()
                     where homes.TryGetValue(name, out var home) && home > file.Floor
                     select $"{s_floors[file.Floor]}: {Path.GetFileName(file.Path)} uses {name}, which stands above it in {s_floors[homes[name]]}.").ToList();
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    [Fact]
    public void Each_project_references_those_below_it_alone()
    {
        foreach (var (project, allowed) in s_projects)
        {
            var text = File.ReadAllText(Path.Combine(Root(), "src", project, $"{project}.csproj"));
            var references = ProjectReference().Matches(text).Select(m => m.Groups[1].Value).Order();
            Assert.Equal(allowed, references);
        }
    }

    [Fact]
    public void The_engine_uses_no_package()
        => Assert.DoesNotContain("PackageReference", File.ReadAllText(Path.Combine(Root(), "src", "FlywheelDicom.Dicom", "FlywheelDicom.Dicom.csproj")), StringComparison.Ordinal);

    /// <summary>Read from the source, so that a file that stands on no floor is a failure too.</summary>
    private static int FloorOf(string relativePath)
    {
        var folder = Path.GetDirectoryName(relativePath)!.Replace('\\', '/');
        var floor = Array.FindIndex(s_floors, f => folder == f || folder.StartsWith(f + '/', StringComparison.Ordinal));
        Assert.True(floor >= 0, $"{relativePath} stands on no floor.");
        return floor;
    }

    private static IEnumerable<string> SourceFiles(string project)
        => Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories)
            .Where(path => Path.GetRelativePath(project, path).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"));

    /// <summary>Without comments and texts, which may name anything.</summary>
    private static string CodeOf(string path) => Prose().Replace(File.ReadAllText(path), "\"\"");

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/|""(?:\\.|[^""\\\n])*""", RegexOptions.Singleline)]
    private static partial Regex Prose();

    /// <summary>Of types that stand in no other: these begin their line.</summary>
    [GeneratedRegex(@"^[a-z][a-z ]*\b(?:class|struct|interface|enum|record|delegate \S+)\s+(?:struct\s+|class\s+)?([A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    /// <summary>A name that is not a member of something.</summary>
    [GeneratedRegex(@"(?<![.\w])[A-Z]\w*")]
    private static partial Regex Name();

    [GeneratedRegex(@"<ProjectReference Include=""[^""]*?([\w.]+)\.csproj""")]
    private static partial Regex ProjectReference();
}
