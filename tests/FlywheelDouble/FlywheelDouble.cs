using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FlywheelDicom.FlywheelDouble;

/// <summary>
/// A Flywheel instance for tests: an API on one port and a storage on another. It notes what no client may do, above all the login
/// at the storage.
/// </summary>
public sealed partial class FlywheelDouble : IAsyncDisposable
{
    private readonly DoubleOptions _options;
    private readonly ContainerJson _json;
    private readonly List<Fault> _faults = [];
    private readonly Dictionary<Fault, int> _met = [];
    private readonly object _lock = new();
    private readonly ConcurrentDictionary<string, StoredFile> _signed = new();
    private readonly ConcurrentDictionary<string, (StoredContainer Container, string Name, byte[]? Bytes)> _tickets = new();
    private WebApplication? _app;
    private int _count;

    private FlywheelDouble(DoubleOptions options) => (_options, _json) = (options, new ContainerJson(options));

    public int Port { get; private set; }
    public int StoragePort { get; private set; }
    public string Key => $"127.0.0.1:{Port}:{(_options.Certificate is null ? "__force_insecure:" : "")}{_options.Secret}";
    public List<StoredContainer> Groups { get; } = [];
    public ConcurrentQueue<string> Violations { get; } = new();
    public ConcurrentQueue<string> Requests { get; } = new();
    public ConcurrentQueue<(StoredContainer Container, string Name, byte[] Bytes)> Uploads { get; } = new();
    public ConcurrentQueue<JsonObject> Jobs { get; } = new();
    private string Scheme => _options.Certificate is null ? "http" : "https";

