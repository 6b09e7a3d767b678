using System.Diagnostics;
using System.Globalization;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using FlywheelDicom.Mutation;

// Runs the unit tests against each mutant in this one process: a process for each, as Stryker has it, takes seconds where the tests
// take milliseconds. It ends with 3 where a mutant hangs and keeps a processor busy; who started it starts it again.
var (bin, assembly, classes, report, folder, results) = (args[0], args[1], new Regex(args[2]), args[3], args[4], args[5]);
const int GoOn = 3;
var atLeast = TimeSpan.FromSeconds(4);
// What takes longer is run with each mutant that no other test finds: leave it out.
var tooLong = TimeSpan.FromSeconds(4);

AssemblyLoadContext.Default.Resolving += (context, name) => File.Exists(Path.Combine(bin, name.Name + ".dll")) ? context.LoadFromAssemblyPath(Path.Combine(bin, name.Name + ".dll")) : null;
var mutated = new MutatedAssembly(AssemblyLoadContext.Default.LoadFromAssemblyPath(Path.Combine(bin, assembly + ".dll")));
var mutants = Mutant.Read(report, folder);
var verdicts = new Verdict(results);
if (mutants.TrueForAll(verdicts.Has))
    return Tell();

var tests = TestCase.In(AssemblyLoadContext.Default.LoadFromAssemblyPath(Path.Combine(bin, "FlywheelDicom.Unit.dll")), classes);
Console.WriteLine($"{mutants.Count} mutants, {tests.Count} tests");
// Once to warm up: who fails without a change says nothing.
foreach (var test in tests.ToList())
{
    if (test.Run(TimeSpan.FromMinutes(1)) is not { } why)
        continue;
    Console.WriteLine($"left out, since it fails without a change: {test}: {why}");
    tests.Remove(test);
}
foreach (var test in tests)
{
    var watch = Stopwatch.StartNew();
    test.Covered = mutated.CoveredBy(() => test.Run(TimeSpan.FromMinutes(1)));
    test.Time = watch.Elapsed;
}
tests = [.. tests.Where(t => t.Time < tooLong).OrderBy(t => t.Time)];

foreach (var mutant in mutants.Where(m => !verdicts.Has(m)))
{
    var covering = tests.Where(t => t.Covered.Contains(mutant.Id)).ToList();
    if (covering.Count == 0)
    {
        verdicts.Note(mutant.Id, Verdict.NotCovered, "");
        continue;
    }
    verdicts.Begin(mutant);
    mutated.Activate(mutant);
    var (verdict, by) = (Verdict.Survived, "");
    foreach (var test in covering)
    {
        if (test.Run(4 * test.Time + atLeast) is not { } why)
            continue;
        (verdict, by) = (why == Verdict.TimedOut ? why : Verdict.Killed, $"{test}: {why}");
        break;
    }
    mutated.Deactivate();
    verdicts.Note(mutant.Id, verdict, by);
    if (verdict == Verdict.TimedOut && IsBusy())
        return GoOn;
}
return Tell();

static bool IsBusy()
{
    using var self = Process.GetCurrentProcess();
    var before = self.TotalProcessorTime;
    Thread.Sleep(500);
    self.Refresh();
    return self.TotalProcessorTime - before > TimeSpan.FromMilliseconds(60);
}

int Tell()
{
    foreach (var mutant in mutants.Where(m => verdicts.Of(m) is Verdict.Survived or Verdict.NotCovered))
        Console.WriteLine($"{mutant.File}:{mutant.Line} {verdicts.Of(mutant)}: {mutant.Kind}: {mutant.Original} -> {mutant.Replacement}");
    int Count(string verdict) => mutants.Count(m => verdicts.Of(m) == verdict);
    var (killed, timedOut) = (Count(Verdict.Killed), Count(Verdict.TimedOut));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{folder}: {mutants.Count} mutants, {killed} killed, {timedOut} timed out, {Count(Verdict.Survived)} survived, {Count(Verdict.NotCovered)} without coverage: {100.0 * (killed + timedOut) / mutants.Count:0.0} %"));
    return 0;
}
