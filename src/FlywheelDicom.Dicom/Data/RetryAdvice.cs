namespace FlywheelDicom;

/// <summary>Whether waiting heals a failure.</summary>
internal enum RetryAdvice
{
    Never,

    /// <summary>One more try, later.</summary>
    Once,

    /// <summary>As long as the retry time lasts.</summary>
    BackOff,
}
