using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace FlywheelDicom.Transfer.Sending;

/// <summary>
/// The lines of a journal: UTF-8, fields separated by tabs, a header first. The last field is the CRC-32 of the rest of the line, so that
/// an incomplete line, or zeros that a power failure left, are not taken for a result.
/// </summary>
internal static class JournalLine
{
    public const string Header = "Time\tDestination\tSopClassUid\tSopInstanceUid\tDigest\tBytes\tStatus\tDicomStatus\tNote\tCheck";

    /// <summary>The header of earlier versions, whose lines have no note. Lines that are added to such a file have one.</summary>
    internal const string FormerHeader = "Time\tDestination\tSopClassUid\tSopInstanceUid\tDigest\tBytes\tStatus\tDicomStatus\tCheck";

    private const int MaxLine = 4096;

    /// <summary>The entries of a journal. Damaged lines are left out and counted.</summary>
    /// <param name="path">The journal.</param>
    /// <param name="damaged">Gets the number of damaged lines at the end, if there are any.</param>
    /// <exception cref="JournalException">The file is not a journal.</exception>
    public static IEnumerable<DicomSendJournalEntry> Read(string path, Action<int> damaged)
    {
        ArgumentNullException.ThrowIfNull(damaged);
        JournalPath.RequireFile(path);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bad = 0;
        var isFirst = true;
        foreach (var (line, _, isWhole) in ReadAll(file))
        {
            if (isFirst)
            {
                if (!IsHeader(line))
                    throw new JournalException("JournalUnusable", $"'{path}' is not a journal of this module.");
                isFirst = false;
            }
            else if (isWhole && TryParse(line, out var entry))
                yield return entry;
            else
                bad++;
        }
        if (bad > 0)
            damaged(bad);
    }

    /// <summary>Whether this is the first line of a journal.</summary>
    internal static bool IsHeader(string line) => line is Header or FormerHeader;

    /// <summary>Whether this file begins as a journal does.</summary>
    internal static bool IsBeginningOf(Stream file)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(Header)];
        var text = Encoding.UTF8.GetString(bytes.AsSpan(0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)));
        return text == Header || text.StartsWith(FormerHeader, StringComparison.Ordinal);
    }

    internal static string Format(DicomSendJournalEntry entry)
    {
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{entry.Time:yyyy-MM-ddTHH:mm:ss.fffZ}\t{Clean(entry.Destination)}\t{Clean(entry.SopClassUid)}\t{Clean(entry.SopInstanceUid)}\t{entry.Digest}\t{entry.Bytes}\t{entry.Status}\t{entry.DicomStatus:X4}\t{(entry.Note == DicomSendJournalNote.None ? "" : entry.Note)}");
        return $"{line}\t{Check(line)}";
    }

    internal static bool TryParse(string line, out DicomSendJournalEntry entry)
    {
        entry = null!;
        var end = line.LastIndexOf('\t');
        if (end < 0 || line[(end + 1)..] != Check(line[..end]))
            return false;
        var fields = line.Split('\t');
        if (fields.Length is not (9 or 10) || !DateTime.TryParse(fields[0], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time)
            || !long.TryParse(fields[5], CultureInfo.InvariantCulture, out var bytes) || !Enum.TryParse<DicomSendStatus>(fields[6], out var status))
            return false;
        entry = new DicomSendJournalEntry
        {
            Time = time, Destination = fields[1], SopClassUid = fields[2], SopInstanceUid = fields[3], Digest = fields[4], Bytes = bytes, Status = status,
            DicomStatus = ushort.TryParse(fields[7], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code) ? code : null,
            Note = fields.Length == 10 && Enum.TryParse<DicomSendJournalNote>(fields[8], out var note) ? note : DicomSendJournalNote.None,
        };
        return true;
    }

    /// <summary>Each line with the position of its end. A last line without a line feed is not whole.</summary>
    internal static IEnumerable<(string Line, long End, bool IsWhole)> ReadAll(Stream file)
    {
        var buffer = new byte[64 * 1024];
        var line = new MemoryStream();
        var position = 0L;
        while (file.Read(buffer) is > 0 and var read)
        {
            for (var i = 0; i < read; i++)
            {
                position++;
                if (buffer[i] == '\n')
                {
                    yield return (Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length), position, true);
                    line.SetLength(0);
                }
                else if (line.Length < MaxLine)
                    line.WriteByte(buffer[i]);
            }
        }
        if (line.Length > 0)
            yield return (Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length), position, false);
    }

    private static string Clean(string text) => string.Concat(text.Select(c => c < ' ' ? ' ' : c));

    private static string Check(string text) => Crc32.HashToUInt32(Encoding.UTF8.GetBytes(text)).ToString("X8", CultureInfo.InvariantCulture);
}
