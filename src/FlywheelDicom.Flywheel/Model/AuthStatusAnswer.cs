using System.Text.Json.Serialization;

namespace FlywheelDicom.Flywheel;

internal sealed record AuthStatusAnswer
{
    public AuthOrigin? Origin { get; init; }

    [JsonPropertyName("is_device")]
    public bool IsDevice { get; init; }
}
