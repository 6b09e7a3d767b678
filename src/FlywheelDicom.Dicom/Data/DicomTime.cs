using System.Globalization;

namespace FlywheelDicom;

/// <summary>Dates and times as DICOM writes them (PS3.5 §6.2: DA, TM, DT), whatever the culture.</summary>
internal static class DicomTime
{
    public static bool IsDate(string text) => text.Length == 8 && IsDigits(text) && DateOnly.TryParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>HHmmss.ffffff. Parts at the end may be missing. 60 seconds are a leap second.</summary>
    public static bool IsTime(string text)
    {
        text = text.TrimEnd(' ');
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var whole = dot < 0 ? text : text[..dot];
        if (dot >= 0 && (whole.Length != 6 || !IsFraction(text[(dot + 1)..])))
            return false;
        return whole.Length is 2 or 4 or 6 && IsDigits(whole) && Part(whole, 0) <= 23 && Part(whole, 2) <= 59 && Part(whole, 4) <= 60;
    }

    /// <summary>yyyyMMddHHmmss.ffffff&amp;ZZXX. Parts before the offset may be missing, and so may the offset.</summary>
    public static bool IsDateTime(string text)
    {
        text = text.TrimEnd(' ');
        if (text.Length > 26)
            return false;
        var sign = text.IndexOfAny(['+', '-']);
        if (sign >= 0 && !IsOffset(text[sign..]))
            return false;
        var local = sign < 0 ? text : text[..sign];
        if (local.Length <= 8)
            return local.Length is 4 or 6 or 8 && IsDigits(local) && IsDate(local + "0101"[(local.Length - 4)..]);
        return IsDate(local[..8]) && IsTime(local[8..]);
    }

    /// <summary>Null if it is no date or time, or the VR cannot hold it.</summary>
    public static string? Text(object value, DicomVR vr)
    {
        var (date, time, offset) = value switch
        {
            DateTime at => (DateOnly.FromDateTime(at), TimeOnly.FromDateTime(at), at.Kind == DateTimeKind.Utc ? "+0000" : ""),
            DateTimeOffset at => (DateOnly.FromDateTime(at.DateTime), TimeOnly.FromDateTime(at.DateTime), Offset(at.Offset)),
            DateOnly day => (day, null, ""),
            TimeOnly clock => (null, clock, ""),
            TimeSpan span when span >= TimeSpan.Zero && span < TimeSpan.FromDays(1) => (null, TimeOnly.FromTimeSpan(span), ""),
            _ => ((DateOnly?)null, (TimeOnly?)null, ""),
        };
        if (vr == DicomVR.DA)
            return date is { } day ? Date(day) : null;
        if (vr == DicomVR.TM)
            return time is { } clock ? Time(clock) : null;
        if (date is null && vr == DicomVR.DT)
            return null;
        return date is null && time is null ? null : (date is { } d ? Date(d) : "") + (time is { } t ? Time(t) : "") + offset;
    }

    private static string Date(DateOnly date) => date.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private static string Time(TimeOnly time)
    {
        var whole = time.ToString("HHmmss", CultureInfo.InvariantCulture);
        return time.Ticks % TimeSpan.TicksPerSecond / 10 == 0 ? whole : whole + time.ToString(".ffffff", CultureInfo.InvariantCulture);
    }

    private static string Offset(TimeSpan offset)
        => string.Create(CultureInfo.InvariantCulture, $"{(offset < TimeSpan.Zero ? '-' : '+')}{Math.Abs(offset.Hours):00}{Math.Abs(offset.Minutes):00}");

    private static bool IsOffset(string text)
        => text.Length == 5 && IsDigits(text[1..]) && Part(text, 3) <= 59 && Part(text, 1) <= (text[0] == '+' ? 14 : 12) && text != "-0000";

    private static bool IsFraction(string text) => text.Length is >= 1 and <= 6 && IsDigits(text);

    private static bool IsDigits(string text) => text.All(char.IsAsciiDigit);

    private static int Part(string text, int at) => at + 2 > text.Length ? 0 : int.Parse(text.AsSpan(at, 2), NumberStyles.None, CultureInfo.InvariantCulture);
}
