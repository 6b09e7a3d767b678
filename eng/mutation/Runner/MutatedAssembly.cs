using System.Collections;
using System.Reflection;

namespace FlywheelDicom.Mutation;

/// <summary>The switch that Stryker compiles into an assembly.</summary>
internal sealed class MutatedAssembly
{
    private const int None = -1;
    private const BindingFlags Any = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
    private readonly FieldInfo _active;
    private readonly FieldInfo _capture;
    private readonly MethodInfo _covered;

    public MutatedAssembly(Assembly assembly)
    {
        var control = assembly.GetTypes().Single(t => t.Name == "MutantControl");
        _active = control.GetField("ActiveMutant", Any)!;
        _capture = control.GetField("CaptureCoverage", Any)!;
        _covered = control.GetMethod("GetCoverageData", Any)!;
        Deactivate();
    }

    public void Activate(Mutant mutant) => _active.SetValue(null, mutant.Id);

    public void Deactivate() => _active.SetValue(null, None);

    /// <summary>The mutants whose code is run by this.</summary>
    public HashSet<int> CoveredBy(Action run)
    {
        _capture.SetValue(null, true);
        _covered.Invoke(null, null);
        run();
        var covered = ((IEnumerable)_covered.Invoke(null, null)!).Cast<IEnumerable>().SelectMany(list => list.Cast<int>()).ToHashSet();
        _capture.SetValue(null, false);
        return covered;
    }
}
