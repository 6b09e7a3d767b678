using System.Globalization;
using System.Security.Cryptography;

namespace FlywheelDicom.IO;

/// <summary>Values as text.</summary>
internal static class ElementText
{
    /// <summary>A longer value is not loaded to be shown in a listing.</summary>
    public const int MaxShown = 1024 * 1024;

    /// <summary>More bytes are not written out: a digest tells them apart.</summary>
    private const int MaxHex = 1024;

    /// <summary>For one line: bytes and items by their number.</summary>
    public static string Short(object? value) => value switch
    {
        byte[] bytes => Count(bytes.Length, "byte"),
        DicomDataset[] items => Count(items.Length, "item"),
        _ => Whole(value),
    };

    /// <summary>All of it: two values are equal where this text is.</summary>
    public static string Whole(object? value) => value switch
    {
        null => "",
        byte[] { Length: > MaxHex } bytes => $"{Convert.ToHexString(bytes.AsSpan(0, 32))}… ({bytes.Length} bytes, SHA-256 {Convert.ToHexString(SHA256.HashData(bytes))})",
        byte[] bytes => Convert.ToHexString(bytes),
        DicomDataset[] items => string.Join(", ", items.Select(Item)),
        Array many => string.Join('\\', many.Cast<object>().Select(One)),
        _ => One(value),
    };

    private static string Item(DicomDataset item) => $"{{ {string.Join("; ", item.Elements().Select(Element))} }}";

    private static string Element(DicomElement element) => $"{(element.Keyword.Length > 0 ? element.Keyword : element.Tag)} = {element.Value}";

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    private static string One(object value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
