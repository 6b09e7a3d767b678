using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace FlywheelDicom.Cmdlets;

/// <summary>Completes ports that are registered for DICOM (PS3.8 §9.1.1, PS3.15 §B), and those of the receivers of this session.</summary>
internal sealed class DestinationPortCompleter : IArgumentCompleter
{
    private static readonly (string, string)[] s_registered =
        [("104", "DICOM"), ("11112", "DICOM, where a program may not listen below 1024"), ("2762", "DICOM over TLS")];

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => Completions.Of(wordToComplete, ReceiverPortCompleter.Offers().Concat(s_registered));
}
