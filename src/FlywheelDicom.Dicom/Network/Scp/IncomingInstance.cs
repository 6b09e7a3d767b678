using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scp;

/// <summary>One instance that is being received. A failure becomes its status, and what was stored of it is removed.</summary>
internal sealed class IncomingInstance : IDisposable
{
    private StoreTarget? _target;

    public DicomStatus Status { get; private set; } = DicomStatus.Success;

    /// <summary>The error comment (0000,0902) of the response.</summary>
    public string? Comment { get; private set; }

    public void Begin(StoreSink sink, DimseCommand command, string transferSyntax, string callingAE)
    {
        try
        {
            _target = sink.Begin(command.SopClassUid!, command.SopInstanceUid!, transferSyntax, callingAE);
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    public void Write(ReadOnlySpan<byte> data)
    {
        if (_target is null)
            return;
        try
        {
            _target.Write(data);
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    /// <summary>Completes it. The status is success only if this succeeds.</summary>
    public void Complete()
    {
        try
        {
            _target?.Complete();
        }
        catch (Exception e)
        {
            Fail(e);
        }
        Dispose();
    }

    public void Refuse(DicomStatus status, string comment)
    {
        (Status, Comment) = (status, comment);
        Dispose();
    }

    public void Dispose()
    {
        _target?.Dispose();
        _target = null;
    }

    /// <summary>Any failure of a sink is the failure of one instance, whatever its type.</summary>
    private void Fail(Exception e)
    {
        if (e is InvalidDataException)
            Refuse(DicomStatus.CannotUnderstand, "SOP Instance UID is not a UID");
        else if (e is IOException or UnauthorizedAccessException)
            Refuse(DicomStatus.OutOfResources, "cannot be written: " + e.GetType().Name);
        else
            Refuse(DicomStatus.ProcessingFailure, "cannot be stored: " + e.GetType().Name);
    }
}
