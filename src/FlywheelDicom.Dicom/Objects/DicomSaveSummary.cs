namespace FlywheelDicom;

/// <summary>What a run of Save-DicomFile came to. It holds no patient data.</summary>
public sealed record DicomSaveSummary
{
    /// <summary>Where the files are.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>Instances that were written.</summary>
    public long Saved { get; init; }

    /// <summary>Instances whose file was there already, with the same bytes.</summary>
    public long AlreadyThere { get; init; }

    /// <summary>Instances that were not saved.</summary>
    public long Failed { get; init; }

    /// <summary>Bytes written.</summary>
    public long Bytes { get; init; }

    /// <summary>From the first instance to the end.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Whether each instance is saved now.</summary>
    public bool IsComplete => Failed == 0;

    /// <summary>The counts in one line.</summary>
    public override string ToString() => FormattableString.Invariant($"{Saved} saved, {AlreadyThere} there already, {Failed} failed");
}
