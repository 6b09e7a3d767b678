using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>What an exception that one instance raised in sending says in its result: the one place where that is decided.</summary>
internal readonly record struct InstanceFailure(string ErrorId, string Reason)
{
    public static InstanceFailure Of(Exception exception) => exception switch
    {
        DicomNetworkException e => new(e.ErrorId, e.Message),
        DicomFormatException e => new(e.ErrorId, e.Message),
        IOException or UnauthorizedAccessException or InvalidDataException => new(DicomProblem.Unreadable, $"The source cannot be read: {exception.Message}"),
        // Nobody has stopped the run: something that the source waited for was given up.
        OperationCanceledException => new(DicomProblem.Unreadable, $"The source cannot be read: it was given up ({exception.Message})"),
        OutOfMemoryException => new(DicomSendResult.SendingFailed, "There was not enough memory to send it."),
        _ => new(DicomSendResult.SendingFailed, $"It could not be sent, for a reason that was not foreseen ({exception.GetType().Name}): {exception.Message}"),
    };
}
