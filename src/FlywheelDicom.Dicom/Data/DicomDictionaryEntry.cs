namespace FlywheelDicom;

/// <summary>An attribute as PS3.6 registers it.</summary>
/// <param name="Tag">Its tag; for a repeating group the tag that was asked for.</param>
/// <param name="Keyword">Its name without spaces.</param>
/// <param name="VR">Its VR; the first where the standard allows several.</param>
/// <param name="VM">How many values it may have, such as 1, 1-n or 2-2n.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsRetired">Retired from the standard. It is still in use.</param>
internal sealed record DicomDictionaryEntry(DicomTag Tag, string Keyword, DicomVR VR, string VM, string Name, bool IsRetired)
{
    /// <summary>The alternatives where the VR depends on other elements, such as US/SS (PS3.5 §A.1).</summary>
    internal string Alternatives { get; init; } = "";
}
