using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>Whether a response answers a request (PS3.7 §9.1, §9.3, §10.3).</summary>
internal static class ResponseRules
{
    /// <summary>What is wrong with it; null if it answers the request.</summary>
    /// <param name="message">The response; its message ID is that of the request.</param>
    /// <param name="commandSet">The bytes of its command set.</param>
    /// <param name="request">The request, and how much of it was sent.</param>
    public static string? Fault(in DimseMessage message, ReadOnlySpan<byte> commandSet, MessageUnderWay request)
    {
        var (command, asked) = (message.Command, request.Request);
        var due = (CommandField)((ushort)asked.Field | 0x8000);
        var isPending = request.OnPending is not null && IsPending(command.Status);
        if (command.Field != due)
            return $"message {asked.MessageId} was answered with command field 0x{(ushort)command.Field:X4} instead of 0x{(ushort)due:X4}.";
        if (message.ContextId != request.ContextId)
            return $"the response to message {asked.MessageId} came over presentation context {message.ContextId}, the request went over {request.ContextId}.";
        if (!DimseCommand.Repeats(commandSet, 0x0002, asked.SopClassUid))
            return $"the response to message {asked.MessageId} is for another SOP class.";
        if (!DimseCommand.Repeats(commandSet, 0x1000, asked.SopInstanceUid))
            return $"the response to message {asked.MessageId} is for another SOP instance.";
        if (isPending && !command.HasDataset)
            return $"a match for message {asked.MessageId} has no data set.";
        if (command.HasDataset && !isPending && asked.Field != CommandField.ActionRequest && asked.Field != CommandField.EventReportRequest)
            return $"the response to message {asked.MessageId} comes with a data set.";
        if (request.Response is not null)
            return $"message {asked.MessageId} was answered twice.";
        if (request.Progress == MessageProgress.Sending && (isPending || command.Status.State != DicomState.Failure))
            return $"message {asked.MessageId} was answered with status {command.Status} before all of it had been sent.";
        return null;
    }

    public static bool IsPending(DicomStatus status) => status.Code is 0xFF00 or 0xFF01;
}
