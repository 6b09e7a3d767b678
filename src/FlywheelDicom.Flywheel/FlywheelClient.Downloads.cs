using System.Net;
using System.Security.Cryptography;

namespace FlywheelDicom.Flywheel;

internal sealed partial class FlywheelClient
{
    private const int ChunkSize = 128 * 1024;

    /// <summary>How often a file may be replaced during its download before that fails.</summary>
    private const int MaxVersions = 3;

    /// <summary>
    /// Downloads a file into a stream. After an interruption it continues at the first missing byte, or from the start if the server
    /// does not allow that. Length and hash are checked where the entry has them. If the file was replaced meanwhile, the new version is
    /// downloaded.
    /// </summary>
    /// <param name="kind">The kind of its container.</param>
    /// <param name="containerId">Its container.</param>
    /// <param name="file">Its entry.</param>
    /// <param name="target">Written from its start; set back to length 0 where the download starts over.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The entry that the bytes belong to.</returns>
    /// <exception cref="FlywheelException">The download failed.</exception>
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
            // The server has no more bytes: the file is complete, or not the expected one.
            if (download.Received != download.File.Size)
            {
                download.StartOver();
                throw Broken(download, "the server has no such part");
            }
        }
        catch (FlywheelException e) when (e is { IsFromStorage: true, StatusCode: HttpStatusCode.Forbidden } && !download.HasMetExpiredUrl)
        {
            // A signed URL is valid for minutes. The API gives a new one.
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
        using var limit = new ReadLimit(_options, cancellation);
        try
        {
            using var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            while (true)
            {
                limit.Restart();
                var read = await body.ReadAsync(buffer, limit.Token).ConfigureAwait(false);
                if (read == 0)
                    return;
                limit.Pause();
                if (await download.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false))
                    clock.Progress();
                // Too many bytes are as wrong as too few, and might not end.
                if (download.Received > download.File.Size)
                    return;
            }
        }
        catch (Exception e) when (e is not TargetException && _transport.Failure(request, e, cancellation) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>The downloaded bytes are not those of the entry: they are incomplete, or the entry is out of date.</summary>
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
        // If the bytes are wrong twice, a third try would not help.
        var isLast = ++download.WholeButWrong > 1;
        download.StartOver();
        throw isLast ? WrongContent(download, flaw) : Broken(download, flaw);
    }

    private async Task<FlywheelFile?> NowAsync(FlywheelFile file, FlywheelContainerKind kind, string containerId, CancellationToken cancellation)
    {
        var container = await GetContainerAsync(kind, containerId, cancellation).ConfigureAwait(false);
        var now = container.Files?.FirstOrDefault(f => f is not null && (IsById(file) ? f.FileId == file.FileId : f.Name == file.Name));
        return now is null ? null : now with { HasNamesake = file.HasNamesake };
    }

    /// <summary>Another try may help.</summary>
    private FlywheelException Broken(Download download, string flaw)
        => new(FlywheelError.DownloadIncomplete, MessageOf(download, flaw)) { IsTransient = true };

    /// <summary>The same failure again: another try would not help.</summary>
    private FlywheelException WrongContent(Download download, string flaw) => new(FlywheelError.DownloadIncomplete, MessageOf(download, flaw));

    private string MessageOf(Download download, string flaw) => $"The download of '{download.File.Label}' from {_key} is not complete: {flaw}.";

    /// <summary>By its name, or by its id where the name is not unique or proxies might change it.</summary>
    private static string PathOf(FlywheelFile file, FlywheelContainerKind kind, string containerId)
        => IsById(file)
            ? $"files/{Segment(file.FileId!)}/download?view=true"
            : $"{kind.Plural()}/{Segment(containerId)}/files/{Segment(file.Name)}?view=true";

    private static bool IsById(FlywheelFile file)
        => file.FileId is { Length: > 0 } && (file.HasNamesake || file.Name is "" or "." or ".." || file.Name.Any(c => c is '/' or '\\' || char.IsControl(c)));

    /// <summary>A failure to write the target, as opposed to one of the network.</summary>
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

        /// <summary>True where it got further than before. Bytes that are fetched again after a restart are no progress.</summary>
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
            // The next URL may expire too, hours later.
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

        /// <summary>What is wrong with the bytes at the end of an answer; null if nothing is found.</summary>
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
