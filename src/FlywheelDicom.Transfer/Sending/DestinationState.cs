namespace FlywheelDicom.Transfer.Sending;

/// <summary>How often the next instance may be tried, as the results before it suggest.</summary>
internal enum DestinationState
{
    /// <summary>As often as the retry time allows.</summary>
    Available,

    /// <summary>Once: the instances before it were retried and failed.</summary>
    Doubtful,

    /// <summary>Not at all.</summary>
    Down,
}
