using System.Threading.Channels;
using FlywheelDicom.Flywheel;
using FlywheelDicom.IO;
using FlywheelDicom.Transfer.Monitoring;
using FlywheelDicom.Transfer.Progress;
using FlywheelDicom.Transfer.Sources;

namespace FlywheelDicom.Transfer.Flywheel;

/// <summary>
/// Downloads files from Flywheel and gives the instances in them. The next files are downloaded while one is read and sent, as far
/// as there is temporary space. A file that cannot be downloaded gives one <see cref="DicomFile"/> with a problem.
/// </summary>
internal sealed class FlywheelSource
{
    private const int LookAhead = 3;
    private static readonly TimeSpan s_waitStep = TimeSpan.FromMilliseconds(200);

    private readonly FlywheelClient _client;
    private readonly FlywheelHealth _health;
    private readonly SpoolSpace _space;
    private readonly LocalSource _reader;
    private readonly CancellationToken _cancellation;
    private readonly ReadProgress? _progress;

    /// <param name="client">The Flywheel instance. It is asked again if an image is opened after its temporary file was deleted.</param>
    /// <param name="health">The state of the Flywheel instance, from earlier requests.</param>
    /// <param name="space">Where files are kept until they are sent.</param>
    /// <param name="leftOut">Gets a message about each file that is left out.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <param name="warn">Gets messages that the user should see although nothing failed.</param>
    /// <param name="progress">Is told of what comes; null: nobody asks. The catalog of the items announces them to it.</param>
    public FlywheelSource(
        FlywheelClient client, FlywheelHealth health, SpoolSpace space, Action<string> leftOut, CancellationToken cancellation, Action<string>? warn = null, ReadProgress? progress = null)
    {
        (_client, _health, _space, _cancellation, _progress) = (client, health, space, cancellation, progress);
        _reader = new LocalSource(leftOut, space, cancellation, warn, progress);
    }

    /// <summary>Called a few times a second while the reader waits for a download.</summary>
    public Action? OnWait { get; init; }

    /// <summary>Is told of each download; null: nobody asks.</summary>
    public FetchMonitor? Monitor { get; init; }

    /// <summary>What is known of a file before it is here: a zip has members, anything else is one instance.</summary>
    internal static void Announce(ReadProgress progress, FlywheelFile file) => progress.Announce(file.ZipMemberCount ?? 1, file.Size ?? 0);

    /// <summary>Its content tells from now on.</summary>
    private void Settle(FlywheelItem item)
    {
        if (item.Problem is null)
            _progress?.Settle(item.File.ZipMemberCount ?? 1, item.File.Size ?? 0);
    }

    /// <summary>Ends what is fetched again for an instance that is opened after its run, which the end of the run does not.</summary>
    public CancellationToken Stopped { get; init; }

