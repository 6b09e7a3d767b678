namespace FlywheelDicom;

/// <summary>What would become of instances of one kind, were they sent.</summary>
public enum DicomStoreOutcome
{
    /// <summary>They are sent in the transfer syntax that they are in.</summary>
    SentAsIs,

    /// <summary>They are sent in another uncompressed transfer syntax, without loss.</summary>
    Converted,

    /// <summary>The destination does not take them, or does not take them in any syntax that they can be put into.</summary>
    Refused,

    /// <summary>They have a problem of their own, and would be sent nowhere.</summary>
    Problem,
}
