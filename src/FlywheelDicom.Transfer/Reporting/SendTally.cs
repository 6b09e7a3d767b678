namespace FlywheelDicom.Transfer.Reporting;

/// <summary>Counts results by the file or archive that they came from, in the order met; it holds no result.</summary>
public sealed class SendTally
{
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly List<Count> _counts = [];

    /// <summary>The first origin met, after which a report is named.</summary>
    public DicomOrigin? First => _counts.Count > 0 ? _counts[0].Origin : null;

    public void Add(DicomSendResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var key = Key(result.Origin);
        if (!_index.TryGetValue(key, out var index))
        {
            index = _index[key] = _counts.Count;
            _counts.Add(new Count(result.Origin));
        }
        _counts[index].Present++;
        if (result.IsStored)
            _counts[index].Sent++;
    }

    public IReadOnlyList<FwSendReportRow> Rows
        => [.. _counts.Zip(RowNames.Of([.. Origins]), (c, name) => new FwSendReportRow(c.Origin.AcquisitionId ?? "", c.Origin.FlywheelPath ?? "", name, c.Present, c.Sent))];

    /// <summary>All origins met, to tell whether they share a session or acquisition.</summary>
    public IEnumerable<DicomOrigin> Origins => _counts.Select(c => c.Origin);

    /// <summary>Two folders may hold files of one name, and two acquisitions too.</summary>
    private static string Key(DicomOrigin origin) => $"{origin.AcquisitionId}\n{origin.FlywheelPath ?? origin.LocalPath}\n{origin.FileName}";

    private sealed class Count(DicomOrigin origin)
    {
        public DicomOrigin Origin { get; } = origin;
        public int Present { get; set; }
        public int Sent { get; set; }
    }
}
