using System.Text.Json.Serialization;

namespace FlywheelDicom.Flywheel;

internal sealed record JobCreated([property: JsonPropertyName("_id")] string? Id);
