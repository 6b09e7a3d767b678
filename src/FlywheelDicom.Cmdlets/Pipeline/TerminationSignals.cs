using System.Runtime.InteropServices;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// SIGTERM and SIGHUP while cmdlets run, as when a gear or a service is stopped. The cmdlets get a moment to abort what is open and to
/// write the report. Then the process ends as it would have without us, with exit code 128 and the signal's number.
/// </summary>
internal static class TerminationSignals
{
    /// <summary>For all cmdlets together. A container runtime usually waits ten seconds before it kills.</summary>
    private static readonly TimeSpan s_timeForCmdlets = TimeSpan.FromSeconds(5);

    /// <summary>What a script has left, to say what became of its pipeline.</summary>
    private static readonly TimeSpan s_timeForScript = TimeSpan.FromSeconds(2);

    private static readonly object s_lock = new();
    private static readonly HashSet<DicomCmdlet> s_running = [];
    private static PosixSignalRegistration[] s_registrations = [];
    private static PosixSignal? s_received;

    /// <summary>A cmdlet begins its work.</summary>
    public static void Enter(DicomCmdlet cmdlet)
    {
        lock (s_lock)
        {
            s_running.Add(cmdlet);
            if (s_registrations.Length == 0)
                s_registrations = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal)];
            // A script that goes on after the signal starts no new work.
            if (s_received is { } signal)
                cmdlet.Terminate(signal);
        }
    }

    /// <summary>A cmdlet has ended.</summary>
    public static void Leave(DicomCmdlet cmdlet)
    {
        PosixSignalRegistration[] unneeded = [];
        lock (s_lock)
        {
            s_running.Remove(cmdlet);
            Monitor.PulseAll(s_lock);
            if (s_running.Count == 0)
                (unneeded, s_registrations) = (s_registrations, []);
        }
        foreach (var registration in unneeded)
            registration.Dispose();
    }

    /// <summary>On a thread of the signal. What the signal does by itself follows when this returns.</summary>
    private static void OnSignal(PosixSignalContext context)
    {
        // The exit code says that the process was stopped, whatever the script does after its pipeline.
        var exitCode = context.Signal == PosixSignal.SIGTERM ? 128 + 15 : 128 + 1;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Environment.ExitCode = exitCode;
        DicomCmdlet[] running;
        lock (s_lock)
            (running, s_received) = ([.. s_running], context.Signal);
        foreach (var cmdlet in running)
            cmdlet.Terminate(context.Signal);
        if (!WaitForAll())
        {
            // The pipeline's thread is busy elsewhere, so the report is written from this one.
            foreach (var cmdlet in running)
                cmdlet.Dispose();
        }
        Task.Delay(s_timeForScript, TimeProvider.System).GetAwaiter().GetResult();
        lock (s_lock)
            s_received = null;
    }

    private static bool WaitForAll()
    {
        var started = TimeProvider.System.GetTimestamp();
        lock (s_lock)
        {
            while (s_running.Count > 0)
            {
                var left = s_timeForCmdlets - TimeProvider.System.GetElapsedTime(started);
                if (left <= TimeSpan.Zero || !Monitor.Wait(s_lock, left))
                    return s_running.Count == 0;
            }
            return true;
        }
    }
}
