namespace FlywheelDicom.Transfer.Reporting;

/// <summary>What the page shows beside the results.</summary>
internal sealed record PageOptions
{
    public PatientData Patients { get; init; }

    /// <summary>What to try where an error has this id; null for what is not known.</summary>
    public Func<string, string?> Advice { get; init; } = _ => null;
}
