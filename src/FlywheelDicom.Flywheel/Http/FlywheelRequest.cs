namespace FlywheelDicom.Flywheel;

/// <summary>One thing to ask: it is made into an HTTP request anew for each try.</summary>
internal sealed record FlywheelRequest(HttpMethod Method, string Path)
{
    /// <summary>A place outside the API, which never gets our login.</summary>
    public Uri? Elsewhere { get; init; }

    /// <summary>Made for each try, since a content is spent with its request.</summary>
    public Func<HttpContent>? Content { get; init; }

    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Asking twice does no harm; a POST says so itself.</summary>
    public bool IsRepeatable { get; init; } = Method != HttpMethod.Post;

    /// <summary>Lists: answers in pages.</summary>
    public bool IsPaged { get; init; }

    /// <summary>From which byte on.</summary>
    public long From { get; init; }

    /// <summary>For people: without query, which may hold a ticket, and without the place elsewhere, which is a password for minutes.</summary>
    public override string ToString() => Elsewhere is null ? $"{Method} /api/{Path.Split('?')[0]}" : $"{Method} to the storage";

    public static FlywheelRequest Get(string path) => new(HttpMethod.Get, path);
}
