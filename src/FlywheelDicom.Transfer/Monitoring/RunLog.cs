using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace FlywheelDicom.Transfer.Monitoring;

/// <summary>
/// A log file of JSON lines. Each line is written when it happens. The cmdlets of one process that name the same file share it; another
/// process may not write to it at the same time. A log that cannot be written never ends a run: it is told once, and nothing more is
/// written. Safe from any thread.
/// </summary>
internal sealed class RunLog : IDisposable
{
    private static readonly Dictionary<string, RunLog> s_open = new(StringComparer.Ordinal);
    private static readonly JsonWriterOptions s_form = new() { SkipValidation = true };

    private const int LongestFirstLine = 64 * 1024;

    private readonly string _path;
    private readonly FileStream _file;
    private readonly TimeProvider _time;
    private readonly object _lock = new();
    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private readonly Utf8JsonWriter _json;
    private Action<string>? _warn;
    private int _users = 1;
    private bool _isOver;

    private RunLog(string path, FileStream file, Action<string> warn, TimeProvider time)
        => (_path, _file, _warn, _time, _json) = (path, file, warn, time, new Utf8JsonWriter(_buffer, s_form));

    /// <summary>Opens the file, or makes it, and writes behind what is there.</summary>
    /// <param name="path">The file, as a whole path.</param>
    /// <param name="warn">Told once if it cannot be written any more; from any thread.</param>
    /// <param name="time">The clock of the lines.</param>
    /// <exception cref="RunLogException">The file is there and is not a log.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static RunLog Open(string path, Action<string> warn, TimeProvider? time = null)
    {
        if (IO.SpecialFile.KindOf(path) is { } kind)
            throw new IOException($"it is {kind} and not a file.");
        if (!IsStandardStream(path) && File.Exists(path) && !IsLog(path))
            throw new RunLogException($"'{path}' is not a log of this module; it is left as it is. Name another file with -LogPath.");
        return OpenDevice(path, warn, time);
    }

    /// <summary>The same whatever the path leads to.</summary>
    internal static RunLog OpenDevice(string path, Action<string> warn, TimeProvider? time = null)
    {
        lock (s_open)
        {
            if (s_open.TryGetValue(path, out var open))
            {
                open._users++;
                return open;
            }
            var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0);
            return s_open[path] = new RunLog(path, file, warn, time ?? TimeProvider.System);
        }
    }

    /// <summary>Writes one line.</summary>
    /// <param name="level">How much it matters.</param>
    /// <param name="name">The event.</param>
    /// <param name="fields">Its fields. No value of a patient, no key and no password may be among them.</param>
    public void Write(RunLogLevel level, string name, params (string Name, object? Value)[] fields)
    {
        lock (_lock)
        {
            if (_isOver)
                return;
            _buffer.ResetWrittenCount();
            _json.Reset();
            _json.WriteStartObject();
            _json.WriteString("time", _time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            _json.WriteString("level", level switch { RunLogLevel.Error => "error", RunLogLevel.Warning => "warning", _ => "info" });
            _json.WriteString("event", name);
            foreach (var (field, value) in fields)
                WriteField(field, value);
            _json.WriteEndObject();
            _json.Flush();
            _buffer.Write("\n"u8);
            try
            {
                _file.Write(_buffer.WrittenSpan);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                _isOver = true;
                Interlocked.Exchange(ref _warn, null)?.Invoke($"The log '{_path}' cannot be written any more: {e.Message} The run goes on without it.");
            }
        }
    }

    /// <summary>The last user closes the file.</summary>
    public void Dispose()
    {
        lock (s_open)
        {
            if (--_users > 0)
                return;
            s_open.Remove(_path);
        }
        lock (_lock)
        {
            _isOver = true;
            _json.Dispose();
            try
            {
                _file.Dispose();
            }
            catch (IOException)
            {
                // All lines were written before.
            }
        }
    }

    /// <summary>Where the process writes to; it may lead to a file of any kind.</summary>
    private static bool IsStandardStream(string path)
        => path is "/dev/stdout" or "/dev/stderr" || path.StartsWith("/dev/fd/", StringComparison.Ordinal) || path.StartsWith("/proc/self/fd/", StringComparison.Ordinal);

    /// <summary>Whether a file is empty, or begins with a line that <see cref="Write"/> wrote.</summary>
    private static bool IsLog(string path)
    {
        var bytes = new byte[LongestFirstLine];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var text = bytes.AsMemory(0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        var end = text.Span.IndexOf((byte)'\n');
        return text.IsEmpty || IsLine(end < 0 ? text : text[..end]);
    }

    private static bool IsLine(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement is { ValueKind: JsonValueKind.Object } fields
                && fields.TryGetProperty("time", out var time) && time.ValueKind == JsonValueKind.String && time.TryGetDateTime(out _)
                && fields.TryGetProperty("event", out var name) && name.ValueKind == JsonValueKind.String;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void WriteField(string name, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case string text:
                _json.WriteString(name, PlainText.Clean(text));
                break;
            case int number:
                _json.WriteNumber(name, number);
                break;
            case long number:
                _json.WriteNumber(name, number);
                break;
            case bool yes:
                _json.WriteBoolean(name, yes);
                break;
            case TimeSpan time:
                _json.WriteNumber(name, Math.Round(time.TotalSeconds, 3));
                break;
            default:
                _json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
