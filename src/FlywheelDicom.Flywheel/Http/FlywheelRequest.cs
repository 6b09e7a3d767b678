namespace FlywheelDicom.Flywheel;

/// <summary>A request to the API. For each try a new HTTP request is made from it.</summary>
internal sealed record FlywheelRequest(HttpMethod Method, string Path)
{
    /// <summary>An address outside the API. The key is never sent there.</summary>
    public Uri? Elsewhere { get; init; }

    /// <summary>Makes the content for each try: a content can be sent only once.</summary>
    public Func<HttpContent>? Content { get; init; }

    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Whether it may be sent twice. For a POST that must be set.</summary>
    public bool IsRepeatable { get; init; } = Method != HttpMethod.Post;

    /// <summary>The answer is a list in pages.</summary>
    public bool IsPaged { get; init; }

    /// <summary>The first byte that is wanted.</summary>
    public long From { get; init; }

    /// <summary>For messages: without the query, which may hold a ticket, and without a signed URL, which gives access for minutes.</summary>
    public override string ToString() => Elsewhere is null ? $"{Method} /api/{Path.Split('?')[0]}" : $"{Method} to the storage";

    public static FlywheelRequest Get(string path) => new(HttpMethod.Get, path);
}
