using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace FlywheelDicom.Cmdlets;

/// <summary>What the engine asks of PowerShell: where a relative path begins, and a way to warn from within an expression.</summary>
internal static class EngineHost
{
    /// <summary>Set once for the process. Each call is answered by the runspace of the thread that makes it.</summary>
    public static void Attach() => (DicomHost.ResolvePath, DicomHost.UnknownKeyword) = (Resolve, Warn);

    private static string Resolve(string path)
    {
        if (Runspace.DefaultRunspace is null)
            return Path.GetFullPath(path);
        var resolved = ScriptBlock.Create("param($path) $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($path)").InvokeReturnAsIs(path);
        return (string)(resolved is PSObject wrapped ? wrapped.BaseObject : resolved);
    }

    /// <summary>A warning of the runspace of this thread.</summary>
    public static void Warn(string message)
    {
        if (Runspace.DefaultRunspace is not null)
            ScriptBlock.Create("param($message) Write-Warning $message").Invoke(message);
    }
}
