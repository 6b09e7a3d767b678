using System.Text.Json.Serialization;

namespace FlywheelDicom.Flywheel;

internal sealed record UserAnswer([property: JsonPropertyName("_id")] string? Id, string? Email);
