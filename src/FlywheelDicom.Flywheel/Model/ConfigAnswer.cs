using System.Text.Json.Serialization;

namespace FlywheelDicom.Flywheel;

internal sealed record ConfigAnswer
{
    public SiteAnswer? Site { get; init; }
    public FeaturesAnswer? Features { get; init; }

    /// <summary>The same in older servers.</summary>
    [JsonPropertyName("signed_url")]
    public bool? SignedUrl { get; init; }
}
