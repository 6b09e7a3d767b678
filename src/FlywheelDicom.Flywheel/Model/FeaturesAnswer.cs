using System.Text.Json.Serialization;

namespace FlywheelDicom.Flywheel;

internal sealed record FeaturesAnswer
{
    [JsonPropertyName("signed_url")]
    public bool? SignedUrl { get; init; }
}
