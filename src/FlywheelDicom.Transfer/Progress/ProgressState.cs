namespace FlywheelDicom.Transfer.Progress;

/// <summary>What a run is doing, as far as it can be seen from outside.</summary>
internal enum ProgressState
{
    /// <summary>Bytes are moving, or nothing is to be done.</summary>
    Working,

    /// <summary>For a second nothing has come to send.</summary>
    AwaitingInput,

    /// <summary>An association has been asked for, a second ago or longer.</summary>
    Connecting,

    /// <summary>For a second no byte has left and no answer has come.</summary>
    AwaitingAnswer,

    /// <summary>The connection is lost or refused, and it is tried again.</summary>
    Outage,

    /// <summary>The destination is down: instances are not tried, but for one each half minute.</summary>
    Down,
}
