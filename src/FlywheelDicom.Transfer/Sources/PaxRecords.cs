using System.Globalization;
using System.Text;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>The attributes in an extended header of a tar (POSIX.1-2001, pax), such as the name and the size of a file.</summary>
internal sealed class PaxRecords
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>The segments of a sparse file in version 0.0: the same two keys again and again.</summary>
    public List<SparseSegment> Segments { get; } = [];

    public string? this[string key] => _values.GetValueOrDefault(key);

    /// <summary>The size of the content in the archive, if it is too large for the header.</summary>
    public long? Size => Number("size");

    /// <exception cref="InvalidDataException">It is no number.</exception>
    public long? Number(string key)
        => this[key] is not { } text ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw new InvalidDataException($"The attribute {key} of an extended header is no number.");

    /// <summary>Each record is its own length, a space, a key, an equals sign, a value and a new line.</summary>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    public void Add(ReadOnlySpan<byte> records)
    {
        long? offset = null;
        while (!records.IsEmpty && records[0] != 0)
        {
            var space = records.IndexOf((byte)' ');
            if (space is < 1 or > 9 || !int.TryParse(Encoding.ASCII.GetString(records[..space]), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length <= space + 1 || length > records.Length)
                throw new InvalidDataException("An extended header is damaged.");
            var record = records[(space + 1)..length].TrimEnd((byte)'\n');
            records = records[length..];
            var equals = record.IndexOf((byte)'=');
            if (equals < 1)
                throw new InvalidDataException("An extended header is damaged.");
            var key = TarHeader.Text(record[..equals]);
            _values[key] = TarHeader.Text(record[(equals + 1)..]);
            if (key == "GNU.sparse.offset")
                offset = Number(key);
            else if (key == "GNU.sparse.numbytes" && offset is { } start)
                Segments.Add(new(start, Number(key)!.Value));
        }
    }
}
