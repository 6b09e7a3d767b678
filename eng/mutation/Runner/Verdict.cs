using System.Globalization;

namespace FlywheelDicom.Mutation;

/// <summary>What became of each mutant, in a file that a later process goes on with: one may hang or end this process.</summary>
internal sealed class Verdict
{
    public const string TimedOut = "timed out";
    public const string Killed = "killed";
    public const string Survived = "survived";
    public const string NotCovered = "no coverage";

    private readonly string _path;
    private readonly Dictionary<int, string> _known = [];

    public Verdict(string path)
    {
        _path = path;
        foreach (var fields in File.Exists(path) ? File.ReadLines(path).Select(l => l.Split('\t')) : [])
            _known[int.Parse(fields[0], CultureInfo.InvariantCulture)] = fields[1];
        // The mutant that ended the process before this one.
        if (!File.Exists(Pending))
            return;
        Note(int.Parse(File.ReadAllText(Pending), CultureInfo.InvariantCulture), Killed, "the process ended");
    }

    private string Pending => _path + ".pending";

    public bool Has(Mutant mutant) => _known.ContainsKey(mutant.Id);

    public string Of(Mutant mutant) => _known[mutant.Id];

    public void Begin(Mutant mutant) => File.WriteAllText(Pending, mutant.Id.ToString(CultureInfo.InvariantCulture));

    public void Note(int id, string verdict, string why)
    {
        _known[id] = verdict;
        File.AppendAllText(_path, $"{id}\t{verdict}\t{why}\n");
        File.Delete(Pending);
    }
}
