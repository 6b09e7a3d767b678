using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlywheelDicom.Flywheel;

/// <summary>Reads text. Other values become null, or the text of a number: one field of an unexpected type must not make a whole list unreadable.</summary>
internal sealed class LenientTextConverter : JsonConverter<string>
{
    public override bool HandleNull => true;

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.ValueKind switch
        {
            JsonValueKind.String => document.RootElement.GetString(),
            JsonValueKind.Number or JsonValueKind.True => document.RootElement.GetRawText(),
            _ => null,
        };
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
