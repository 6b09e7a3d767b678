using System.Text.Json.Serialization;

namespace FlywheelDicom.Flywheel;

internal sealed record VersionAnswer
{
    public string? Release { get; init; }

    [JsonPropertyName("flywheel_release")]
    public string? FlywheelRelease { get; init; }
}
