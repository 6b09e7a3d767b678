namespace FlywheelDicom.Transfer.Sources;

/// <summary>What is said on the way, where nothing failed.</summary>
/// <param name="LeftOut">Told why something was passed over.</param>
/// <param name="Warn">Told what a person should look at, although everything that was found is read.</param>
internal sealed record SourceNotes(Action<string> LeftOut, Action<string> Warn);
