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

    public void OnImport() => AssemblyLoadContext.Default.Resolving += Resolve;

    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        AssemblyLoadContext.Default.Resolving -= Resolve;
        ReceiverList.StopAll();
        FlywheelConnection.Replace(null);
    }

    /// <summary>Only our own assemblies are handed to the default context; the packages stay out of it.</summary>
    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name)
        => name.Name is "FlywheelDicom.Transfer" or "FlywheelDicom.Flywheel" ? s_private.Value.LoadFromAssemblyName(name) : null;

    private sealed class PrivateContext(string folder) : AssemblyLoadContext("FlywheelDicom")
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            var path = Path.Combine(folder, assemblyName.Name + ".dll");
            return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }
    }
}
