using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// Completes ids and paths from the instance that the runspace is connected to; paths segment by segment. It gives what has come
/// within two seconds, and nothing where there is no connection.
/// </summary>
internal sealed class FlywheelCompleter : IArgumentCompleter
{
    private const int MaxShown = 100;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(1.5);

    /// <summary>The types that Flywheel gives to files most.</summary>
    private static readonly string[] s_types = ["archive", "dicom", "image", "nifti", "parrec", "pdf", "pfile", "qc", "tabular data", "text"];

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var word = (wordToComplete ?? "").Trim('\'', '"');
            if (parameterName == "Path")
                return Paths(word, DepthFor(commandName));
            if (parameterName == "Type")
                return s_types.Where(t => Begins(t, word)).Select(t => new CompletionResult(Quoted(t), t, CompletionResultType.ParameterValue, t));
            return Enum.TryParse<FlywheelContainerKind>(parameterName.Replace("Id", "", StringComparison.Ordinal), out var kind) ? Ids(word, kind, above => IdOf(above, commandAst, fakeBoundParameters)) : [];
        }
        catch (Exception)
        {
            // At the prompt nothing is better than an error in the middle of a line.
            return [];
        }
    }

    private static List<CompletionResult> Paths(string word, int depth)
    {
        var slash = word.LastIndexOf('/');
        var (above, begun) = slash < 0 ? ("", word) : (word[..slash], word[(slash + 1)..]);
        if (above.Count(c => c == '/') + (above.Length > 0 ? 1 : 0) >= depth)
            return [];
        var found = Within(async (client, add, cancellation) =>
        {
            var parent = above.Length == 0 ? null : await client.ResolveAsync(FlywheelPath.Parse(above), cancellation).ConfigureAwait(false);
            var kind = parent is null ? FlywheelContainerKind.Group : parent.Kind!.Value + 1;
            (FlywheelContainerKind, string)? place = parent is null ? null : (parent.Kind!.Value, parent.Id);
            await foreach (var child in client.ListAsync(kind, place, null, cancellation).ConfigureAwait(false))
            {
                var segment = kind == FlywheelContainerKind.Group ? child.Id : FlywheelPath.SegmentOf(child.Label ?? child.Code, child.Id);
                if (Begins(segment, begun) || Begins(child.Name, begun))
                    add(new Found(slash < 0 ? segment : $"{above}/{segment}", child.Name, Told(kind, child)));
            }
        });
        return Results(found);
    }

    private static List<CompletionResult> Ids(string word, FlywheelContainerKind kind, Func<FlywheelContainerKind, string?> idOf)
    {
        (FlywheelContainerKind, string)? place = null;
        for (var above = kind - 1; above >= FlywheelContainerKind.Group && place is null; above--)
        {
            if (IsListedBelow(kind, above) && idOf(above) is { Length: > 0 } id)
                place = (above, id);
        }
        return Results(Within(async (client, add, cancellation) =>
        {
            await foreach (var child in client.ListAsync(kind, place, null, cancellation).ConfigureAwait(false))
            {
                if (Begins(child.Id, word) || Begins(child.Name, word))
                    add(new Found(child.Id, child.Name, Told(kind, child)));
            }
        }));
    }

    /// <summary>As it was typed: an id of digits alone is a number to the parser.</summary>
    private static string? IdOf(FlywheelContainerKind kind, CommandAst command, IDictionary bound)
    {
        var name = $"{kind}Id";
        for (var i = 0; i + 1 < command.CommandElements.Count; i++)
        {
            if (command.CommandElements[i] is CommandParameterAst given && given.ParameterName == name && command.CommandElements[i + 1] is ConstantExpressionAst and not StringConstantExpressionAst)
                return command.CommandElements[i + 1].Extent.Text;
        }
        return bound[name]?.ToString();
    }

    private static bool IsListedBelow(FlywheelContainerKind kind, FlywheelContainerKind above)
        => above == kind - 1 || (above == FlywheelContainerKind.Project && kind == FlywheelContainerKind.Session);

    private static List<CompletionResult> Results(IEnumerable<Found> found)
        => [.. found.OrderBy(f => f.Label, StringComparer.OrdinalIgnoreCase).ThenBy(f => f.Text, StringComparer.Ordinal)
            .Select(f => new CompletionResult(Quoted(f.Text), PlainText.Clean(f.Label), CompletionResultType.ParameterValue, PlainText.Clean(f.Told)))];

    /// <summary>What was found in time. The question is given up then.</summary>
    private static Found[] Within(Func<FlywheelClient, Action<Found>, CancellationToken, Task> ask)
    {
        if (ModuleState.Current.Use() is not { } connection)
            return [];
        var found = new ConcurrentQueue<Found>();
        var stop = new CancellationTokenSource(s_limit);
        var client = connection.Client.With(o => o with { RetryTime = TimeSpan.Zero });
        var asking = Task.Run(() => ask(client, f =>
        {
            found.Enqueue(f);
            if (found.Count >= MaxShown)
                stop.Cancel();
        }, stop.Token), stop.Token);
        // What goes wrong, and where it ends too late, is nobody's error.
        _ = asking.ContinueWith(t =>
        {
            _ = t.Exception;
            connection.Release();
            stop.Dispose();
        }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        Task.WaitAny([asking], s_limit + TimeSpan.FromSeconds(0.3));
        return [.. found.Take(MaxShown)];
    }

    private static bool Begins(string text, string begun) => text.StartsWith(begun, StringComparison.OrdinalIgnoreCase);

    private static string Told(FlywheelContainerKind kind, FlywheelContainer container)
    {
        var where = container.Subject?.Label is { } subject && kind == FlywheelContainerKind.Session ? $" of {subject}" : container.GroupId is { } group && kind != FlywheelContainerKind.Group ? $" in {group}" : "";
        var when = (container.Timestamp ?? container.Created) is { } time ? time.LocalDateTime.ToString(", yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : "";
        return $"{kind.Word()} '{container.Name}'{where}{when}";
    }

    private static string Quoted(string text)
        => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '.' or '-') ? text : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";

    private static int DepthFor(string command) => command switch
    {
        "Get-FwGroup" => 1,
        "Get-FwProject" => 2,
        "Get-FwSubject" => 3,
        "Get-FwSession" => 4,
        _ => 5,
    };

    private sealed record Found(string Text, string Label, string Told);
}
