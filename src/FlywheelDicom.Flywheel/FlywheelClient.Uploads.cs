using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace FlywheelDicom.Flywheel;

internal sealed partial class FlywheelClient
{
    /// <summary>Attaches a file to a container; the same name again makes a new version.</summary>
    /// <param name="kind">The container's kind.</param>
    /// <param name="containerId">The container.</param>
    /// <param name="name">Its name there: ASCII, without slashes.</param>
    /// <param name="path">The local file.</param>
    /// <param name="route">How the bytes get there.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="FlywheelException">The upload failed. The file may still be there, if only the answer was lost.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task UploadAsync(FlywheelContainerKind kind, string containerId, string name, string path, UploadRoute route, CancellationToken cancellation)
    {
        var files = $"{kind.Plural()}/{Segment(containerId)}/files";
        if (route == UploadRoute.SignedUrl && await TicketAsync(files, name, cancellation).ConfigureAwait(false) is { } ticket)
            await UploadSignedAsync(files, ticket, name, path, cancellation).ConfigureAwait(false);
        else
            await UploadPlainAsync(files, name, path, cancellation).ConfigureAwait(false);
    }

    private async Task UploadPlainAsync(string files, string name, string path, CancellationToken cancellation)
    {
        // If it is repeated after a lost answer, the file only gets one more version.
        var request = new FlywheelRequest(HttpMethod.Post, files)
        {
            IsRepeatable = true,
            Content = () =>
            {
                var part = new StreamContent(File.OpenRead(path));
                part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
                // Set by hand: .NET would add a second name in a form that some servers take for another file.
                part.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "\"file\"", FileName = $"\"{name}\"" };
                return new MultipartFormDataContent { part };
            },
        };
        await SendAsync(request, cancellation).ConfigureAwait(false);
    }

    private async Task UploadSignedAsync(string files, TicketAnswer ticket, string name, string path, CancellationToken cancellation)
    {
        if (ticket.Ticket is not { Length: > 0 } id || ticket.Urls is null || !ticket.Urls.TryGetValue(name, out var url) || !Uri.TryCreate(url, UriKind.Absolute, out var storage))
            throw new FlywheelException(FlywheelError.BadAnswer, $"{_key} offered an upload without saying where to.");
        if (storage.Scheme != Uri.UriSchemeHttps && (storage.Scheme != Uri.UriSchemeHttp || _key.BaseUri.Scheme == Uri.UriSchemeHttps))
            throw new FlywheelException(FlywheelError.RedirectRefused, $"{_key} wants the upload at a place without encryption ({storage.Host}); that is not done.");
        var put = new FlywheelRequest(HttpMethod.Put, "")
        {
            Elsewhere = storage, Headers = ticket.Headers, Content = () => new StreamContent(File.OpenRead(path)),
        };
        await SendAsync(put, cancellation).ConfigureAwait(false);
        var tries = 0;
        var finish = new FlywheelRequest(HttpMethod.Post, $"{files}?ticket={Segment(id)}") { IsRepeatable = true, Content = () => new ByteArrayContent([]) };
        await _retry.ExecuteAsync(async c =>
        {
            tries++;
            try
            {
                using var response = await _transport.OpenAsync(finish, c).ConfigureAwait(false);
            }
            catch (FlywheelException e) when (e.Error == FlywheelError.NotFound && tries > 1)
            {
                // The ticket was used: an earlier try succeeded, and only its answer was lost.
            }
            return true;
        }, cancellation).ConfigureAwait(false);
    }

    /// <summary>Null where the instance refuses signed uploads.</summary>
    private async Task<TicketAnswer?> TicketAsync(string files, string name, CancellationToken cancellation)
    {
        using var nothing = JsonDocument.Parse("{}");
        try
        {
            return await AskAsync(Post($"{files}?ticket=", new TicketRequest(nothing.RootElement.Clone(), [name]), FlywheelJson.Default.TicketRequest) with { IsRepeatable = true },
                FlywheelJson.Default.TicketAnswer, cancellation).ConfigureAwait(false);
        }
        catch (FlywheelException e) when (e.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented)
        {
            _options.Verbose("The instance takes no signed upload; the plain way is taken.");
            return null;
        }
    }

    private Task<bool> SendAsync(FlywheelRequest request, CancellationToken cancellation) => _retry.ExecuteAsync(async c =>
    {
        using var response = await _transport.OpenAsync(request, c).ConfigureAwait(false);
        return true;
    }, cancellation);
}
