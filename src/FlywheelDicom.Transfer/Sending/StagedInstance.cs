namespace FlywheelDicom.Transfer.Sending;

/// <summary>An instance that waits to be sent, with its position in the stream.</summary>
internal readonly record struct StagedInstance(DicomFile File, long Index);
