using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace FlywheelDicom.Cmdlets;

/// <summary>Completes the ports that are registered for DICOM.</summary>
internal sealed class ListenPortCompleter : IArgumentCompleter
{
    private static readonly (string, string)[] s_offers =
        [("104", "DICOM"), ("11112", "DICOM, where a program may not listen below 1024"), ("2762", "DICOM over TLS")];

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => Completions.Of(wordToComplete, s_offers);
}