    /// <summary>In the order of the items, the first while the last are still listed; to be enumerated once, from one thread.</summary>
    /// <exception cref="FlywheelException">The items cannot be told.</exception>
    public IEnumerable<DicomFile> Read(IAsyncEnumerable<FlywheelItem> items)
    {
        var downloads = Channel.CreateBounded<Task<Download>>(LookAhead);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
        var starting = Task.Run(() => StartAsync(items, downloads.Writer, stop.Token), CancellationToken.None);
        try
        {
            while (Next(downloads.Reader) is { } download)
            {
                Settle(download.Listed);
                if (download.Problem is { } problem)
                {
                    yield return DicomFile.Unusable(download.Item.File.Label, download.Item.Origin, problem);
                    continue;
                }
                var spool = download.Spool!;
                try
                {
                    var content = spool.Slice(0, spool.Length);
                    foreach (var file in _reader.Read(content, download.Item.Origin))
                        yield return file;
                    if (MissingMembers(download.Item.File, content) is { } missing)
                        yield return DicomFile.Unusable(download.Item.File.Label, download.Item.Origin, missing);
                }
                finally
                {
                    spool.EndFilling();
                }
            }
        }
        finally
        {
            // The pipeline may have ended early: running downloads are cancelled.
            stop.Cancel();
            while (downloads.Reader.TryRead(out var unread))
                _ = unread.ContinueWith(static t => t.Result.Spool?.Close(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            _ = starting.ContinueWith(static t => t.Exception, TaskScheduler.Default);
        }
    }

    /// <summary>A file that is on this machine already, in its place in the hierarchy.</summary>
    public IEnumerable<DicomFile> ReadLocal(FlywheelItem item, string path)
    {
        ArgumentNullException.ThrowIfNull(item);
        return File.Exists(path)
            ? _reader.Read(path, item.Origin)
            : [DicomFile.Unusable(item.File.Name, item.Origin, new(DicomProblem.NotFound, $"'{path}' does not exist."))];
    }

    private Download? Next(ChannelReader<Task<Download>> downloads)
    {
        while (Waited(downloads.WaitToReadAsync(_cancellation).AsTask()))
        {
            if (downloads.TryRead(out var download))
                return Waited(download.WaitAsync(_cancellation));
        }
        return null;
    }

    private T Waited<T>(Task<T> task)
    {
        if (OnWait is not null)
        {
            while (!task.IsCompleted && Task.WaitAny([task], (int)s_waitStep.TotalMilliseconds, CancellationToken.None) < 0)
                OnWait();
        }
        return task.GetAwaiter().GetResult();
    }

    private async Task StartAsync(IAsyncEnumerable<FlywheelItem> items, ChannelWriter<Task<Download>> downloads, CancellationToken cancellation)
    {
        Exception? failure = null;
        try
        {
            await foreach (var item in items.WithCancellation(cancellation).ConfigureAwait(false))
            {
                await downloads.WaitToWriteAsync(cancellation).ConfigureAwait(false);
                if (item.Problem is not null)
                {
                    await downloads.WriteAsync(Task.FromResult(new Download(item, item, null, item.Problem)), cancellation).ConfigureAwait(false);
                    continue;
                }
                await _space.WaitForRoomAsync(item.File.Size ?? 0, cancellation).ConfigureAwait(false);
                await downloads.WriteAsync(FetchAsync(item, cancellation), cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            failure = e;
        }
        downloads.Complete(failure);
    }

    private async Task<Download> FetchAsync(FlywheelItem item, CancellationToken cancellation)
    {
        SpoolFile? spool = null;
        var listed = item;
        using var fetch = Monitor?.Begin(item.File, item.Origin);
        if (_progress is not null)
            _progress.Current = item.File.Label;
        try
        {
            spool = new SpoolFile(_space, long.MaxValue, again => Refill(again, item), item.File.Size ?? 0);
            using (var target = new SpoolWriter(spool, _progress))
                item = item with { File = await _health.AskAsync(_client, c => DownloadAsync(c, item, target, cancellation)).ConfigureAwait(false) };
            fetch?.End(spool.Length);
            if (spool.Length > 0)
                return new Download(listed, item, spool, null);
            spool.Close();
            return new Download(listed, item, null, new(DicomProblem.NotDicom, "The file is empty."));
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            // Any failure concerns this file only.
            fetch?.Fail(e);
            spool?.Close();
            spool?.EndFilling();
            if (e is ArchiveException noSpace)
                return new Download(listed, item, null, new(noSpace.ProblemId, noSpace.Message));
            return new Download(listed, item, null, new(DicomProblem.NotDownloaded, Reason(e)));
        }
        catch
        {
            spool?.Close();
            throw;
        }
        finally
        {
            _progress?.EndFile();
        }
    }

    private string Reason(Exception e) => e switch
    {
        FlywheelException => e.Message,
        IOException or UnauthorizedAccessException => $"It cannot be kept in the temporary folder '{_space.Folder}' while it is sent: {e.Message.TrimEnd('.')}. Make room there, or name another folder in TMPDIR.",
        _ => $"It cannot be fetched: {e.Message}",
    };

    /// <summary>A problem if a zip has fewer members than Flywheel counted. It may be valid all the same.</summary>
    private static DicomProblem? MissingMembers(FlywheelFile file, DicomSource content)
    {
        if (file.ZipMemberCount is not { } stated)
            return null;
        using var stream = content.Open();
        try
        {
            var members = ZipDirectory.Find(stream).Read(stream).LongCount();
            return members >= stated ? null
                : new(DicomProblem.BadArchive, $"The archive has {members} members, and Flywheel counted {stated}: the others are missing from it.");
        }
        catch (ArchiveException)
        {
            // The reader of the archive has reported it already, or it is not a zip and was read as what it is.
            return null;
        }
    }

    private void Refill(SpoolFile spool, FlywheelItem item)
    {
        using var target = new SpoolWriter(spool);
        DownloadAsync(_client, item, target, Stopped).GetAwaiter().GetResult();
    }

    private static Task<FlywheelFile> DownloadAsync(FlywheelClient client, FlywheelItem item, SpoolWriter target, CancellationToken cancellation)
        => client.DownloadAsync(FlywheelContainerKind.Acquisition, item.Origin.AcquisitionId!, item.File, target, cancellation);

    /// <param name="Listed">As it was announced.</param>
    /// <param name="Item">As it is.</param>
    /// <param name="Spool">Its bytes.</param>
    /// <param name="Problem">Why there are none.</param>
    private sealed record Download(FlywheelItem Listed, FlywheelItem Item, SpoolFile? Spool, DicomProblem? Problem);

    /// <summary>Fills a spool from its start, and can begin anew.</summary>
    private sealed class SpoolWriter(SpoolFile spool, ReadProgress? progress = null) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => true;
        public override bool CanWrite => true;
        public override long Length => spool.Length;
        public override long Position
        {
            get => spool.Length;
            set
            {
                if (value != spool.Length)
                    throw new NotSupportedException();
            }
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            spool.Append(buffer);
            progress?.Fetch(buffer.Length);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return default;
        }

        public override void SetLength(long value)
        {
            if (value != 0)
                throw new NotSupportedException();
            progress?.Fetch(-spool.Length);
            spool.Clear();
        }

        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    }
}
