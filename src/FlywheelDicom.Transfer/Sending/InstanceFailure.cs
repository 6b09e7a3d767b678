using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>The error id and reason in a result for an exception in sending. No other place decides this.</summary>
internal readonly record struct InstanceFailure(string ErrorId, string Reason)
{
    public static InstanceFailure Of(Exception exception) => exception switch
    {
        DicomNetworkException e => new(e.ErrorId, e.Message),
        DicomFormatException e => new(e.ErrorId, e.Message),
        IOException or UnauthorizedAccessException or InvalidDataException => new(DicomProblem.Unreadable, $"The source cannot be read: {exception.Message}"),
        // The run was not stopped: the source itself cancelled something that it waited for.
        OperationCanceledException => new(DicomProblem.Unreadable, $"The source cannot be read: it was given up ({exception.Message})"),
        OutOfMemoryException => new(DicomSendResult.SendingFailed, "There was not enough memory to send it."),
        _ => new(DicomSendResult.SendingFailed, $"It could not be sent, for a reason that was not foreseen ({exception.GetType().Name}): {exception.Message}"),
    };
}
