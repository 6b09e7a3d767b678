namespace FlywheelDicom;

/// <summary>A change to one top-level element that is applied as bytes stream by.</summary>
internal sealed record DicomEdit(DicomVR VR, byte[] Value, bool IsRemoval)
{
    public static readonly IReadOnlyDictionary<DicomTag, DicomEdit> None = new Dictionary<DicomTag, DicomEdit>();

    public static DicomEdit Removal { get; } = new(DicomVR.UN, [], true);

    /// <summary>A new value, encoded little endian and of even length.</summary>
    public static DicomEdit Set(DicomVR vr, byte[] value) => new(vr, value, false);
}
