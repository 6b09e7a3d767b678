using System.Collections.Frozen;
using System.Management.Automation;
using FlywheelDicom.Flywheel;
using static System.Management.Automation.ErrorCategory;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// All error ids of the module, on one page: what kind of error each is, and what to try. An id has one meaning; a test looks
/// through the sources for ids that are not declared here.
/// </summary>
internal static class DicomErrors
{
    private static readonly FrozenDictionary<string, DicomErrorKind> s_kinds = new DicomErrorKind[]
    {
        // What cannot be sent, as the stage that found it says.
        new("DicomNotFound", InvalidData, "Check that the file, or what the archive or folder holds, is DICOM."),
        new("DicomTruncated", InvalidData, "Get the file again from where it came from: it is not all there."),
        new("DicomMalformed", InvalidData, "Check the file with dcmdump, and export it again from where it came from."),
        new("DicomMissingUid", InvalidData, "Give the instance its UIDs where it was made."),
        new("DicomDirectory", InvalidData, "Send the folder that the DICOMDIR lies in, not the DICOMDIR."),
        new("SourceUnreadable", ReadError, "Check that the file is there, unchanged, and may be read."),
        new("SourceNotFound", ObjectNotFound, "Check the path."),
        new("ArchiveUnreadable", InvalidData, "Test the archive with its own tool, and get it again if it is damaged."),
        new("ArchiveEncrypted", InvalidData, "Decrypt the archive first."),
        new("ArchiveNotSupported", NotImplemented, "Unpack the archive with its own tool first."),
        new("TemporarySpaceUnavailable", ResourceUnavailable, "Make room, or name another folder with TMPDIR (TEMP on Windows)."),
        new("DicomSourceChanged", ReadError, "Run it again once nothing writes to the file any more."),
        new("DicomNotConvertible", InvalidData, "Let the server accept an explicit transfer syntax."),
        new("DownloadFailed", ResourceUnavailable, "Run it again; give more time with -RetryTime."),
        new("PrivateBlockUnavailable", LimitsExceeded, "Take another -Group or -Identifier."),
        new("DicomNotSaved", WriteError, "Check that the folder has room and may be written."),
        new("DicomSaveNameTaken", ResourceExists, "Put {SopInstanceUid} into -Layout, take another folder, or replace files with -Force."),
        new("DicomNotEdited", InvalidData, "Give the element a value that this instance can take, or leave the instance out."),

        // Between us and a DICOM server.
        new("DicomHostNotFound", ObjectNotFound, "Check the host's name, and that this machine can resolve it."),
        new("DicomConnectionRefused", ConnectionError, "Check the port, and that the server runs."),
        new("DicomConnectionFailed", ConnectionError, "Check the network between this machine and the server."),
        new("DicomConnectTimeout", OperationTimeout, "Check the address, and that no firewall is in between."),
        new("DicomConnectionLost", ConnectionError, "Run it again; with -Journal only what is missing is sent."),
        new("DicomResponseTimeout", OperationTimeout, "Give the server more time with -Timeout."),
        new("DicomWriteTimeout", OperationTimeout, "Give the server more time with -Timeout."),
        new("DicomAssociationRejected", ConnectionError, "Check the AE titles, and that the server knows ours."),
        new("DicomAssociationAborted", ConnectionError, "Look into the server's log for why it gave up."),
        new("DicomContextRefused", NotImplemented, "Let the server accept the SOP class and transfer syntax."),
        new("DicomProtocolError", ProtocolError, "Tell the server's maker; its log may say more."),
        new("DicomRequestRefused", InvalidResult, "Look into the server's log for why it refused."),
        new("DicomNoReport", OperationTimeout, "Give the server more time with -WaitTime, or a port to call back with -ListenPort."),
        new("DicomCertificateExpired", SecurityError, "Have the server's certificate renewed."),
        new("DicomCertificateNotYetValid", SecurityError, "Check this machine's clock."),
        new("DicomCertificateNameMismatch", SecurityError, "Call the server by the name in its certificate, or give that with -TlsServerName."),
        new("DicomCertificateUntrusted", SecurityError, "Trust its CA with -TrustedCertificatePath, if it is the right one."),
        new("DicomCertificateRevoked", SecurityError, "Have the server's certificate replaced."),
        new("DicomCertificateWeak", SecurityError, "Have a stronger certificate made, or take another -TlsProfile."),
        new("DicomClientCertificateRequired", SecurityError, "Give a certificate with -CertificatePath and -KeyPath."),
        new("DicomClientCertificateRefused", SecurityError, "Let the server trust the CA of the certificate that was given."),
        new("DicomTlsNotAgreed", ProtocolError, "Compare -TlsProfile with what the server allows."),
        new("DicomTlsNotSpoken", ProtocolError, "Leave out -UseTls, or call the server's TLS port."),
        new("DicomTlsExpected", ProtocolError, "Add -UseTls."),

        // What a server says of an instance.
        new("DicomStoreFailed", InvalidResult, "See the status and comment of the result, and the server's log."),
        new("DicomSendingFailed", InvalidOperation, "Run it again; if it comes again, tell the module's maintainers the reason."),
        new("DicomConfirmationFailed", InvalidOperation, "Ask the server for the instance by other means."),
        new("DicomNotCommitted", InvalidResult, "Send the instance again, or ask the server's people why it does not keep it."),
        new("DicomInstanceNotFound", ObjectNotFound, "Give the server more time with -WaitTime, then send the instance again."),
        new("DicomNotAnswered", InvalidResult, "Ask the server for the instance by other means."),
        new("NotConfirmed", OperationStopped, "Answer yes, or leave out -Confirm."),

        // The journal.
        new("JournalNotFound", ObjectNotFound, "Check the path."),
        new("JournalInUse", ResourceBusy, "Wait for the other run, or take another journal."),
        new("JournalUnusable", OpenError, "Check that the journal may be read and written, or take another."),
        new("JournalNotWritten", WriteError, "Make room for the journal."),

        // The log.
        new("LogUnusable", OpenError, "Name a new file, or a log of this module, with -LogPath."),

        // Certificates and keys.
        new("CertificateFileNotFound", ObjectNotFound, "Check the path."),
        new("CertificateUnreadable", InvalidData, "Check the file with openssl x509."),
        new("CertificateMissing", InvalidArgument, "Give a certificate with -CertificatePath."),
        new("CertificateGivenTwice", InvalidArgument, "Give one of -Certificate, -CertificatePath and -CertificateThumbprint."),
        new("PrivateKeyMissing", InvalidArgument, "Give the key's file with -KeyPath."),
        new("PrivateKeyUnreadable", InvalidData, "Check the file with openssl pkey."),
        new("PrivateKeyMismatch", InvalidArgument, "Give the key that the certificate was made for."),
        new("KeyPasswordRequired", InvalidArgument, "Give the key's password with -KeyPassword."),
        new("KeyPasswordWrong", AuthenticationError, "Check the password with openssl pkey."),

        new("CertificateNotInStore", ObjectNotFound, "Check the thumbprint, or give the certificate's file with -CertificatePath."),

        // Registered destinations.
        new("DicomDestinationsUnreadable", InvalidData, "Mend the file with an editor, or move it away and register again."),
        new("DicomDestinationsNotWritten", WriteError, "Check that the folder may be written."),
        new("DicomDestinationExists", ResourceExists, "Replace it with -Force, or take another name."),
        new("DicomDestinationNotFound", ObjectNotFound, "List the names with Get-DicomDestination."),
        new("DicomDestinationConflict", InvalidArgument, "Give the port and the AE title once."),

        // Flywheel.
        new("FlywheelKeyMissing", InvalidArgument, "Copy the API key from your Flywheel profile."),
        new("FlywheelKeyMalformed", InvalidArgument, "Copy the API key again from your Flywheel profile."),
        new("FlywheelNotConnected", ConnectionError, "Connect with Connect-FwInstance."),
        new("FlywheelUnauthorized", AuthenticationError, "Make a new API key in your Flywheel profile."),
        new("FlywheelForbidden", PermissionDenied, "Ask for the permission in the project."),
        new("FlywheelNotFound", ObjectNotFound, "Check the id or path, and that you may see it."),
        new("FlywheelConflict", InvalidOperation, "See the server's message."),
        new("FlywheelRefused", InvalidOperation, "See the server's message."),
        new("FlywheelServerError", ResourceUnavailable, "Run it again later."),
        new("FlywheelTooManyRequests", ResourceUnavailable, "Run it again later."),
        new("FlywheelUnreachable", ConnectionError, "Check the network, and the host in the key."),
        new("FlywheelCertificateRefused", SecurityError, "Trust its CA with -TrustedCertificatePath, if it is the right one."),
        new("FlywheelTimeout", OperationTimeout, "Run it again later."),
        new("FlywheelConnectionLost", ConnectionError, "Run it again."),
        new("FlywheelRedirectRefused", SecurityError, "Ask the site's administrators where their storage is."),
        new("FlywheelBadAnswer", ProtocolError, "Check that the host in the key is a Flywheel instance."),
        new("FlywheelDownloadIncomplete", ResourceUnavailable, "Run it again."),
        new("FlywheelAmbiguous", InvalidArgument, "Give the id of the one that is meant."),
        new("FlywheelDisconnected", ConnectionError, "Connect with Connect-FwInstance."),
        new("FlywheelNotTried", ResourceUnavailable, "Run it again later."),
        new("FlywheelNotListed", ResourceUnavailable, "Check that you may see it, and run it again."),
        new("FlywheelNoDicom", ObjectNotFound, "Check the types of the files; -IncludeUntyped takes those without one."),
        new("FlywheelIdMissing", InvalidArgument, "Give an id that is not empty; a variable may not have what it should."),
        new("InvalidFlywheelPath", InvalidArgument, "Write it as group/project/subject/session."),

        // The report.
        new("ReportFolderNotFound", ObjectNotFound, "Make the folder, or take another."),
        new("ReportPlaceUnusable", WriteError, "Take another place for the report."),
        new("ReportNotWritten", WriteError, "The rows are in the object that came back; write them elsewhere."),
        new("ReportNotAttached", WriteError, "Attach the file by hand."),
        new("ReportHasNoPlace", InvalidOperation, "Leave out -Attach."),

        // How a cmdlet was called, and how it ended.
        new("InvalidSendTag", InvalidArgument, "Take an odd group above 0x0008, and texts of at most 64 characters."),
        new("InvalidLayout", InvalidArgument, "Write it as in '{PatientId}/{SopInstanceUid}.dcm'."),
        new("SaveFolderUnusable", WriteError, "Take another folder with -OutputDirectory."),
        new("InvalidDicomTag", InvalidArgument, "Write PatientName, (0010,0010), BeamSequence[0].BeamName or (0021,xx00:Creator)."),
        new("InvalidDicomValue", InvalidArgument, "Give a value that the VR of the element allows."),
        new("NotFileSystemPath", InvalidArgument, "Give a path of the file system."),
        new("FileNameMissing", InvalidArgument, "Name the file with -FileName."),
        new("DicomListenerNotStarted", ResourceUnavailable, "Take another -ListenPort."),
        new("DicomReceiverNotStarted", ResourceUnavailable, "Take another -Port, or 0 for any."),
        new("DicomReceiverNotFound", ObjectNotFound, "List the receivers with Get-DicomReceiver."),
        new("DicomReceiverFolder", WriteError, "Take another folder with -Path."),
        new("DicomHeaderUnreadable", ReadError, "Check that the file is there and can be read; what has a Problem has no header."),
        new("InputNotDicomFile", InvalidType, "Get the files with Get-DicomFile or Get-FwSessionDicom, in this session."),
        new("InputNotSendResult", InvalidType, "Pipe in what Send-DicomStore gives, in this session."),
        new("ResultNotReopened", ObjectNotFound, "Read the instance again with Get-DicomFile or Get-FwSessionDicom, edit it as before, and send that."),
        new("RunStopped", OperationStopped, "Run it again; with -Journal only what is missing is sent."),
    }.ToFrozenDictionary(k => k.Id, StringComparer.Ordinal);

