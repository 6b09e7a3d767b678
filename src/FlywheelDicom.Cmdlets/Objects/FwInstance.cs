namespace FlywheelDicom;

/// <summary>The Flywheel instance that this session is connected to. It never shows the key.</summary>
public sealed record FwInstance
{
    /// <summary>The host's name, as the API key has it.</summary>
    public required string Host { get; init; }

    /// <summary>TCP port.</summary>
    public required int Port { get; init; }

    /// <summary>Where its API begins.</summary>
    public required Uri BaseUri { get; init; }

    /// <summary>The site's own name.</summary>
    public string? SiteName { get; init; }

    /// <summary>The version of Flywheel; null where the site does not tell.</summary>
    public string? Release { get; init; }

    /// <summary>Whom the key belongs to.</summary>
    public required string UserId { get; init; }

    /// <summary>The key is a device's, not a person's.</summary>
    public bool IsDevice { get; init; }

    /// <summary>Reports are uploaded straight into the site's storage.</summary>
    public bool TakesSignedUploads { get; init; }

    /// <summary>Who is connected, and where to.</summary>
    public override string ToString() => $"{UserId} at {Host}:{Port}";
}
