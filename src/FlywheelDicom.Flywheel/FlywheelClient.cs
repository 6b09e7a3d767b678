using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace FlywheelDicom.Flywheel;

/// <summary>A Flywheel instance as one user sees it: containers, files, uploads, jobs.</summary>
internal sealed partial class FlywheelClient : IDisposable
{
    private const int PageSize = 250;

    private readonly FlywheelApiKey _key;
    private readonly FlywheelClientOptions _options;
    private readonly HttpClient _http;
    private readonly bool _ownsHttp;
    private readonly FlywheelTransport _transport;
    private readonly FlywheelRetry _retry;

    /// <param name="key">Which instance, and who we are there.</param>
    /// <param name="options">Limits and trust.</param>
    public FlywheelClient(FlywheelApiKey key, FlywheelClientOptions options) : this(key, options, FlywheelTransport.CreateHttp(options), ownsHttp: true) { }

    private FlywheelClient(FlywheelApiKey key, FlywheelClientOptions options, HttpClient http, bool ownsHttp)
    {
        ArgumentNullException.ThrowIfNull(key);
        (_key, _options, _http, _ownsHttp) = (key, options, http, ownsHttp);
        _transport = new FlywheelTransport(key, options, http);
        _retry = new FlywheelRetry(options);
    }

    /// <summary>The same instance and user over the same connections, with other limits; it ends with the one it comes from.</summary>
    public FlywheelClient With(Func<FlywheelClientOptions, FlywheelClientOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return new FlywheelClient(_key, change(_options), _http, ownsHttp: false);
    }

    public void Dispose()
    {
        if (_ownsHttp)
            _http.Dispose();
    }

    /// <summary>Host and port alone.</summary>
    public override string ToString() => _key.ToString();

    /// <summary>Asks who we are, and what the instance is.</summary>
    /// <exception cref="FlywheelException">It is not there, is no Flywheel, or refuses the key.</exception>
    public async Task<FlywheelSite> ConnectAsync(CancellationToken cancellation)
    {
        var (userId, isDevice) = await WhoAmIAsync(cancellation).ConfigureAwait(false);
        var version = await OptionalAsync("version", FlywheelJson.Default.VersionAnswer, cancellation).ConfigureAwait(false);
        var config = await OptionalAsync("config", FlywheelJson.Default.ConfigAnswer, cancellation).ConfigureAwait(false);
        return new FlywheelSite
        {
            UserId = userId, IsDevice = isDevice, Name = config?.Site?.Name, Release = version?.FlywheelRelease ?? version?.Release,
            TakesSignedUploads = config?.SignedUrl == true || config?.Features?.SignedUrl == true,
        };
    }

    /// <exception cref="FlywheelException">It is not there, or may not be seen.</exception>
    public Task<FlywheelContainer> GetContainerAsync(FlywheelContainerKind kind, string id, CancellationToken cancellation)
        => GetAsync($"{kind.Plural()}/{Segment(id)}", FlywheelJson.Default.FlywheelContainer, cancellation);

    /// <summary>The current entry of a file; null if it is not there any more.</summary>
    public async Task<FlywheelFile?> FindFileAsync(FlywheelContainerKind kind, string containerId, string name, CancellationToken cancellation)
    {
        var container = await GetContainerAsync(kind, containerId, cancellation).ConfigureAwait(false);
        return container.Files?.FirstOrDefault(f => f?.Name == name);
    }

    /// <summary>All containers of a kind that the key may see, or those below another, in the order of their ids.</summary>
    /// <param name="kind">What is listed.</param>
    /// <param name="parent">Where; null: everywhere.</param>
    /// <param name="filter">Conditions in Flywheel's own language, such as <c>label=Baseline,created&gt;2024-01-01</c>.</param>
    /// <param name="cancellation">Ends the listing.</param>
    public IAsyncEnumerable<FlywheelContainer> ListAsync(
        FlywheelContainerKind kind, (FlywheelContainerKind Kind, string Id)? parent, string? filter, CancellationToken cancellation)
    {
        var path = parent is { } p ? $"{p.Kind.Plural()}/{Segment(p.Id)}/{kind.Plural()}" : kind.Plural();
        // An entry that cannot be read is given with its id alone, so that the others are not lost.
        return ListAsync(path, filter, FlywheelJson.Default.FlywheelContainer, c => c.Id, id => new FlywheelContainer { Id = id, IsUnread = true }, cancellation);
    }

    /// <summary>A value within a filter: a comma would begin the next condition.</summary>
    public static string FilterValue(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Replace(",", @"\,", StringComparison.Ordinal);
    }

