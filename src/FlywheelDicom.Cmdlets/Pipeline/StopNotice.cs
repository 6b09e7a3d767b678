using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// Says one line where a pipeline ends before its time. A cmdlet may write nothing any more then, so that the line goes to the host
/// itself, as a warning. It follows $WarningPreference as it was when the cmdlet began.
/// </summary>
internal sealed class StopNotice
{
    private readonly PSHost _host;
    private readonly bool _isWanted;

    /// <param name="cmdlet">To be made as it begins.</param>
    public StopNotice(PSCmdlet cmdlet)
    {
        var preference = cmdlet.MyInvocation.BoundParameters.TryGetValue("WarningAction", out var given) ? given : cmdlet.GetVariableValue("WarningPreference");
        _isWanted = !(LanguagePrimitives.TryConvertTo<ActionPreference>(preference, CultureInfo.InvariantCulture, out var action) && action is ActionPreference.SilentlyContinue or ActionPreference.Ignore);
        _host = cmdlet.Host;
    }

    public void Tell(string text)
    {
        if (!_isWanted)
            return;
        try
        {
            _host.UI.WriteWarningLine(PlainText.Clean(text));
        }
        catch (Exception e) when (e is RuntimeException or InvalidOperationException or NotSupportedException or NotImplementedException or IOException or ObjectDisposedException)
        {
            // It has nobody to show it to.
        }
    }

    /// <summary>How to go on.</summary>
    /// <param name="journal">The journal of the run; null where it had none.</param>
    public static string GoOn(string? journal) => journal is null
        ? "Run the same line again to send what is missing; without -Journal it sends all of it again."
        : $"Run the same line again to send what is missing: the journal '{journal}' has what is stored.";
}
