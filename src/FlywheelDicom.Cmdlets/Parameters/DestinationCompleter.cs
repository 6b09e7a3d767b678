using System.Collections;
using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace FlywheelDicom.Cmdlets;

/// <summary>Completes hosts that this session has used before.</summary>
internal sealed class DestinationCompleter : IArgumentCompleter
{
    private static readonly ConcurrentDictionary<string, byte> s_used = new(StringComparer.OrdinalIgnoreCase);

    internal static void Remember(string host) => s_used[host] = 0;

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => s_used.Keys.Order(StringComparer.OrdinalIgnoreCase)
            .Where(h => h.StartsWith(wordToComplete ?? "", StringComparison.OrdinalIgnoreCase))
            .Select(h => new CompletionResult(h));
}
