using System.Text.Json.Serialization;

namespace FlywheelDicom.Flywheel;

/// <summary>An instance, and the user of the key there.</summary>
internal sealed record FlywheelSite
{
    public string? Name { get; init; }

    /// <summary>Its version; null on development sites.</summary>
    public string? Release { get; init; }

    /// <summary>It supports uploads to a signed URL of its storage.</summary>
    public bool TakesSignedUploads { get; init; }

    /// <summary>The user that the key belongs to.</summary>
    public required string UserId { get; init; }
    public bool IsDevice { get; init; }
}

internal sealed record VersionAnswer
{
    public string? Release { get; init; }

    [JsonPropertyName("flywheel_release")]
    public string? FlywheelRelease { get; init; }
}

internal sealed record ConfigAnswer
{
    public SiteAnswer? Site { get; init; }
    public FeaturesAnswer? Features { get; init; }

    /// <summary>The same in older servers.</summary>
    [JsonPropertyName("signed_url")]
    public bool? SignedUrl { get; init; }
}

internal sealed record SiteAnswer(string? Name);

internal sealed record FeaturesAnswer
{
    [JsonPropertyName("signed_url")]
    public bool? SignedUrl { get; init; }
}

internal sealed record UserAnswer([property: JsonPropertyName("_id")] string? Id, string? Email);

internal sealed record AuthStatusAnswer
{
    public AuthOrigin? Origin { get; init; }

    [JsonPropertyName("is_device")]
    public bool IsDevice { get; init; }
}

internal sealed record AuthOrigin(string? Type, string? Id);
