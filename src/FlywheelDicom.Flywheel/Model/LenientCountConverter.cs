using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlywheelDicom.Flywheel;

/// <summary>Reads a count of bytes or entries. Anything else, and numbers below zero, become null.</summary>
internal sealed class LenientCountConverter : JsonConverter<long?>
{
    public override bool HandleNull => true;

    public override long? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var element = document.RootElement;
        var text = element.ValueKind switch { JsonValueKind.Number => element.GetRawText(), JsonValueKind.String => element.GetString(), _ => null };
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= long.MaxValue ? (long)value : null;
    }

    public override void Write(Utf8JsonWriter writer, long? value, JsonSerializerOptions options)
    {
        if (value is { } number)
            writer.WriteNumberValue(number);
        else
            writer.WriteNullValue();
    }
}
