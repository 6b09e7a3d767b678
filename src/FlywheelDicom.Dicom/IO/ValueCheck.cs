namespace FlywheelDicom.IO;

/// <summary>Whether a value can be right in any data set: what is told before the first instance comes.</summary>
internal static class ValueCheck
{
    /// <exception cref="ArgumentException">No VR that the standard has for the element allows it; the message names element and rule.</exception>
    public static void Check(ElementPath path, object? value)
    {
        InstanceEdits.Check(path.Target);
        if (path.Target.Creator is not null || DicomDictionary.Lookup(path.Target.Tag) is not { } known || known.VR == DicomVR.UN)
            return;
        if (known.VR == DicomVR.SQ && value is not null)
            throw new ArgumentException($"{path.Target} is a sequence: it has no value to set, but can be emptied with null or removed. Set the elements of its items.");
        ArgumentException? refused = null;
        foreach (var vr in known.Alternatives.Split('/').Where(v => v.Length == 2).Select(DicomVR.Parse))
        {
            try
            {
                // Which characters an instance can hold, only itself can tell.
                DicomValueEncoding.Encode(value, path.Target.Tag, vr, DicomCharacterSet.Parse("ISO_IR 192"));
                return;
            }
            catch (ArgumentException e)
            {
                refused ??= e;
            }
        }
        if (refused is not null)
            throw refused;
    }
}
