using System.Globalization;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>The map of a sparse file: where its stored parts belong. GNU tar and compatible programs write it in four forms.</summary>
internal sealed class SparseMap
{
    /// <summary>The limit keeps memory small. No real file has as many holes.</summary>
    private const int MaxSegments = 1 << 20;

    private readonly SparseSegment[] _segments;
    private readonly long[] _stored;

    /// <param name="segments">In the order of their positions.</param>
    /// <param name="length">Of the whole file with its holes.</param>
    /// <param name="stored">Bytes of the file in the archive.</param>
    /// <exception cref="InvalidDataException">They contradict each other.</exception>
    public SparseMap(IReadOnlyCollection<SparseSegment> segments, long length, long stored)
    {
        (_segments, _stored, Length) = ([.. segments], new long[segments.Count], length);
        long end = 0, sum = 0;
        for (var i = 0; i < _segments.Length; i++)
        {
            var (offset, size) = _segments[i];
            if (offset < end || size < 0 || size > length - offset)
                throw new InvalidDataException("The map of a sparse file contradicts itself.");
            _stored[i] = sum;
            (end, sum) = (offset + size, sum + size);
        }
        if (sum != stored || length < 0)
            throw new InvalidDataException("The map of a sparse file does not fit what is stored of it.");
    }

    public long Length { get; }

    /// <summary>The segment or hole at a position: the bytes up to its end, and where they are stored; -1 for a hole.</summary>
    public (long Count, long Stored) At(long position)
    {
        var (low, high) = (0, _segments.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_segments[middle].Offset + _segments[middle].Length <= position)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == _segments.Length)
            return (Length - position, -1);
        var segment = _segments[low];
        return position < segment.Offset
            ? (segment.Offset - position, -1)
            : (segment.Offset + segment.Length - position, _stored[low] + position - segment.Offset);
    }

    /// <summary>The old form: four segments in the header, and twenty-one in each block that follows.</summary>
    /// <param name="header">A header of type 'S'.</param>
    /// <param name="next">Reads the next block.</param>
    /// <param name="stored">Bytes of the file in the archive.</param>
    public static SparseMap FromHeader(ReadOnlySpan<byte> header, Func<byte[]> next, long stored)
    {
        var segments = new List<SparseSegment>();
        Collect(header.Slice(386, 4 * 24), segments);
        for (var isContinued = header[482] != 0; isContinued;)
        {
            var block = next();
            Collect(block.AsSpan(0, 21 * 24), segments);
            isContinued = block[504] != 0;
        }
        return new SparseMap(segments, TarHeader.Number(header.Slice(483, 12)), stored);
    }

    /// <summary>Version 0.1 of pax: one attribute with all numbers.</summary>
    public static List<SparseSegment> Parse(string map)
    {
        var numbers = map.Split(',');
        if (numbers.Length % 2 != 0)
            throw Invalid();
        var segments = new List<SparseSegment>();
        for (var i = 0; i < numbers.Length; i += 2)
            segments.Add(new(Number(numbers[i]), Number(numbers[i + 1])));
        return segments;
    }

    /// <summary>Version 1.0 of pax: lines before the content, in whole blocks.</summary>
    /// <param name="next">Reads the next block.</param>
    public static List<SparseSegment> ReadLines(Func<byte[]> next)
    {
        var (block, at) = (Array.Empty<byte>(), 0);
        long Line()
        {
            long number = 0;
            for (var digits = 0; ; digits++)
            {
                if (at == block.Length)
                    (block, at) = (next(), 0);
                var one = block[at++];
                if (one == (byte)'\n' && digits > 0)
                    return number;
                if (one is < (byte)'0' or > (byte)'9' || digits > 18)
                    throw Invalid();
                number = number * 10 + one - '0';
            }
        }
        var count = Line();
        if (count > MaxSegments)
            throw Invalid();
        var segments = new List<SparseSegment>();
        for (var i = 0; i < count; i++)
            segments.Add(new(Line(), Line()));
        return segments;
    }

    private static void Collect(ReadOnlySpan<byte> fields, List<SparseSegment> segments)
    {
        for (; fields.Length >= 24 && fields[0] != 0; fields = fields[24..])
        {
            var segment = new SparseSegment(TarHeader.Number(fields[..12]), TarHeader.Number(fields.Slice(12, 12)));
            if (segment.Offset < 0 || segment.Length < 0 || segments.Count == MaxSegments)
                throw Invalid();
            segments.Add(segment);
        }
    }

    private static long Number(string text)
        => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Invalid();

    private static InvalidDataException Invalid() => new("The map of a sparse file is damaged.");
}
