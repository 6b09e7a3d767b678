using System.Text.Json;

namespace FlywheelDicom.Flywheel;

/// <summary>The message in an error answer. The answer may be JSON of several forms, XML of a storage or HTML of a proxy, of any length.</summary>
internal static class ErrorAnswer
{
    private const int MaxBody = 64 * 1024;
    private const int MaxText = 200;

    /// <summary>Empty, or text to be put after the status code, without a period at its end.</summary>
    public static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            using var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            var buffer = new byte[MaxBody];
            var count = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            using var json = JsonDocument.Parse(buffer.AsMemory(0, count));
            return Describe(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or IOException)
        {
            // There is no message. The status is reported alone.
            return response.ReasonPhrase is { Length: > 0 and < 40 } phrase ? $" ({phrase})" : "";
        }
    }

    private static string Describe(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return "";
        var message = Text(root, "message") ?? Text(root, "reason") ?? Detail(root);
        var id = Text(root, "request_id");
        var said = message is null ? "" : $": {Shortened(message)}";
        return id is null ? said : $"{said} (request {Shortened(id)})";
    }

    private static string? Detail(JsonElement root)
    {
        if (!root.TryGetProperty("detail", out var detail))
            return null;
        return detail.ValueKind switch
        {
            JsonValueKind.String => detail.GetString(),
            JsonValueKind.Array when detail.GetArrayLength() > 0 && detail[0].ValueKind == JsonValueKind.Object => Text(detail[0], "msg"),
            _ => null,
        };
    }

    private static string? Text(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Shortened(string text)
    {
        var line = PlainText.Clean(text.Trim().TrimEnd('.'));
        return line.Length <= MaxText ? line : line[..MaxText] + "...";
    }
}
