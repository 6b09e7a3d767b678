using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FlywheelDicom;

/// <summary>The DICOM JSON model of a data set (PS3.18 Annex F).</summary>
internal static class DicomJson
{
    /// <summary>One JSON object: a member for each element, named by its tag in eight hexadecimal digits, with its VR and its values.</summary>
    /// <param name="dataset">Elements before pixel data. Group lengths are left out (PS3.18 §F.2.2). Values of more than 16 MB cannot be loaded.</param>
    /// <param name="options">Indentation and escaping.</param>
    /// <exception cref="InvalidOperationException">A value is too large to be loaded.</exception>
    public static string Serialize(DicomDataset dataset, JsonWriterOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, options))
            Write(writer, dataset);
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void Write(Utf8JsonWriter writer, DicomDataset dataset)
    {
        writer.WriteStartObject();
        foreach (var element in dataset.Elements())
        {
            if (element.Id.IsGroupLength)
                continue;
            writer.WriteStartObject(string.Create(CultureInfo.InvariantCulture, $"{element.Id.Value:X8}"));
            writer.WriteString("vr", element.VR);
            WriteValue(writer, dataset, element);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, DicomDataset dataset, DicomElement element)
    {
        var vr = dataset.VROf(element.Id);
        if (vr.IsText)
        {
            // What is written here is UTF-8, whatever the file's own character set.
            var text = element.Id == DicomTag.SpecificCharacterSet ? "ISO_IR 192" : dataset.GetString(element.Id);
            if (!string.IsNullOrEmpty(text))
                WriteTexts(writer, vr, text);
            return;
        }
        switch (dataset.GetValue(element.Id))
        {
            case null:
                return;
            case byte[] bytes:
                writer.WriteBase64String("InlineBinary", bytes);
                return;
            case DicomDataset[] items:
                if (items.Length == 0)
                    return;
                writer.WriteStartArray("Value");
                foreach (var item in items)
                    Write(writer, item);
                writer.WriteEndArray();
                return;
            case Array many:
                writer.WriteStartArray("Value");
                foreach (var value in many)
                    WriteNumber(writer, value);
                writer.WriteEndArray();
                return;
            case var one:
                writer.WriteStartArray("Value");
                WriteNumber(writer, one);
                writer.WriteEndArray();
                return;
        }
    }

    private static void WriteTexts(Utf8JsonWriter writer, DicomVR vr, string text)
    {
        writer.WriteStartArray("Value");
        foreach (var value in vr.IsSingleText ? [text] : text.Split('\\'))
        {
            var trimmed = vr.IsSingleText ? value : value.Trim(' ');
            if (trimmed.Length == 0)
                writer.WriteNullValue();
            else if (vr == DicomVR.PN)
                WriteName(writer, trimmed);
            else if (vr == DicomVR.IS && long.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
                writer.WriteNumberValue(integer);
            else if (vr == DicomVR.DS && double.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real))
                writer.WriteNumberValue(real);
            else
                writer.WriteStringValue(trimmed);
        }
        writer.WriteEndArray();
    }

    /// <summary>Component groups by name (PS3.18 §F.2.2, PS3.5 §6.2.1.1).</summary>
    private static void WriteName(Utf8JsonWriter writer, string name)
    {
        ReadOnlySpan<string> groups = ["Alphabetic", "Ideographic", "Phonetic"];
        var parts = name.Split('=', 3);
        writer.WriteStartObject();
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length > 0)
                writer.WriteString(groups[i], parts[i]);
        }
        writer.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case DicomTag tag:
                writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{tag.Group:X4}{tag.Element:X4}"));
                break;
            // JSON has no number for what is none.
            case float and not (>= float.MinValue and <= float.MaxValue) or double and not (>= double.MinValue and <= double.MaxValue):
                writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
            case float single:
                writer.WriteNumberValue(single);
                break;
            case double real:
                writer.WriteNumberValue(real);
                break;
            case ulong large:
                writer.WriteNumberValue(large);
                break;
            default:
                writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
