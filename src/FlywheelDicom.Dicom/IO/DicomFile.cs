using System.Security.Cryptography;
using FlywheelDicom.IO;

namespace FlywheelDicom;

/// <summary>
/// A handle to one DICOM instance, not a buffer: it remembers where the bytes are and what its header says of it, and may
/// be collected by the ten thousand. Edits are kept beside the source and applied while bytes stream; the source never changes.
/// </summary>
public sealed class DicomFile
{
    private DicomSource? _source;
    private InstanceStreams? _streams;
    private readonly SourceHold? _hold;
    private readonly WeakReference<DicomHeader?> _header = new(null);
    private InstanceEdits _edits = InstanceEdits.None;
    private InstanceIdentity _identity = InstanceIdentity.None;

    /// <summary>Of all edits, those inside sequences and those that failed too.</summary>
    private EditNames _editNames;

    /// <summary>What a stage found: no later edit takes it away.</summary>
    private DicomProblem? _stageProblem;

    private DicomFile(string name, DicomOrigin origin) => (Name, Origin) = (PlainText.Clean(name), origin);

    private DicomFile(string name, DicomOrigin origin, DicomSource source, DicomHeader header) : this(name, origin)
    {
        _source = source;
        _streams = new InstanceStreams(source, header);
        Length = source.Length;
        TransferSyntaxUid = header.Syntax.Uid;
        _header.SetTarget(header);
        _edits = InstanceEdits.Of(header);
        _identity = InstanceIdentity.Of(header, header.ToDataset(source, null));
        _hold = new SourceHold(source);
    }

    /// <summary>The file, or the entry's path inside its archive, fit to be shown: see <see cref="PlainText"/>.</summary>
    public string Name { get; }

    /// <summary>Where it came from.</summary>
    public DicomOrigin Origin { get; }

    /// <summary>Bytes of the source, without edits.</summary>
    public long Length { get; }

    /// <summary>(0008,0016); null where the header has none.</summary>
    public string? SopClassUid => _identity.SopClassUid;

    /// <summary>(0008,0018); null where the header has none.</summary>
    public string? SopInstanceUid => _identity.SopInstanceUid;

    /// <summary>(0020,000D); null where the header has none.</summary>
    public string? StudyInstanceUid => _identity.StudyInstanceUid;

    /// <summary>(0020,000E); null where the header has none.</summary>
    public string? SeriesInstanceUid => _identity.SeriesInstanceUid;

    /// <summary>How the data set is really encoded, which odd files state wrongly or not at all.</summary>
    public string? TransferSyntaxUid { get; }

    /// <summary>(0008,0060); null where the header has none.</summary>
    public string? Modality => _identity.Modality;

    /// <summary>(0010,0020); null where the header has none.</summary>
    public string? PatientId => _identity.PatientId;

    /// <summary>Null, or why this cannot be sent.</summary>
    public string? Problem => ProblemDetail?.Message;

    /// <summary>The problem with its stable id.</summary>
    public DicomProblem? ProblemDetail => _stageProblem ?? _identity.Problem;

    /// <summary>
    /// The header: every element before pixel data, with edits applied. It is read again from the source where it was
    /// let go, so that many handles hold little.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is nothing to read: see <see cref="Problem"/>.</exception>
    public DicomDataset Dataset => Header().ToDataset(Source, _edits.ByTag);

    /// <summary>The top-level elements that are edited.</summary>
    internal IEnumerable<DicomTag> EditedTags => _edits.ByTag.Keys;

    /// <summary>
    /// What was edited, or was to be: see <see cref="DicomSendResult.Edited"/>. Of an instance with a problem nobody knows what a stage
    /// would have edited.
    /// </summary>
    internal string? Edited => _editNames.Text(isUsable: ProblemDetail is null);

    internal DicomTransferSyntax Syntax => Streams.Syntax;

    private DicomSource Source => _source ?? throw NothingToRead();

    private InstanceStreams Streams => _streams ?? throw NothingToRead();

