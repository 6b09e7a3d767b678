using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlywheelDicom.Flywheel;

/// <summary>Reads and writes the JSON of the API, with code that is generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(FlywheelContainer))]
[JsonSerializable(typeof(FlywheelFile))]
[JsonSerializable(typeof(FlywheelJob))]
[JsonSerializable(typeof(FlywheelJobRequest))]
[JsonSerializable(typeof(JobCreated))]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(ConfigAnswer))]
[JsonSerializable(typeof(UserAnswer))]
[JsonSerializable(typeof(AuthStatusAnswer))]
[JsonSerializable(typeof(ResolveAnswer))]
[JsonSerializable(typeof(PathRequest))]
[JsonSerializable(typeof(TicketRequest))]
[JsonSerializable(typeof(TicketAnswer))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(double))]
internal sealed partial class FlywheelJson : JsonSerializerContext;
