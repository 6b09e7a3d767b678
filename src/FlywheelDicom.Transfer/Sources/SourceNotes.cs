using FlywheelDicom.Transfer.Progress;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>Messages about files where nothing failed.</summary>
/// <param name="LeftOut">Gets a message about each file that is left out.</param>
/// <param name="Warn">Gets messages that the user should see, although all that was found is read.</param>
internal sealed record SourceNotes(Action<string> LeftOut, Action<string> Warn)
{
    /// <summary>Is told what is about to be read; null: nobody asks.</summary>
    public ReadProgress? Progress { get; init; }
}