    public static async Task<FlywheelDouble> StartAsync(DoubleOptions? options = null)
    {
        var self = new FlywheelDouble(options ?? new DoubleOptions());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            for (var i = 0; i < 2; i++)
            {
                kestrel.Listen(IPAddress.Loopback, 0, listen =>
                {
                    if (self._options.Certificate is { } certificate)
                        listen.UseHttps(certificate);
                });
            }
        });
        self._app = builder.Build();
        self._app.Run(self.HandleAsync);
        await self._app.StartAsync();
        var addresses = self._app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(a => new Uri(a).Port).ToArray();
        (self.Port, self.StoragePort) = (addresses[0], addresses[1]);
        return self;
    }

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _app!.StopAsync(soon.Token);
        await _app.DisposeAsync();
    }

    public void Add(Fault fault)
    {
        lock (_lock)
            _faults.Add(fault);
    }

    public StoredContainer AddGroup(string id)
    {
        var group = new StoredContainer("group", id, id, null);
        Groups.Add(group);
        return group;
    }

    public StoredContainer AddChild(StoredContainer parent, string label)
    {
        string[] kinds = ["group", "project", "subject", "session", "acquisition"];
        var kind = kinds[Array.IndexOf(kinds, parent.Kind) + 1];
        var id = (++_count).ToString("x24", CultureInfo.InvariantCulture);
        var child = new StoredContainer(kind, id, label, parent) { Created = DateTimeOffset.UnixEpoch.AddDays(20_000).AddMinutes(_count) };
        parent.Children.Add(child);
        return child;
    }

    private IEnumerable<StoredContainer> All(IEnumerable<StoredContainer>? from = null) => (from ?? Groups).SelectMany(c => new[] { c }.Concat(All(c.Children)));

    private async Task HandleAsync(HttpContext context)
    {
        var raw = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var isStorage = context.Connection.LocalPort == StoragePort;
        Requests.Enqueue($"{context.Request.Method} {(isStorage ? "storage" : "api")} {raw} {context.Request.Headers.Range}".TrimEnd());
        try
        {
            if (isStorage)
                await StorageAsync(context, raw);
            else
                await ApiAsync(context, raw);
        }
        catch (Refusal refusal)
        {
            await ErrorAsync(context, refusal.Status, refusal.Message);
        }
        catch (OperationCanceledException)
        {
            // The caller went.
        }
    }

    private async Task ApiAsync(HttpContext context, string raw)
    {
        var segments = raw.Split('?')[0].Split('/').Skip(1).Select(Uri.UnescapeDataString).ToArray();
        if (segments is not ["api", ..])
            throw new Refusal(404, "Not found");
        var path = segments[1..];
        var fault = Meet(context.Request.Method, raw);
        if (fault is not null && await FailAsync(context, fault))
            return;
        if (path is ["version"])
        {
            await JsonAsync(context, _options.IsOld ? new JsonObject { ["database"] = 45 } : new JsonObject { ["release"] = "21.4.0", ["flywheel_release"] = "21.4.0", ["database"] = 100 }, fault);
            return;
        }
        if (path is ["config"])
        {
            var config = new JsonObject { ["site"] = new JsonObject { ["name"] = "Double" } };
            if (_options.IsOld)
                config["signed_url"] = _options.SignedUrls;
            else
                config["features"] = new JsonObject { ["signed_url"] = _options.SignedUrls };
            await JsonAsync(context, config, fault);
            return;
        }
        Authorize(context);
        await RouteAsync(context, path, fault);
    }

    private void Authorize(HttpContext context)
    {
        var word = _options.Secret.Length == 57 ? "Bearer " : "scitran-user ";
        if (context.Request.Headers.Authorization.ToString() != word + _options.Secret)
            throw new Refusal(401, "Invalid API key");
        if (string.IsNullOrEmpty(context.Request.Headers.UserAgent))
            Violations.Enqueue("no User-Agent");
    }

    private async Task RouteAsync(HttpContext context, string[] path, Fault? fault)
    {
        var method = context.Request.Method;
        switch (method, path)
        {
            case ("GET", ["users", "self"]):
                if (_options.IsDevice)
                    throw new Refusal(403, "Devices are no users");
                await JsonAsync(context, new JsonObject { ["_id"] = "jane@example.org", ["email"] = "jane@example.org" }, fault);
                return;
            case ("GET", ["auth", "status"]):
                await JsonAsync(context, new JsonObject
                {
                    ["origin"] = new JsonObject { ["type"] = _options.IsDevice ? "device" : "user", ["id"] = _options.IsDevice ? "device-7" : "jane@example.org" },
                    ["is_device"] = _options.IsDevice,
                }, fault);
                return;
            case ("POST", ["resolve"]):
                await ResolveAsync(context, fault);
                return;
            case ("GET", ["files", var id, "download"]):
                await DownloadAsync(context, All().SelectMany(c => c.Files).FirstOrDefault(f => f.FileId == id) ?? throw new Refusal(404, "No such file"), fault);
                return;
            case ("POST", ["jobs", "add"]):
                await AddJobAsync(context, fault);
                return;
            case ("GET", ["jobs"]):
                var tag = Regex.Match(context.Request.Query["filter"].ToString(), @"(?<=tags=)[^,]+").Value;
                await ListAsync(context, [.. Jobs.Where(j => j["tags"]!.AsArray().Any(t => (string?)t == tag))], fault);
                return;
            case ("GET", [var plural]):
                await ListAsync(context, Listed(All(), Singular(plural), context), fault);
                return;
            case ("GET", [var plural, var id]):
                await JsonAsync(context, _json.Whole(Find(plural, id)), fault);
                return;
            case ("GET", [var plural, var id, var children]):
                await ListAsync(context, Listed(All(Find(plural, id).Children), Singular(children), context), fault);
                return;
            case ("GET", [var plural, var id, "files", var name]):
                await DownloadAsync(context, Find(plural, id).Files.Find(f => f.Name == name) ?? throw new Refusal(404, "No such file"), fault);
                return;
            case ("POST", [var plural, var id, "files"]):
                await UploadAsync(context, Find(plural, id), fault);
                return;
            default:
                throw new Refusal(404, "Not found");
        }
    }

    private static string Singular(string plural) => plural is "groups" or "projects" or "subjects" or "sessions" or "acquisitions" ? plural[..^1] : throw new Refusal(404, "Not found");

    private StoredContainer Find(string plural, string id)
        => All().FirstOrDefault(c => c.Kind == Singular(plural) && c.Id == id) ?? throw new Refusal(404, $"{Singular(plural)} {id} not found");

    private List<JsonObject> Listed(IEnumerable<StoredContainer> containers, string kind, HttpContext context)
    {
        var filter = context.Request.Query["filter"].ToString();
        return [.. containers.Where(c => c.Kind == kind && Passes(c, filter)).OrderBy(c => c.Id, StringComparer.Ordinal).Select(_json.InList)];
    }

    private static bool Passes(StoredContainer container, string filter)
    {
        if (filter.Length == 0)
            return true;
        foreach (var condition in Regex.Split(filter, @"(?<!\\),"))
        {
            var parts = Regex.Match(condition, @"^([\w.]+)(=~|!=|<=|>=|=|<|>)(.*)$");
            if (!parts.Success)
                throw new Refusal(422, "Invalid filter");
            var value = parts.Groups[3].Value.Replace(@"\,", ",", StringComparison.Ordinal);
            var field = parts.Groups[1].Value switch { "label" => container.Label, "_id" => container.Id, _ => throw new Refusal(422, "Unknown field") };
            var passes = parts.Groups[2].Value switch { "=" => field == value, "!=" => field != value, "=~" => Regex.IsMatch(field, value), _ => throw new Refusal(422, "Unknown operator") };
            if (!passes)
                return false;
        }
        return true;
    }

    private async Task ListAsync(HttpContext context, List<JsonObject> all, Fault? fault)
    {
        var query = context.Request.Query;
        foreach (var name in new[] { "limit", "skip", "page" })
        {
            if (query.ContainsKey(name) && !(int.TryParse(query[name], out var number) && number >= 0))
                throw new Refusal(422, $"Invalid {name}");
        }
        var paged = context.Request.Headers["X-Accept-Feature"].ToString().Split(',').Any(f => f.Trim().Equals("pagination", StringComparison.OrdinalIgnoreCase));
        if (_options.IsOld)
        {
            await JsonAsync(context, new JsonArray([.. all]), fault);
            return;
        }
        if (query.ContainsKey("after_id") && (query.ContainsKey("sort") || query.ContainsKey("page") || query.ContainsKey("skip") || !query.ContainsKey("limit")))
            throw new Refusal(422, "after_id goes with limit alone");
        var total = all.Count;
        IEnumerable<JsonObject> page = all;
        if (query.ContainsKey("after_id"))
            page = page.Where(c => string.CompareOrdinal((string?)c["_id"], query["after_id"]) > (fault?.Kind == FaultKind.RepeatPage ? -1 : 0));
        if (int.TryParse(query["skip"], out var skip))
            page = page.Skip(skip);
        var limit = int.TryParse(query["limit"], out var asked) ? Math.Min(asked, _options.PageCap) : int.MaxValue;
        if (fault?.Kind == FaultKind.ShrinkPage)
            limit = Math.Max(1, limit / 3);
        var results = page.Take(limit).Select(c => c.DeepClone()).ToArray();
        await JsonAsync(context, paged ? new JsonObject { ["results"] = new JsonArray(results), ["count"] = results.Length, ["total"] = total } : new JsonArray(results), fault);
    }

    private async Task ResolveAsync(HttpContext context, Fault? fault)
    {
        var body = await BodyAsync(context);
        var path = body["path"]!.AsArray().Select(p => (string)p!).ToList();
        var nodes = new JsonArray();
        IEnumerable<StoredContainer> level = Groups;
        StoredContainer? last = null;
        foreach (var step in path)
        {
            var id = Regex.Match(step, "^<id:(.+)>$").Groups[1].Value;
            last = level.Where(c => id.Length > 0 ? c.Id == id : (c.Kind == "group" ? c.Id : c.Label) == step).MinBy(c => c.Created) ?? throw new Refusal(404, $"{step} not found");
            nodes.Add(new JsonObject { ["_id"] = last.Id, ["label"] = last.Label, [_options.IsOld ? "node_type" : "container_type"] = last.Kind });
            level = last.Children;
        }
        await JsonAsync(context, new JsonObject { ["path"] = nodes, ["children"] = new JsonArray() }, fault);
    }

    private async Task AddJobAsync(HttpContext context, Fault? fault)
    {
        var body = await BodyAsync(context);
        string[] known = ["gear_id", "config", "inputs", "destination", "tags", "label", "priority", "compute_provider_id"];
        if (body.Any(f => !known.Contains(f.Key)))
            throw new Refusal(400, "Unknown field");
        body["_id"] = Guid.NewGuid().ToString("N")[..24];
        body["state"] = "pending";
        Jobs.Enqueue(body);
        if (fault?.Kind == FaultKind.LostAnswer)
            context.Abort();
        else
            await JsonAsync(context, new JsonObject { ["_id"] = (string?)body["_id"] }, fault);
    }

    private Fault? Meet(string method, string raw)
    {
        lock (_lock)
        {
            foreach (var fault in _faults)
            {
                if (!raw.Contains(fault.Path, StringComparison.Ordinal) || (fault.Method is not null && fault.Method != method))
                    continue;
                var met = _met[fault] = _met.GetValueOrDefault(fault) + 1;
                if (met > fault.After && met <= fault.After + fault.Times)
                    return fault;
            }
            return null;
        }
    }

    /// <summary>Faults that take the place of the answer; true where there is none to come.</summary>
    private static async Task<bool> FailAsync(HttpContext context, Fault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.Status:
                if (fault.RetryAfter is not null)
                    context.Response.Headers.RetryAfter = fault.RetryAfter == "date" ? DateTimeOffset.UtcNow.AddSeconds(1).ToString("R") : fault.RetryAfter;
                await ErrorAsync(context, fault.Status, "As the test wants it");
                return true;
            case FaultKind.Html:
                context.Response.StatusCode = fault.Status;
                context.Response.ContentType = "text/html";
                await context.Response.WriteAsync("<html><body><h1>Bad gateway</h1></body></html>");
                return true;
            case FaultKind.Silence:
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                return true;
            case FaultKind.Reset:
                context.Abort();
                return true;
            case FaultKind.RedirectLoop:
                context.Response.Redirect(context.Request.Path.Value + context.Request.QueryString.Value);
                return true;
            default:
                return false;
        }
    }

    private static async Task<JsonObject> BodyAsync(HttpContext context)
    {
        if (context.Request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
            throw new Refusal(415, "JSON is wanted");
        return (await JsonSerializer.DeserializeAsync<JsonObject>(context.Request.Body, cancellationToken: context.RequestAborted))!;
    }

    private static async Task JsonAsync(HttpContext context, JsonNode json, Fault? fault)
    {
        context.Response.ContentType = "application/json";
        await SendAsync(context, new MemoryStream(Encoding.UTF8.GetBytes(json.ToJsonString())), 0, fault);
    }

    private static Task ErrorAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { message, status_code = status, request_id = "req-4711" });
    }

    private sealed class Refusal(int status, string message) : Exception(message)
    {
        public int Status { get; } = status;
    }
}
