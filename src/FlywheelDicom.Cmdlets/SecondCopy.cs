using System.Management.Automation;
using System.Runtime.ExceptionServices;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// One process has one copy of the module. PowerShell refuses a second one, of another folder or version, before any code of that copy
/// could run, and in the platform's words. The copy that is there says first what that means, and what to do.
/// </summary>
internal static class SecondCopy
{
    private const string Module = "FlywheelDicom";
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    [ThreadStatic]
    private static bool t_isTelling;

    [ThreadStatic]
    private static long t_told;

    /// <summary>Once for the process, and for good.</summary>
    public static void Watch() => AppDomain.CurrentDomain.FirstChanceException += Look;

    private static void Look(object? sender, FirstChanceExceptionEventArgs e)
    {
        // It sees every exception of the process: it must be quick, and must not raise one that it would see again.
        if (t_isTelling || !IsOfSecondCopy(e.Exception) || (t_told != 0 && TimeProvider.System.GetElapsedTime(t_told) < s_pause))
            return;
        t_isTelling = true;
        try
        {
            t_told = TimeProvider.System.GetTimestamp();
            EngineHost.Warn(Words);
        }
        catch (RuntimeException)
        {
            // -WarningAction Stop: the error that follows is told in the platform's words alone.
        }
        finally
        {
            t_isTelling = false;
        }
    }

    private static string Words
    {
        get
        {
            var own = typeof(SecondCopy).Assembly;
            return $"This process has {Module} {own.GetName().Version?.ToString(3)} from '{Path.GetDirectoryName(own.Location)}', and one process has one copy of the module. "
                + "To use the other copy, start a new PowerShell session and import it there.";
        }
    }

    /// <summary>Another build's assembly is refused by the platform; an exact copy by PowerShell, for its type data.</summary>
    private static bool IsOfSecondCopy(Exception exception) => exception switch
    {
        FileLoadException => exception.Message.Contains($"'{Module}.", StringComparison.Ordinal),
        RuntimeException => exception.Message.Contains($"{Module}.DicomSendResult\": The member", StringComparison.Ordinal),
        _ => false,
    };
}
