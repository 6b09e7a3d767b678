using FlywheelDicom.IO;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Scu;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Services;

/// <summary>Asks an archive which instances of a series it has: C-FIND at IMAGE level (PS3.4 §C.4.1), Study Root.</summary>
internal sealed class InstanceQuery : IAsyncDisposable
{
    private const int MaxMatches = 1_000_000;

    private static readonly DicomTag s_level = new(0x0008, 0x0052);

    private readonly DicomAssociation _association;
    private readonly PresentationContext _context;
    private readonly DicomDestination _destination;

    private InstanceQuery(DicomAssociation association, DicomDestination destination)
    {
        (_association, _destination) = (association, destination);
        _context = association.ContextFor(DicomUID.StudyRootFind);
    }

    /// <exception cref="DicomNetworkException">There is no association, or the archive does not answer queries.</exception>
    public static async Task<InstanceQuery> OpenAsync(DicomDestination destination, DicomClientOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        var association = await DicomAssociation.RequestAsync(
            destination, [new PresentationContext(1, DicomUID.StudyRootFind, PresentationContextPlan.Uncompressed)], options with { MaxOperations = 1 }, cancellation).ConfigureAwait(false);
        try
        {
            return new InstanceQuery(association, destination);
        }
        catch
        {
            await association.ReleaseAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Matches so far without a SOP Instance UID.</summary>
    public int Unnamed { get; private set; }

    /// <summary>SOP Instance UIDs of a series, as the archive has them.</summary>
    /// <param name="studyUid">The study.</param>
    /// <param name="seriesUid">The series.</param>
    /// <param name="wanted">
    /// The instances that are looked for. Each of them that is found starts the time-out again. Others do not, so a query never runs
    /// without end.
    /// </param>
    /// <exception cref="DicomNetworkException">The query failed.</exception>
    public async Task<IReadOnlySet<string>> FindAsync(string studyUid, string seriesUid, IReadOnlySet<string>? wanted = null)
    {
        const string operation = "querying the archive";
        var syntax = DicomTransferSyntax.Lookup(_context.AcceptedTransferSyntax!);
        var writer = new DatasetWriter(syntax.Encoding);
        writer.UI(DicomTag.SOPInstanceUID, null);
        writer.CS(s_level, "IMAGE");
        writer.UI(DicomTag.StudyInstanceUID, studyUid);
        writer.UI(DicomTag.SeriesInstanceUID, seriesUid);
        var found = new HashSet<string>(StringComparer.Ordinal);
        var command = new DimseCommand { Field = CommandField.FindRequest, SopClassUid = DicomUID.StudyRootFind };
        // Each match is a pending response. The last response is not pending.
        var message = await _association.RequestAsync(_context, command, writer.ToArray(), operation, match => Take(match, syntax, found, wanted)).ConfigureAwait(false);
        if (message.Command.Status != DicomStatus.Success)
        {
            throw new DicomNetworkException(DicomNetworkError.RequestRefused,
                $"{_destination} did not answer the query: {message.Command.Status}. {message.Command.ErrorComment}".TrimEnd(), RetryAdvice.Never);
        }
        return found;
    }

    public async ValueTask DisposeAsync() => await _association.ReleaseAsync().ConfigureAwait(false);

    /// <summary>Takes one match. True if it is one that was looked for and that is new.</summary>
    private bool Take(DimseMessage match, DicomTransferSyntax syntax, HashSet<string> found, IReadOnlySet<string>? wanted)
    {
        if (found.Count >= MaxMatches)
            throw new InvalidDataException($"It finds more than {MaxMatches} instances in one series.");
        if (InstanceOf(match.Dataset, syntax) is not { Length: > 0 } uid)
        {
            Unnamed++;
            return false;
        }
        return found.Add(uid) && wanted?.Contains(uid) == true;
    }

    private static string? InstanceOf(byte[] dataset, DicomTransferSyntax syntax)
    {
        using var reader = new DicomReader(new MemoryStream(dataset, writable: false), syntax, dataset.Length);
        try
        {
            while (reader.Read())
            {
                if (reader is { Kind: DicomTokenKind.Element, Length: > 0 and <= 64 } && reader.Tag == DicomTag.SOPInstanceUID)
                    return reader.ReadShortText();
            }
        }
        catch (DicomFormatException)
        {
            // A match that cannot be read does not count.
        }
        return null;
    }
}
