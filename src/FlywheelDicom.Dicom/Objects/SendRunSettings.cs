namespace FlywheelDicom;

/// <summary>The settings of a run that its report shows.</summary>
/// <param name="MaxAssociations">The most associations at a time; 0 where it was left to the run.</param>
/// <param name="RetryTime">How long one instance is tried for.</param>
/// <param name="Timeout">How long an answer is waited for.</param>
/// <param name="Journal">The journal's file name; null where there is none.</param>
internal sealed record SendRunSettings(int MaxAssociations, TimeSpan RetryTime, TimeSpan Timeout, string? Journal);
