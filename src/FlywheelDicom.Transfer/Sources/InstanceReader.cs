using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>Makes a DICOM instance of a content that is no archive.</summary>
internal sealed class InstanceReader(Action<string> leftOut)
{
    /// <summary>The instance; a problem where it should be one; nothing where it is simply something else.</summary>
    /// <param name="stream">Its bytes, from the first on.</param>
    /// <param name="isGiven">The caller named it: that it is DICOM is expected.</param>
    public IEnumerable<DicomFile> Read(DicomSource source, Stream stream, string name, DicomOrigin origin, bool isGiven)
    {
        DicomFile? file;
        try
        {
            file = DicomFile.Read(source, stream, name, origin);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return [SourceProblem.InArchive(name, origin, e)];
        }
        if (file?.ProblemDetail?.Id == DicomProblem.Directory && !isGiven)
        {
            file.Release();
            leftOut($"'{name}' is a DICOMDIR.");
            return [];
        }
        if (file is not null)
            return [file];
        // What calls itself DICOM must not vanish for being damaged at its first byte.
        if (isGiven || HasDicomName(name))
            return [DicomFile.Unusable(name, origin, new(DicomProblem.NotDicom, "It is not DICOM."))];
        leftOut($"'{name}' is not DICOM.");
        return [];
    }

    private static bool HasDicomName(string name)
        => Path.GetExtension(name).ToUpperInvariant() is ".DCM" or ".DICOM" or ".DCM30";
}