    /// <summary>What to try where an error has this id; null for an id that is not known.</summary>
    public static string? Advice(string id) => s_kinds.GetValueOrDefault(id)?.Action;

    /// <summary>The error of a connection with a DICOM server.</summary>
    public static ErrorRecord For(DicomNetworkException e, object? target) => Record(e, e.ErrorId, target);

    /// <summary>The error of a request to Flywheel.</summary>
    public static ErrorRecord For(FlywheelException e, object? target) => Record(e, e.ErrorId, target);

    /// <summary>The error of an instance that cannot be sent.</summary>
    public static ErrorRecord For(DicomFile file)
    {
        var problem = file.ProblemDetail!;
        // An entry has the name that its archive gives it. Which archive that is, its origin tells.
        var archive = file.Origin.FileName is { Length: > 0 } name && !file.Name.EndsWith(name, StringComparison.Ordinal) ? $" in '{name}'" : "";
        return Record(new IOException($"'{file.Name}'{archive}: {problem.Message}"), problem.Id, file);
    }

    /// <summary>The error of an instance that was not stored.</summary>
    public static ErrorRecord For(DicomSendResult result)
    {
        var comment = result.ErrorComment is null ? "" : $" The peer says: {result.ErrorComment}";
        var message = $"'{result.Name}' was not sent to {result.Destination}: {(comment.Length > 0 ? Sentence(result.Reason) : result.Reason)}{comment}";
        return Record(new IOException(message), result.ErrorId!, result);
    }

    private static string? Sentence(string? text) => text is null || text.EndsWith('.') ? text : text + ".";

    /// <summary>An error of a kind declared here, fit to be shown. The exception may come from anywhere.</summary>
    public static ErrorRecord Record(Exception exception, string id, object? target)
    {
        var kind = s_kinds.GetValueOrDefault(id) ?? new DicomErrorKind(id, InvalidResult, "");
        return new ErrorRecord(exception, kind.Id, kind.Category, target)
        {
            ErrorDetails = new ErrorDetails(PlainText.Clean(exception.Message)) { RecommendedAction = kind.Action },
        };
    }
}
