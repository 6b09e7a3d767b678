using System.Management.Automation;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Cmdlets;

/// <summary>Reads the journal of a run.</summary>
[Cmdlet(VerbsCommon.Get, "DicomSendJournal")]
[OutputType(typeof(DicomSendJournalEntry))]
public sealed class GetDicomSendJournalCommand : DicomCmdlet
{
    /// <summary>The journal's file.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LiteralPath")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(JournalCompleter))]
    public string Path { get; set; } = "";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var path = Resolved(Path);
        try
        {
            Stoppable(() =>
            {
                foreach (var entry in JournalLine.Read(path, Damaged))
                {
                    Cancellation.ThrowIfCancellationRequested();
                    WriteObject(entry);
                }
            });
        }
        catch (JournalException e)
        {
            WriteError(DicomErrors.Record(e, e.ErrorId, path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            WriteError(DicomErrors.Record(new FileNotFoundException($"The journal '{path}' does not exist.", e), "JournalNotFound", path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            WriteError(DicomErrors.Record(new IOException($"The journal '{path}' cannot be read: {e.Message}", e), "JournalUnusable", path));
        }
    }

    private void Damaged(int lines) => WriteWarning($"{lines} lines of '{Path}' are damaged, as a crash leaves them; they are not believed.");
}
