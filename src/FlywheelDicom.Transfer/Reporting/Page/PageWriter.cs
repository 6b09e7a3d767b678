using System.Globalization;
using System.Text;
using System.Xml;

namespace FlywheelDicom.Transfer.Reporting;

/// <summary>
/// Writes HTML that is XML too: each element is closed, and all text is encoded by the writer, so that no name or reason can become
/// markup.
/// </summary>
internal sealed class PageWriter : IDisposable
{
    private static readonly NumberFormatInfo s_numbers = new() { NumberGroupSeparator = "\u202F", NumberDecimalSeparator = "." };
    private readonly XmlWriter _xml;

    public PageWriter(Stream stream)
    {
        var settings = new XmlWriterSettings
        {
            Encoding = new UTF8Encoding(false), OmitXmlDeclaration = true, ConformanceLevel = ConformanceLevel.Fragment, CheckCharacters = false, NewLineChars = "\n", CloseOutput = false,
            // A line break between elements is text. It is written where it does no harm, see Line.
            Indent = false,
        };
        _xml = XmlWriter.Create(stream, settings);
        _xml.WriteRaw("<!DOCTYPE html>\n");
    }

    /// <summary>An element with what the action writes into it.</summary>
    public void Element(string name, Action content, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        content();
        _xml.WriteFullEndElement();
    }

    /// <summary>An element with text.</summary>
    public void Text(string name, string text, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        Text(text);
        _xml.WriteFullEndElement();
    }

    /// <summary>An element that HTML never closes.</summary>
    public void Void(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        _xml.WriteEndElement();
    }

    public void Text(string text) => _xml.WriteString(Fit(text));

    /// <summary>Text that is not data: a style sheet, or a line break.</summary>
    public void Raw(string text) => _xml.WriteRaw(text);

    /// <summary>Ends a line of the file, so that a person can read it.</summary>
    public void Line() => _xml.WriteRaw("\n");

    /// <summary>A number with narrow spaces between thousands.</summary>
    public static string Number(long number) => number.ToString("N0", s_numbers);

    public static string Number(long number, string one, string many) => $"{Number(number)} {(number == 1 ? one : many)}";

    /// <summary>Bytes in a unit of thousands.</summary>
    public static string Size(double bytes)
    {
        string[] units = ["bytes", "KB", "MB", "GB", "TB"];
        var unit = 0;
        for (; bytes >= 999.5 && unit < units.Length - 1; unit++)
            bytes /= 1000;
        return $"{bytes.ToString(unit == 0 || bytes >= 99.95 ? "N0" : "N1", s_numbers)} {units[unit]}";
    }

    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds:00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(time.TotalHours):0} h {time.Minutes:00} min"),
    };

    public static string Time(DateTimeOffset time) => time.ToString("d MMMM yyyy, HH:mm:ss (zzz)", CultureInfo.InvariantCulture).Replace("(+00:00)", "UTC", StringComparison.Ordinal);

    public void Dispose() => _xml.Dispose();

    /// <summary>Neither XML nor HTML allows the two numbers that are no characters.</summary>
    private static string Fit(string text) => PlainText.Clean(text).Replace('\uFFFE', '\uFFFD').Replace('\uFFFF', '\uFFFD');

    private void Start(string name, ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        _xml.WriteStartElement(name);
        foreach (var (attribute, value) in attributes)
        {
            if (value is not null)
                _xml.WriteAttributeString(attribute, Fit(value));
        }
    }
}
