using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>Makes a file with a problem for a path, an archive or an entry that cannot be read.</summary>
internal static class SourceProblem
{
    /// <summary>An archive or an entry could not be read to its end.</summary>
    public static DicomFile InArchive(string name, DicomOrigin origin, Exception e)
    {
        var problem = e switch
        {
            DicomSourceChangedException changed => new DicomProblem(changed.ErrorId, changed.Message),
            _ when UnsupportedFormat.IsPart(name) => new DicomProblem(DicomProblem.UnsupportedArchive, UnsupportedFormat.PartMessage),
            ArchiveException archive => new DicomProblem(archive.ProblemId, archive.Message),
            NotSupportedException => new DicomProblem(DicomProblem.UnsupportedArchive, $"It is packed in a way that is not supported: {e.Message}"),
            UnauthorizedAccessException => new DicomProblem(DicomProblem.Unreadable, "It cannot be read: access is denied."),
            SharpCompress.Common.CryptographicException => new DicomProblem(DicomProblem.EncryptedArchive, "It is encrypted. Decrypt the archive first."),
            // The archive states it: the dictionary of a 7z or an xz.
            OutOfMemoryException => new DicomProblem(DicomProblem.BadArchive, "It asks for more memory than there is."),
            _ => new DicomProblem(DicomProblem.BadArchive, $"It is damaged or cut off: {e.Message}"),
        };
        return DicomFile.Unusable(name, origin, problem);
    }

    /// <summary>A file or a folder that cannot be opened.</summary>
    public static DicomFile Unreadable(string name, DicomOrigin origin, Exception e) => DicomFile.Unusable(name, origin, PathProblem.Of(origin.LocalPath, e));
}
