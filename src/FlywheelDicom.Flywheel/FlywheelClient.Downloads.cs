using System.Net;
using System.Security.Cryptography;

namespace FlywheelDicom.Flywheel;

internal sealed partial class FlywheelClient
{
    private const int ChunkSize = 128 * 1024;

    /// <summary>A file whose entry changes each time it is looked at is not run after for ever.</summary>
    private const int MaxVersions = 3;

    /// <summary>
    /// Streams a file to where it is wanted. After a cut it goes on from the byte where it broke off, if the server lets it, and starts
    /// over if not. Its length and hash are checked where the entry tells them; a file that was replaced meanwhile is taken anew.
    /// </summary>
    /// <param name="kind">The kind of its container.</param>
    /// <param name="containerId">Its container.</param>
    /// <param name="file">Its entry.</param>
    /// <param name="target">Written from its start; set back to length 0 where the download starts over.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The entry that the bytes belong to.</returns>
    /// <exception cref="FlywheelException">It cannot be had.</exception>
    /// <exception cref="IOException">The target cannot be written.</exception>
    public async Task<FlywheelFile> DownloadAsync(
        FlywheelContainerKind kind, string containerId, FlywheelFile file, Stream target, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(target);
        var clock = new RetryClock(_options.RetryTime, _options.Time);
        using var download = new Download(file, target);
        return await _retry.ExecuteAsync(c => TryAsync(download, kind, containerId, clock, c), clock, cancellation).ConfigureAwait(false);
    }

