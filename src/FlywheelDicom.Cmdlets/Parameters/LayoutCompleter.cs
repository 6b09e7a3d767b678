using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using FlywheelDicom.Transfer.Saving;

namespace FlywheelDicom.Cmdlets;

/// <summary>Offers layouts that are commonly used, in quotes, as braces need them.</summary>
internal sealed class LayoutCompleter : IArgumentCompleter
{
    private static readonly string[] s_offers =
        [FileLayout.Default, "{SeriesInstanceUid}/{SopInstanceUid}.dcm", "{PatientId}/{StudyDate}/{Modality}_{SeriesNumber}/{SopInstanceUid}.dcm", "{SopInstanceUid}.dcm"];

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => s_offers.Where(o => o.StartsWith((wordToComplete ?? "").Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
            .Select(o => new CompletionResult($"'{o}'", o, CompletionResultType.ParameterValue, o));
}
