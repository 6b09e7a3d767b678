namespace FlywheelDicom.Transfer.Sources;

/// <summary>Finds the instance that a loaded result is about. Where it was edited, or may have been, it is not taken: its file is as it was before.</summary>
internal static class SentFile
{
    private const string ErrorId = "ResultNotReopened";

    /// <summary>The instance, from the file or archive on this machine; with a problem where it is not there any more, or came from Flywheel, or was edited.</summary>
    public static DicomFile Reopen(DicomSendResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var origin = result.Origin;
        if (origin.AcquisitionId is { } acquisition)
            return Gone(result, $"It came from Flywheel, and its result was loaded: fetch it again with Get-FwSessionDicom -AcquisitionId {acquisition}{(result.Edited is "" ? "" : ", and apply the same steps")}.{EditsOf(result)}");
        if (origin.LocalPath is not { Length: > 0 } path)
            return Gone(result, "The result does not say which file it is about.");
        if (result.Edited is not "")
            return Gone(result, $"{EditsOf(result).TrimStart()} Get the file again and apply the same steps.");
        if (!File.Exists(path))
            return Gone(result, $"'{path}' does not exist any more.");
        try
        {
            return Find(result, path) ?? Gone(result, $"'{path}' no longer holds it. Where its UID was changed before it was sent, the file has to be read and changed again.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return Gone(result, $"'{path}' cannot be read: {e.Message}");
        }
    }

    /// <summary>Why a file must not go out as it is; nothing where it may.</summary>
    private static string EditsOf(DicomSendResult result) => result.Edited switch
    {
        "" => "",
        null => " Whether it was edited before it was sent is not known, and edits are not saved with a result.",
        var names => $" It was edited before it was sent ({names}), and edits are not saved with a result.",
    };

    private static DicomFile? Find(DicomSendResult result, string path)
    {
        var source = new LocalSource(_ => { }, new SpoolSpace(), CancellationToken.None);
        foreach (var file in source.Read(path, result.Origin))
        {
            if (file.Name == result.Name && (result.SopInstanceUid is null || file.SopInstanceUid == result.SopInstanceUid))
                return file;
            // What was unpacked for its sake is not kept.
            file.Claim();
            file.Release();
        }
        return null;
    }

    private static DicomFile Gone(DicomSendResult result, string why) => DicomFile.Unusable(result.Name, result.Origin, new(ErrorId, why));
}
