using System.Threading.Channels;
using FlywheelDicom.Flywheel;
using FlywheelDicom.Transfer.Sources;

namespace FlywheelDicom.Transfer.Flywheel;

/// <summary>
/// Fetches files of Flywheel one after the other and gives the instances in them. The next ones are on their way while one is read
/// and sent, within the room that the spool has. A file that cannot be had gives one <see cref="DicomFile"/> with a problem.
/// </summary>
public sealed class FlywheelSource
{
    private const int LookAhead = 3;

    private readonly FlywheelClient _client;
    private readonly SpoolSpace _space;
    private readonly LocalSource _reader;
    private readonly CancellationToken _cancellation;

    /// <param name="client">The instance; used again where an instance is opened after its spool has gone.</param>
    /// <param name="space">Where files are kept until they are sent.</param>
    /// <param name="leftOut">Told why something was passed over.</param>
    /// <param name="cancellation">Ends everything.</param>
    public FlywheelSource(FlywheelClient client, SpoolSpace space, Action<string> leftOut, CancellationToken cancellation)
    {
        (_client, _space, _cancellation) = (client, space, cancellation);
        _reader = new LocalSource(leftOut, space, cancellation);
    }

    /// <summary>In the order of the items; to be enumerated once, from one thread.</summary>
    public IEnumerable<DicomFile> Read(IReadOnlyList<FlywheelItem> items)
    {
        var downloads = Channel.CreateBounded<Task<Download>>(LookAhead);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
        var starting = Task.Run(() => StartAsync(items, downloads.Writer, enough.Token), CancellationToken.None);
        try
        {
            while (Next(downloads.Reader) is { } download)
            {
                if (download.Problem is { } problem)
                {
                    yield return DicomFile.Unusable(download.Item.File.Name, download.Item.Origin, problem);
                    continue;
                }
                var spool = download.Spool!;
                try
                {
                    foreach (var file in _reader.Read(spool.Slice(0, spool.Length), download.Item.Origin))
                        yield return file;
                }
                finally
                {
                    spool.EndFilling();
                }
            }
        }
        finally
        {
            // Also where the pipeline has had enough: what is on its way is given up.
            enough.Cancel();
            while (downloads.Reader.TryRead(out var unread))
                _ = unread.ContinueWith(static t => t.Result.Spool?.Close(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            _ = starting.ContinueWith(static t => t.Exception, TaskScheduler.Default);
        }
    }

    /// <summary>A file that is on this machine already, in its place in the hierarchy.</summary>
    public IEnumerable<DicomFile> ReadLocal(FlywheelItem item, string path)
    {
        ArgumentNullException.ThrowIfNull(item);
        var info = new FileInfo(path);
        if (!info.Exists)
            return [DicomFile.Unusable(item.File.Name, item.Origin, new(DicomProblem.NotFound, $"'{path}' does not exist."))];
        return _reader.Read(new IO.FileDicomSource(info.FullName, info.Length), item.Origin);
    }

    private Download? Next(ChannelReader<Task<Download>> downloads)
    {
        while (downloads.WaitToReadAsync(_cancellation).AsTask().GetAwaiter().GetResult())
        {
            if (downloads.TryRead(out var download))
                return download.WaitAsync(_cancellation).GetAwaiter().GetResult();
        }
        return null;
    }

    private async Task StartAsync(IReadOnlyList<FlywheelItem> items, ChannelWriter<Task<Download>> downloads, CancellationToken cancellation)
    {
        Exception? failure = null;
        try
        {
            foreach (var item in items)
            {
                await downloads.WaitToWriteAsync(cancellation).ConfigureAwait(false);
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
        try
        {
            spool = new SpoolFile(_space, long.MaxValue, again => Refill(again, item), item.File.Size ?? 0);
            using (var target = new SpoolWriter(spool))
                await DownloadAsync(item, target, cancellation).ConfigureAwait(false);
            if (spool.Length > 0)
                return new Download(item, spool, null);
            spool.Close();
            return new Download(item, null, new(DicomProblem.NotDicom, "The file is empty."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            spool?.Close();
            spool?.EndFilling();
            return new Download(item, null, new(DicomProblem.NotDownloaded, e is FlywheelException ? e.Message : $"It cannot be kept while it is sent: {e.Message}"));
        }
        catch
        {
            spool?.Close();
            throw;
        }
    }

    private void Refill(SpoolFile spool, FlywheelItem item)
    {
        using var target = new SpoolWriter(spool);
        DownloadAsync(item, target, _cancellation).GetAwaiter().GetResult();
    }

    private Task<FlywheelFile> DownloadAsync(FlywheelItem item, SpoolWriter target, CancellationToken cancellation)
        => _client.DownloadAsync(FlywheelContainerKind.Acquisition, item.Origin.AcquisitionId!, item.File, target, cancellation);

    private sealed record Download(FlywheelItem Item, SpoolFile? Spool, DicomProblem? Problem);

    /// <summary>Fills a spool from its start, and can begin anew.</summary>
    private sealed class SpoolWriter(SpoolFile spool) : Stream
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

        public override void Write(ReadOnlySpan<byte> buffer) => spool.Append(buffer);
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
            spool.Clear();
        }

        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    }
}
