using System.Collections;
using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Language;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Transfer.Destinations;

namespace FlywheelDicom.Cmdlets;

/// <summary>Completes destinations: those that are registered, the receivers of this session, and the hosts that it has used.</summary>
internal sealed class DestinationCompleter : IArgumentCompleter
{
    private static readonly ConcurrentDictionary<string, string> s_used = new(StringComparer.OrdinalIgnoreCase);

    internal static void Remember(DicomDestination destination)
    {
        if (destination.Name is null)
            s_used[destination.Host] = $"{destination}, used in this session";
    }

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var registered = Registered().ToList();
        var names = registered.Select(d => d.Name!).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Completions.Of(wordToComplete, registered.DistinctBy(d => d.Name, StringComparer.OrdinalIgnoreCase).Select(d => (d.Name!, Describe(d)))
            .Concat(ModuleState.Current.Receivers.All.Select(Offer))
            .Concat(s_used.OrderBy(u => u.Key, StringComparer.OrdinalIgnoreCase).Where(u => !names.Contains(u.Key)).Select(u => (u.Key, u.Value))));
    }

    /// <summary>All that is registered, the user's first. A file that cannot be read is told where it is used, not while a line is typed.</summary>
    internal static IEnumerable<DicomDestination> Registered() => DestinationStore.All.SelectMany(store =>
    {
        try
        {
            return store.Read();
        }
        catch (DestinationFileException)
        {
            return [];
        }
    });

    /// <summary>One line on where it leads.</summary>
    internal static string Describe(DicomDestination destination)
        => $"{destination}, calling as {destination.CallingAE}{(destination.Tls is { } tls ? $", TLS {tls}" : "")}; registered for {(destination.Scope == DicomDestinationScope.AllUsers ? "all users" : "you")}";

    private static (string, string) Offer(DicomReceiver receiver)
    {
        // Who listens at all addresses is called at this machine's own.
        var host = receiver.Address switch { "0.0.0.0" => "127.0.0.1", "::" => "::1", var address => address };
        var place = receiver.Path is null ? "keeps nothing" : $"files go to {receiver.Path}";
        return (DestinationText.Format(receiver.AETitle, host, receiver.Port), $"The receiver of this session ({receiver}); {place}{(receiver.UsesTls ? "; add -UseTls" : "")}");
    }
}
