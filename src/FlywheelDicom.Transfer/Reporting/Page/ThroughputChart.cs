using System.Globalization;
using System.Text;

namespace FlywheelDicom.Transfer.Reporting;

/// <summary>Bytes a second over the time of a run, as an SVG of one area. Times without data, as in an outage, are gaps.</summary>
internal static class ThroughputChart
{
    private const int Width = 900;
    private const int Height = 220;
    private const int Left = 78;
    private const int Right = 8;
    private const int Top = 12;
    private const int Bottom = 30;

    /// <summary>A chart of fewer spans shows nothing.</summary>
    private const int MinSpans = 4;

    public static bool CanShow(Throughput throughput) => throughput.Bytes.Count >= MinSpans && throughput.Bytes.Any(b => b > 0);

    /// <param name="page">Where it is written.</param>
    /// <param name="run">The run.</param>
    /// <param name="id">Is part of the ids in it, as a page may have several charts.</param>
    public static void Write(PageWriter page, SendRunRecord run, int id)
    {
        var spans = run.Throughput.Bytes;
        var rates = spans.Select(b => b / run.Throughput.Span.TotalSeconds).ToArray();
        var top = RoundUp(rates.Max());
        var length = run.Throughput.Span * spans.Count;
        page.Element("svg", () =>
        {
            page.Text("title", "Throughput over time", ("id", $"chart{id}"));
            page.Text("desc", $"At most {PageWriter.Size(rates.Max())} a second, in {PageWriter.Duration(length)}. Each step stands for {PageWriter.Duration(run.Throughput.Span)}.", ("id", $"chart{id}d"));
            for (var i = 0; i <= 4; i++)
                Grid(page, i, top);
            page.Void("path", ("d", Area(rates, top)), ("fill", "#0b5a6e"), ("fill-opacity", "0.16"));
            page.Void("path", ("d", Outline(rates, top)), ("fill", "none"), ("stroke", "#0b5a6e"), ("stroke-width", "1.6"), ("stroke-linejoin", "round"));
            for (var i = 0; i <= 4; i++)
                Mark(page, i, run.Started + length * (i / 4.0), length);
        }, ("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {Width} {Height}")), ("role", "img"), ("aria-labelledby", $"chart{id} chart{id}d"),
            ("font-family", "inherit"), ("font-size", "12"), ("fill", "#55656e"));
        page.Line();
    }

    /// <summary>1, 2 or 5 times a power of ten, so that the lines stand at round numbers.</summary>
    internal static double RoundUp(double rate)
    {
        if (rate <= 0)
            return 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rate)));
        return new[] { 1.0, 2, 4, 5, 8, 10 }.First(f => f * power >= rate * 0.9999) * power;
    }

    private static void Grid(PageWriter page, int quarter, double top)
    {
        var y = Y(top * quarter / 4, top);
        page.Void("line", ("x1", Text(Left)), ("x2", Text(Width - Right)), ("y1", Text(y)), ("y2", Text(y)), ("stroke", quarter == 0 ? "#1d2b33" : "#d5dde1"), ("stroke-width", "1"));
        page.Text("text", quarter == 0 ? "0" : PageWriter.Size(top * quarter / 4) + "/s", ("x", Text(Left - 10)), ("y", Text(y + 4)), ("text-anchor", "end"));
    }

    private static void Mark(PageWriter page, int quarter, DateTimeOffset time, TimeSpan length)
    {
        var format = length < TimeSpan.FromMinutes(5) ? "HH:mm:ss" : length < TimeSpan.FromDays(1) ? "HH:mm" : "d MMM HH:mm";
        page.Text("text", time.ToString(format, CultureInfo.InvariantCulture), ("x", Text(Left + (Width - Left - Right) * quarter / 4.0)), ("y", Text(Height - 10)),
            ("text-anchor", quarter switch { 0 => "start", 4 => "end", _ => "middle" }));
    }

    private static string Outline(double[] rates, double top)
    {
        var path = new StringBuilder();
        for (var i = 0; i < rates.Length; i++)
        {
            path.Append(i == 0 ? "M" : "L").Append(Text(X(i, rates.Length))).Append(' ').Append(Text(Y(rates[i], top)));
            path.Append('H').Append(Text(X(i + 1, rates.Length)));
        }
        return path.ToString();
    }

    private static string Area(double[] rates, double top)
        => $"{Outline(rates, top)}V{Text(Y(0, top))}H{Text(Left)}Z";

    private static double X(int span, int count) => Left + (Width - Left - Right) * (double)span / count;

    private static double Y(double rate, double top) => Top + (Height - Top - Bottom) * (1 - rate / top);

    private static string Text(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}