    private async Task<(string Id, bool IsDevice)> WhoAmIAsync(CancellationToken cancellation)
    {
        try
        {
            var user = await GetAsync("users/self", FlywheelJson.Default.UserAnswer, cancellation).ConfigureAwait(false);
            return (user.Id ?? user.Email ?? "", false);
        }
        catch (FlywheelException e) when (e.Error is FlywheelError.Forbidden or FlywheelError.NotFound)
        {
            // A device is no user.
            var status = await OptionalAsync("auth/status", FlywheelJson.Default.AuthStatusAnswer, cancellation).ConfigureAwait(false);
            if (status is not { IsDevice: true })
                throw;
            return (status.Origin?.Id ?? "", true);
        }
    }

    /// <summary>Null where the instance does not have it, as some do not. Other failures are thrown.</summary>
    private async Task<T?> OptionalAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation) where T : class
    {
        try
        {
            return await GetAsync(path, type, cancellation).ConfigureAwait(false);
        }
        catch (FlywheelException e) when (e.Error is FlywheelError.NotFound or FlywheelError.Refused or FlywheelError.Forbidden)
        {
            return null;
        }
    }

    private Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
        => AskAsync(FlywheelRequest.Get(path), type, cancellation);

    private async Task<T> AskAsync<T>(FlywheelRequest request, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        var answer = await _retry.ExecuteAsync(async c =>
        {
            try
            {
                return await _transport.JsonAsync(request, type, c).ConfigureAwait(false);
            }
            catch (FlywheelException e) when (e.IsTransient && !request.IsRepeatable && e.StatusCode is not System.Net.HttpStatusCode.TooManyRequests)
            {
                // The server may have done it already. It must not be done twice.
                throw new FlywheelException(e.Error, e.Message, e) { StatusCode = e.StatusCode };
            }
        }, cancellation).ConfigureAwait(false);
        return answer ?? throw new FlywheelException(FlywheelError.BadAnswer, $"{_key} answered {request} with nothing.");
    }

    private static FlywheelRequest Post<T>(string path, T body, JsonTypeInfo<T> type)
        => new(HttpMethod.Post, path) { Content = () => JsonContentOf(body, type) };

    private static ByteArrayContent JsonContentOf<T>(T body, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
        content.Headers.ContentType = new("application/json");
        return content;
    }

    /// <summary>
    /// Reads a whole list, page by page, each after the last id of the one before, until a page has nothing new. Servers that do not
    /// support that are asked by position.
    /// </summary>
    private async IAsyncEnumerable<T> ListAsync<T>(
        string path, string? filter, JsonTypeInfo<T> type, Func<T, string> idOf, Func<string, T>? unread, [EnumeratorCancellation] CancellationToken cancellation)
        where T : class
    {
        var query = $"{path}?limit={PageSize}" + (string.IsNullOrEmpty(filter) ? "" : $"&filter={Uri.EscapeDataString(filter)}");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var last = "";
        var byPosition = false;
        FlywheelException? flaw = null;
        while (true)
        {
            var place = last.Length == 0 ? "" : byPosition ? $"&skip={seen.Count}" : $"&after_id={Segment(last)}";
            var request = FlywheelRequest.Get(query + place) with { IsPaged = true };
            var answer = await AskAsync(request, FlywheelJson.Default.JsonElement, cancellation).ConfigureAwait(false);
            var page = Results(answer, request);
            var isNew = false;
            foreach (var element in page.EnumerateArray())
            {
                if (Read(element, type, unread) is not { } item || idOf(item) is not { Length: > 0 } id)
                {
                    // Thrown at the end, so that the entries after it are not lost.
                    flaw = new FlywheelException(FlywheelError.BadAnswer, $"{_key} lists something without an id, or that cannot be read, for {request}.");
                    continue;
                }
                last = id;
                if (!seen.Add(id))
                    continue;
                isNew = true;
                yield return item;
            }
            if (isNew)
                continue;
            // A full page with nothing new: the server did not understand after_id.
            if (byPosition || page.GetArrayLength() != PageSize)
                break;
            byPosition = true;
        }
        if (flaw is not null)
            throw flaw;
    }

    private static T? Read<T>(JsonElement element, JsonTypeInfo<T> type, Func<string, T>? unread) where T : class
    {
        try
        {
            return element.Deserialize(type);
        }
        catch (JsonException)
        {
            return unread is not null && element.ValueKind == JsonValueKind.Object && element.TryGetProperty("_id", out var id) && id.ValueKind == JsonValueKind.String
                ? unread(id.GetString()!) : null;
        }
    }

    private JsonElement Results(JsonElement answer, FlywheelRequest request)
    {
        if (answer.ValueKind == JsonValueKind.Array)
            return answer;
        if (answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("results", out var results) && results.ValueKind == JsonValueKind.Array)
            return results;
        throw new FlywheelException(FlywheelError.BadAnswer, $"{_key} answered {request} with something that is no list.");
    }

    /// <summary>One escaped segment of a path: it contains no separator.</summary>
    private static string Segment(string text) => text is not ("" or "." or "..") ? Uri.EscapeDataString(text)
        : throw new FlywheelException(FlywheelError.NotFound, $"'{text}' is no id or name in Flywheel.");
}