    private async Task<FlywheelFile> TryAsync(
        Download download, FlywheelContainerKind kind, string containerId, RetryClock clock, CancellationToken cancellation)
    {
        var request = FlywheelRequest.Get(PathOf(download.File, kind, containerId)) with { From = download.Received };
        try
        {
            using var response = await _transport.OpenAsync(request, cancellation).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.PartialContent || response.Content.Headers.ContentRange is not { } range
                || range.From != download.Received || (range.Length is { } total && download.File.Size is { } size && total != size))
                download.StartOver();
            if (response.StatusCode == HttpStatusCode.PartialContent && download.Received == 0 && request.From > 0)
                throw Broken(download, "the part that was sent is not the one that was asked for");
            await ReceiveAsync(download, request, response, clock, cancellation).ConfigureAwait(false);
        }
        catch (FlywheelException e) when (e.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // Nothing comes after what is here: whole, or something else than was expected.
            if (download.Received != download.File.Size)
            {
                download.StartOver();
                throw Broken(download, "the server has no such part");
            }
        }
        catch (FlywheelException e) when (e is { IsFromStorage: true, StatusCode: HttpStatusCode.Forbidden } && !download.HasMetExpiredUrl)
        {
            // A signed URL lives for minutes; the API gives a new one.
            download.HasMetExpiredUrl = true;
            throw new FlywheelException(e.Error, e.Message, e) { StatusCode = e.StatusCode, IsTransient = true, RetryAfter = TimeSpan.Zero };
        }
        if (download.Flaw() is not { } flaw)
            return download.File;
        return await AnotherVersionAsync(download, kind, containerId, flaw, cancellation).ConfigureAwait(false);
    }

    private async Task ReceiveAsync(
        Download download, FlywheelRequest request, HttpResponseMessage response, RetryClock clock, CancellationToken cancellation)
    {
        var buffer = new byte[ChunkSize];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            using var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            while (true)
            {
                limit.CancelAfter(_options.ReadTimeout);
                var read = await body.ReadAsync(buffer, limit.Token).ConfigureAwait(false);
                if (read == 0)
                    return;
                limit.CancelAfter(Timeout.InfiniteTimeSpan);
                if (await download.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false))
                    clock.Progress();
                // More than there should be is as wrong as less, and might not end.
                if (download.Received > download.File.Size)
                    return;
            }
        }
        catch (Exception e) when (e is not TargetException && _transport.Failure(request, e, cancellation) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>All that the server gave, and it is not what the entry promised: cut short, or the entry is stale.</summary>
    private async Task<FlywheelFile> AnotherVersionAsync(
        Download download, FlywheelContainerKind kind, string containerId, string flaw, CancellationToken cancellation)
    {
        var now = await NowAsync(download.File, kind, containerId, cancellation).ConfigureAwait(false);
        if (now is not null && (now.Size != download.File.Size || now.Hash != download.File.Hash) && ++download.Versions <= MaxVersions)
        {
            _options.Verbose($"'{now.Label}' was replaced meanwhile; its new version is taken.");
            download.Adopt(now);
            throw new FlywheelException(FlywheelError.DownloadIncomplete, $"'{now.Label}' was replaced while it was downloaded.") { IsTransient = true, RetryAfter = TimeSpan.Zero };
        }
        if (download.Received < download.File.Size)
            throw Broken(download, flaw);
        // The same wrong bytes twice will be wrong a third time.
        var isLast = ++download.WholeButWrong > 1;
        download.StartOver();
        throw Broken(download, flaw, isTransient: !isLast);
    }

    private async Task<FlywheelFile?> NowAsync(FlywheelFile file, FlywheelContainerKind kind, string containerId, CancellationToken cancellation)
    {
        var container = await GetContainerAsync(kind, containerId, cancellation).ConfigureAwait(false);
        var now = container.Files?.FirstOrDefault(f => f is not null && (IsById(file) ? f.FileId == file.FileId : f.Name == file.Name));
        return now is null ? null : now with { HasNamesake = file.HasNamesake };
    }

    private FlywheelException Broken(Download download, string flaw, bool isTransient = true)
        => new(FlywheelError.DownloadIncomplete, $"The download of '{download.File.Label}' from {_key} is not complete: {flaw}.") { IsTransient = isTransient };

    /// <summary>By its name; by its id where a proxy would stumble over the name.</summary>
    private static string PathOf(FlywheelFile file, FlywheelContainerKind kind, string containerId)
        => IsById(file)
            ? $"files/{Segment(file.FileId!)}/download?view=true"
            : $"{kind.Plural()}/{Segment(containerId)}/files/{Segment(file.Name)}?view=true";

    private static bool IsById(FlywheelFile file)
        => file.FileId is { Length: > 0 } && (file.HasNamesake || file.Name is "" or "." or ".." || file.Name.Any(c => c is '/' or '\\' || char.IsControl(c)));

    /// <summary>The disk's failure, told apart from the network's.</summary>
    private sealed class TargetException(IOException inner) : IOException(inner.Message, inner);

    private sealed class Download(FlywheelFile file, Stream target) : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
        private long _furthest;

        public FlywheelFile File { get; private set; } = file;
        public long Received { get; private set; }
        public bool HasMetExpiredUrl { get; set; }
        public int WholeButWrong { get; set; }
        public int Versions { get; set; }

        /// <summary>True where it came further than ever before: what is fetched again after a start over is no progress.</summary>
        public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            try
            {
                await target.WriteAsync(bytes, cancellation).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                throw new TargetException(e);
            }
            _hash.AppendData(bytes.Span);
            Received += bytes.Length;
            // The next URL may run out as well, hours later.
            HasMetExpiredUrl = false;
            if (Received <= _furthest)
                return false;
            _furthest = Received;
            return true;
        }

        public void StartOver()
        {
            if (Received == 0)
                return;
            target.SetLength(0);
            target.Position = 0;
            _hash.GetHashAndReset();
            Received = 0;
        }

        public void Adopt(FlywheelFile now)
        {
            File = now;
            _furthest = 0;
            StartOver();
        }

        /// <summary>What is wrong with the bytes at the end of an answer; null: nothing that could be told.</summary>
        public string? Flaw()
        {
            if (File.Size is { } size && Received != size)
                return $"{Received} of {size} bytes came";
            return File.Sha384 is { } hash && !Convert.ToHexString(_hash.GetCurrentHash()).Equals(hash, StringComparison.OrdinalIgnoreCase)
                ? "its bytes do not have the hash that Flywheel states" : null;
        }

        public void Dispose() => _hash.Dispose();
    }
}
