namespace FlywheelDicom;

/// <summary>What an archive answers when it is asked for an instance that it was sent.</summary>
public enum DicomConfirmation
{
    /// <summary>It will keep the instance (storage commitment, PS3.4 Annex J).</summary>
    Committed,

    /// <summary>It will not keep the instance.</summary>
    NotCommitted,

    /// <summary>A query finds it.</summary>
    Found,

    /// <summary>A query does not find it.</summary>
    NotFound,

    /// <summary>It did not answer, or not for this instance.</summary>
    NotAnswered,
}