    /// <summary>Reads the header of a file on disk.</summary>
    /// <returns>The handle; its <see cref="Problem"/> tells where the file is DICOM but cannot be sent.</returns>
    /// <exception cref="DicomFormatException">It is not DICOM.</exception>
    public static DicomFile Open(string path)
    {
        var info = new FileInfo(DicomHost.ResolvePath(path));
        var origin = new DicomOrigin { FileName = info.Name, LocalPath = info.FullName };
        return Read(new FileDicomSource(info.FullName), info.FullName, origin)
            ?? throw new DicomFormatException($"'{path}' is not DICOM.");
    }

    /// <summary>Reads the header from any source; null if the bytes are not DICOM.</summary>
    /// <exception cref="IOException">The source cannot be read.</exception>
    internal static DicomFile? Read(DicomSource source, string name, DicomOrigin origin)
    {
        ArgumentNullException.ThrowIfNull(source);
        using var stream = source.Open();
        return Read(source, stream, name, origin);
    }

    /// <summary>The same with a stream that the source has opened, at its first byte; it stays the caller's to close.</summary>
    /// <exception cref="IOException">The source cannot be read.</exception>
    internal static DicomFile? Read(DicomSource source, Stream opened, string name, DicomOrigin origin)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(opened);
        var header = HeaderScanner.Scan(source, opened);
        return header is null ? null : new DicomFile(name, origin, source, header);
    }

    /// <summary>Whether a file that begins like this may be DICOM; only reading its header tells for sure.</summary>
    internal static bool MayBeDicom(ReadOnlySpan<byte> head) => HeaderScanner.MayBeDicom(head);

    /// <summary>A place in the pipeline for what cannot be sent, so that it is counted and reported.</summary>
    internal static DicomFile Unusable(string name, DicomOrigin origin, DicomProblem problem)
        => new(name, origin) { _stageProblem = problem };

    /// <summary>The Part 10 stream with edits applied: what <see cref="Save(string)"/> writes.</summary>
    public Stream OpenRead() => Streams.OpenFile(_edits, _identity);

    /// <summary>Writes the instance with its edits to a new file; half a file is never left.</summary>
    /// <param name="path">Where to; relative to the shell's location (<see cref="DicomHost.ResolvePath"/>).</param>
    /// <exception cref="InvalidOperationException">The instance has a <see cref="Problem"/>.</exception>
    /// <exception cref="IOException">There is a file already, it is the instance's own source, or it cannot be written.</exception>
    public void Save(string path) => Save(path, DicomSaveMode.CreateNew);

    /// <summary>The same, with a say about a file that is there already. The instance's own source is never written over.</summary>
    /// <inheritdoc cref="Save(string)"/>
    public void Save(string path, DicomSaveMode mode) => Save(path, mode, CancellationToken.None);

    /// <summary>The same, which can be stopped; half a file is not left then either.</summary>
    internal void Save(string path, DicomSaveMode mode, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (ProblemDetail is { } problem)
            throw new InvalidOperationException($"'{Name}' is not saved: {problem.Message}");
        DicomFileWriter.Write(this, Source, path, mode, cancellation);
    }

    /// <summary>Gives an element a value (null: present and empty), in the VR it has or the dictionary's.</summary>
    /// <param name="tagOrKeyword">
    /// PatientName, (0010,0010) or 00100010; one inside a sequence by its path, as in BeamSequence[0].BeamName, where [*] stands for
    /// all items; a private one by its creator, as in (0021,xx00:Flywheel).
    /// </param>
    /// <param name="value">
    /// Text as DICOM writes it, a number, date, time, span, boolean or enumerated value of .NET, an array of them, or bytes for a
    /// binary VR. The culture does not count.
    /// </param>
    /// <exception cref="ArgumentException">The element cannot be edited, or its VR or multiplicity does not allow the value.</exception>
    /// <exception cref="FormatException">There is no such tag or keyword.</exception>
    /// <exception cref="IOException">The source can no longer be read; the instance has a <see cref="Problem"/> then.</exception>
    public void SetValue(string tagOrKeyword, object? value)
    {
        var path = ElementPath.Parse(tagOrKeyword);
        InstanceEdits.Check(path.Target);
        SetValues([new(path, value)]);
    }

    /// <summary>Gives several elements their values: all of them, or none where one does not fit.</summary>
    /// <exception cref="ArgumentException">A path leads nowhere, or a value does not fit; the message names the element, never a value.</exception>
    /// <exception cref="IOException">The source can no longer be read; the instance has a <see cref="Problem"/> then.</exception>
    internal void SetValues(IReadOnlyCollection<ValueChange> values)
    {
        _editNames = _editNames.With(values.Select(v => EditNames.Of(v.Path)));
        Edit(() => Apply(ChangeResolver.Set(Dataset, values), null));
    }

    /// <summary>Takes elements out, from sequences too.</summary>
    /// <exception cref="ArgumentException">The character set would go from under text that is written in it.</exception>
    /// <exception cref="IOException">The source can no longer be read; the instance has a <see cref="Problem"/> then.</exception>
    internal void Remove(ElementRemoval removal)
    {
        _editNames = _editNames.With(removal.Names);
        Edit(() =>
        {
            var dataset = Header().ToWholeDataset(Source, _edits.ByTag);
            var changes = removal.Paths.Length > 0 ? ChangeResolver.Remove(dataset, removal.Paths) : new DatasetChanges();
            if (removal.TakesCharacterSet)
            {
                changes.Elements[DicomTag.SpecificCharacterSet] = DicomEdit.Removal;
                CharacterSetChange.Check(dataset, changes);
            }
            foreach (var tag in dataset.Tags())
            {
                if (removal.Takes(tag, t => dataset.GetShortText(new DicomTag(t.Group, (ushort)(t.Element >> 8)))))
                    changes.Elements[tag] = DicomEdit.Removal;
            }
            Apply(changes, removal.IsDeep ? removal : null);
        });
    }

    /// <summary>Another handle of the same instance with a problem that a stage met; this one stays as it is.</summary>
    internal DicomFile With(DicomProblem problem)
    {
        var other = (DicomFile)MemberwiseClone();
        other._stageProblem ??= problem;
        return other;
    }

    /// <summary>A stage could not do its work on this instance, and it must not go on as if it had.</summary>
    internal void Refuse(DicomProblem problem)
    {
        _stageProblem ??= problem;
        ForgetEdits();
    }

    /// <summary>What it was edited in cannot be told: it was changed by others, or was to be changed and was not.</summary>
    internal void ForgetEdits() => _editNames = _editNames.Unknown;

    /// <summary>It is a copy of the other, with the other's edits in it, and under its origin.</summary>
    internal void TakeEditsOf(DicomFile other) => _editNames = other._editNames;

    /// <summary>Takes an element out, by tag, keyword or path as <see cref="SetValue"/> takes them. What is not there needs no removal.</summary>
    /// <exception cref="ArgumentException">The element cannot be edited.</exception>
    /// <exception cref="FormatException">There is no such tag or keyword.</exception>
    /// <exception cref="IOException">The source can no longer be read; the instance has a <see cref="Problem"/> then.</exception>
    public void Remove(string tagOrKeyword) => Remove(new ElementRemoval([ElementPath.Parse(tagOrKeyword)], [], RemovalScope.Named));

    /// <summary>
    /// Reserves a private block for the identifier and puts the value into it, once (PS3.5 §7.8.1). Where there is no room
    /// the file gets a <see cref="Problem"/>.
    /// </summary>
    internal void AddPrivateValue(PrivateValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _editNames = _editNames.With([value.Name]);
        if (ProblemDetail is not null)
            return;
        try
        {
            // Elements beyond pixel data are part of the group too.
            var header = value.Group > DicomTag.PixelData.Group ? WholeHeader() : Header();
            Apply(value.Reserve(header.ToWholeDataset(Source, _edits.ByTag)));
        }
        catch (PrivateBlockFullException e)
        {
            _stageProblem = new(DicomProblem.NoPrivateBlock, e.Message);
        }
        catch (DicomSourceChangedException e)
        {
            _stageProblem = new(e.ErrorId, e.Message);
        }
        catch (Exception e) when (e is (IOException and not DicomFormatException) or UnauthorizedAccessException or InvalidDataException)
        {
            _stageProblem = new(DicomProblem.Unreadable, $"The source can no longer be read: {e.Message}");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever it is, it is this instance's, and costs no other.
            _stageProblem = new(DicomProblem.Malformed, $"The tag cannot be added: {e.Message}");
        }
    }

    /// <summary>SHA-256 of the data set with edits, in its own transfer syntax, in hex.</summary>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public string ComputeDigest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var dataset = new DigestingStream(OpenDataset(), hash);
        dataset.CopyTo(Stream.Null, 128 * 1024);
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>A sender takes it in hand: see <see cref="DicomSource.Claim"/>.</summary>
    internal void Claim() => _hold?.Claim();

    /// <summary>A sender is done with it: what was kept of it on disk for its sake may go. It can be opened again all the same.</summary>
    internal void Release() => _hold?.Release();

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>The data set alone, edits applied, as C-STORE carries it.</summary>
    internal Stream OpenDataset() => Streams.OpenDataset(_edits.Plan);

    /// <summary>The data set in another uncompressed syntax; only from one.</summary>
    /// <exception cref="DicomNotConvertibleException">It could not be read in that syntax.</exception>
    internal Stream OpenDataset(DicomTransferSyntax target) => Streams.OpenDataset(_edits.Plan, target);

    /// <summary>Bytes that <see cref="OpenDataset()"/> must give, or -1 where only its end tells.</summary>
    internal long DatasetLength => Streams.DatasetLength(_edits.Plan);

    private InvalidOperationException NothingToRead() => new($"'{Name}' cannot be read: {Problem}");

    /// <summary>An instance that could not be edited as it was told to must not go out without the edit.</summary>
    private void Edit(Action edit)
    {
        try
        {
            edit();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            _stageProblem ??= new(DicomProblem.Unreadable, $"It could not be edited: {e.Message}");
            throw;
        }
    }

    /// <summary>Changes inside sequences make a new source over the present one; those at the top are kept beside it.</summary>
    private void Apply(DatasetChanges changes, ElementRemoval? everywhere)
    {
        if (changes.HasItems || everywhere is not null)
            Rewrite(changes.WithoutOwn(), everywhere);
        Apply([.. changes.Elements.Select(e => (e.Key, e.Value))]);
    }

    private void Rewrite(DatasetChanges changes, ElementRemoval? everywhere)
    {
        Splice[] plan;
        var extent = Header().Tail.Length > 0 ? WalkExtent.Whole : WalkExtent.ToPixelData;
        using (var elements = Streams.OpenElements(_edits.Plan))
            plan = ChangePlan.Of(elements, Syntax, changes, everywhere, extent);
        if (plan.Length == 0)
            return;
        var source = new EditedSource(Source, Streams, _edits.Plan, plan, Streams.ReadMeta(_edits, _identity));
        var header = HeaderScanner.Scan(source);
        if (header is not { Problem: null })
            throw new DicomFormatException($"With the change it could not be read any more: {header?.Problem?.Message ?? "it is not DICOM."}");
        (_source, _streams, _edits) = (source, new InstanceStreams(source, header), InstanceEdits.Of(header));
        _header.SetTarget(header);
        _identity = InstanceIdentity.Of(header, header.ToDataset(source, null));
    }

    private void Apply((DicomTag Tag, DicomEdit Edit)[] changes)
    {
        if (changes.Length == 0)
            return;
        _edits = _edits.With(changes, Header, WholeHeader);
        var header = Header();
        _identity = InstanceIdentity.Of(header, header.ToDataset(Source, _edits.ByTag));
    }

    private DicomHeader Header() => _header.TryGetTarget(out var known) ? known : Kept(HeaderScanner.Scan(Source));

    /// <summary>The header of a data set that was read to its end.</summary>
    private DicomHeader WholeHeader() => _header.TryGetTarget(out var known) && known.IsWhole ? known : Kept(HeaderScanner.ScanWhole(Source));

    private DicomHeader Kept(DicomHeader? header)
    {
        _header.SetTarget(header ?? throw new DicomFormatException($"'{Name}' is no longer the DICOM file that it was."));
        return header;
    }
}
