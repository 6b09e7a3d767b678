using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// Keeps the module's packages, and what uses them, in a load context of its own, so that another module's versions of them
/// cannot break it, nor it theirs.
/// </summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    private static readonly string s_folder = Path.Combine(Path.GetDirectoryName(typeof(ModuleInitializer).Assembly.Location)!, "lib");
    private static readonly Lazy<PrivateContext> s_private = new(() => new PrivateContext(s_folder));

    /// <summary>Once for the process, and for good: the module may go from one runspace and stay in others.</summary>
    static ModuleInitializer()
    {
        AssemblyLoadContext.Default.Resolving += Resolve;
        EngineHost.Attach();
        SecondCopy.Watch();
    }

    /// <summary>The module comes into a runspace.</summary>
    public void OnImport() => ModuleState.Current.Begin();

    /// <summary>The module leaves a runspace.</summary>
    public void OnRemove(PSModuleInfo psModuleInfo) => ModuleState.Current.Clear();

    /// <summary>
    /// Only our own assemblies are handed to the default context; the packages stay out of it. One whose file is not there is not asked
    /// for by name: the context would ask the default one, which would ask here again.
    /// </summary>
    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name)
        => name.Name is "FlywheelDicom.Transfer" or "FlywheelDicom.Flywheel" ? s_private.Value.Find(name) : null;

    private sealed class PrivateContext(string folder) : AssemblyLoadContext("FlywheelDicom")
    {
        public Assembly? Find(AssemblyName name)
        {
            var path = Path.Combine(folder, name.Name + ".dll");
            return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }

        protected override Assembly? Load(AssemblyName assemblyName) => Find(assemblyName);
    }
}
