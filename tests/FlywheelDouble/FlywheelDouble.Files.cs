using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FlywheelDicom.FlywheelDouble;

public sealed partial class FlywheelDouble
{
    private async Task DownloadAsync(HttpContext context, StoredFile file, Fault? fault)
    {
        if (_options.RedirectsDownloads || fault?.Kind == FaultKind.ExpiredUrl)
        {
            var features = context.Request.Headers["X-Accept-Feature"].ToString();
            if (!features.Contains("safe-redirect", StringComparison.OrdinalIgnoreCase))
                throw new Refusal(412, "The caller takes no redirect");
            var signature = fault?.Kind == FaultKind.ExpiredUrl ? "expired" : Guid.NewGuid().ToString("N");
            if (fault?.Kind != FaultKind.ExpiredUrl)
                _signed[signature] = file;
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = $"{Scheme}://127.0.0.1:{StoragePort}/bucket/object?signature={signature}";
            return;
        }
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{Regex.Replace(file.Name, "[^ -~]", "_")}\"";
        // Without view=true the API port does not look at Range.
        await ServeAsync(context, file, honoursRange: context.Request.Query["view"] == "true" && !_options.IsOld, fault);
    }

    private async Task StorageAsync(HttpContext context, string raw)
    {
        if (context.Request.Headers.Authorization.Count > 0)
        {
            Violations.Enqueue("the login went to the storage");
            context.Response.StatusCode = 400;
            await context.Response.WriteAsync("<Error><Code>InvalidArgument</Code></Error>");
            return;
        }
        if (context.Request.Headers.ContainsKey("X-Accept-Feature"))
            Violations.Enqueue("a header of the API went to the storage");
        var fault = Meet(context.Request.Method, raw);
        if (fault is not null && await FailAsync(context, fault))
            return;
        if (context.Request.Method == "PUT")
        {
            var id = raw.Split('/')[^1].Split('?')[0];
            if (!_tickets.TryGetValue(id, out var ticket))
                throw new Refusal(404, "No such ticket");
            if (context.Request.ContentLength is null || context.Request.Headers["x-ms-blob-type"] != "BlockBlob")
                throw new Refusal(411, "Length and blob type are required");
            using var bytes = new MemoryStream();
            await context.Request.Body.CopyToAsync(bytes);
            _tickets[id] = ticket with { Bytes = bytes.ToArray() };
            return;
        }
        if (!_signed.TryGetValue(context.Request.Query["signature"].ToString(), out var file))
        {
            context.Response.StatusCode = 403;
            await context.Response.WriteAsync("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>");
            return;
        }
        await ServeAsync(context, file, honoursRange: true, fault);
    }

    private static async Task ServeAsync(HttpContext context, StoredFile file, bool honoursRange, Fault? fault)
    {
        await using var stream = file.Open();
        var from = 0L;
        if (honoursRange && Regex.Match(context.Request.Headers.Range.ToString(), @"^bytes=(\d+)-$") is { Success: true } range)
        {
            from = long.Parse(range.Groups[1].Value, CultureInfo.InvariantCulture);
            if (from >= stream.Length)
            {
                context.Response.StatusCode = 416;
                context.Response.Headers.ContentRange = $"bytes */{stream.Length}";
                return;
            }
            if (fault?.Kind == FaultKind.WrongRange)
                from = Math.Max(0, from - 1);
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {from}-{stream.Length - 1}/{stream.Length}";
        }
        context.Response.ContentType = "application/octet-stream";
        await SendAsync(context, stream, from, fault);
    }

    private static async Task SendAsync(HttpContext context, Stream body, long from, Fault? fault)
    {
        var length = body.Length - from;
        body.Position = from;
        var part = fault?.Kind is FaultKind.Cut or FaultKind.Stall or FaultKind.Short ? length / 2 : length;
        context.Response.ContentLength = fault?.Kind == FaultKind.Short ? part : length;
        var buffer = new byte[64 * 1024];
        for (var left = part; left > 0;)
        {
            var read = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)));
            if (fault?.Kind == FaultKind.Garbled)
                buffer[0] ^= 0xFF;
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            left -= read;
        }
        await context.Response.Body.FlushAsync(context.RequestAborted);
        if (fault?.Kind == FaultKind.Cut)
        {
            // What was written is to be on its way before the connection goes.
            await Task.Delay(50);
            context.Abort();
        }
        if (fault?.Kind == FaultKind.Stall)
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
    }

    private async Task UploadAsync(HttpContext context, StoredContainer container, Fault? fault)
    {
        if (_options.IsReadOnly)
            throw new Refusal(403, "The key is read-only");
        if (context.Request.Query.ContainsKey("ticket"))
        {
            await TicketAsync(context, container, fault);
            return;
        }
        if (context.Request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) != true)
            throw new Refusal(415, "A form is wanted");
        var form = await context.Request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = long.MaxValue });
        if (form.Files.Count != 1 || form.Files[0].Name != "file")
            throw new Refusal(400, "One part 'file' is wanted");
        var file = form.Files[0];
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes);
        Store(container, file.FileName, bytes.ToArray());
        if (fault?.Kind == FaultKind.LostAnswer)
        {
            context.Abort();
            return;
        }
        await JsonAsync(context, new JsonArray(ContainerJson.Of(container.Files[^1])), fault);
    }

    private async Task TicketAsync(HttpContext context, StoredContainer container, Fault? fault)
    {
        var id = context.Request.Query["ticket"].ToString();
        if (id.Length > 0)
        {
            if (!_tickets.TryRemove(id, out var done) || done.Bytes is null)
                throw new Refusal(404, "No such ticket");
            Store(done.Container, done.Name, done.Bytes);
            if (fault?.Kind == FaultKind.LostAnswer)
                context.Abort();
            else
                await JsonAsync(context, new JsonArray(ContainerJson.Of(container.Files[^1])), fault);
            return;
        }
        if (!_options.SignedUrls || _options.RefusesTickets)
            throw new Refusal(409, "Signed uploads are not supported");
        var body = await BodyAsync(context);
        if (body["metadata"] is not JsonObject || body["filenames"] is not JsonArray { Count: 1 } names)
            throw new Refusal(422, "metadata and filenames are wanted");
        var ticket = Guid.NewGuid().ToString("N");
        var name = (string)names[0]!;
        _tickets[ticket] = (container, name, null);
        await JsonAsync(context, new JsonObject
        {
            ["ticket"] = ticket, ["urls"] = new JsonObject { [name] = $"{Scheme}://127.0.0.1:{StoragePort}/upload/{ticket}?sig=secret" },
            ["headers"] = new JsonObject { ["x-ms-blob-type"] = "BlockBlob" },
        }, fault);
    }

    private void Store(StoredContainer container, string name, byte[] bytes)
    {
        if (name.Length is 0 or > 255 || name.Any(c => c is '/' or '\\' || char.IsControl(c)) || Encoding.UTF8.GetByteCount(name) != name.Length)
            throw new Refusal(422, "Invalid file name");
        container.Files.RemoveAll(f => f.Name == name);
        container.Add(name, bytes, "tabular data");
        Uploads.Enqueue((container, name, bytes));
    }
}
