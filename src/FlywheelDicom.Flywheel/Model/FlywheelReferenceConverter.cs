using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlywheelDicom.Flywheel;

/// <summary>Reads an id, or an object with an id: that depends on the server's version.</summary>
internal sealed class FlywheelReferenceConverter : JsonConverter<FlywheelReference>
{
    public override FlywheelReference? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var element = document.RootElement;
        if (element.ValueKind == JsonValueKind.String)
            return new FlywheelReference(element.GetString()!, null);
        if (element.ValueKind != JsonValueKind.Object || Text(element, "_id") is not { } id)
            return null;
        return new FlywheelReference(id, Text(element, "label") ?? Text(element, "code"));
    }

    public override void Write(Utf8JsonWriter writer, FlywheelReference value, JsonSerializerOptions options) => writer.WriteStringValue(value.Id);

    private static string? Text(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
