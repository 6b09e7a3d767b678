namespace FlywheelDicom.Transfer.Saving;

/// <summary>What became of an instance that was to be saved.</summary>
/// <param name="State">Saved, there already, or not saved.</param>
/// <param name="Bytes">Written.</param>
/// <param name="Problem">Why it was not saved; it names no target, as that holds values of the patient.</param>
internal sealed record SaveOutcome(SaveState State, long Bytes = 0, DicomProblem? Problem = null)
{
    public static SaveOutcome Failed(string id, string message) => new(SaveState.Failed, Problem: new(id, message));
}
