namespace FlywheelDicom;

/// <summary>Whether a failed attempt should be repeated.</summary>
internal enum RetryAdvice
{
    Never,

    /// <summary>One more attempt, later.</summary>
    Once,

    /// <summary>Further attempts, for as long as the retry time lasts.</summary>
    BackOff,
}
