namespace FlywheelDicom.IO;

/// <summary>What <see cref="DicomReader"/> has read.</summary>
internal enum DicomTokenKind
{
    /// <summary>A data element with a value of known length.</summary>
    Element,
    SequenceStart,
    ItemStart,
    ItemEnd,
    SequenceEnd,

    /// <summary>Encapsulated pixel data (PS3.5 §A.4).</summary>
    FragmentsStart,
    Fragment,
    FragmentsEnd,
}
