using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace FlywheelDicom.Transfer.Reporting;

/// <summary>Counts results for each file or archive that they came from, in order of their first result. It keeps no result.</summary>
internal sealed class SendTally
{
    private readonly Dictionary<OriginKey, Count> _index = [];
    private readonly List<Count> _counts = [];

    /// <summary>128 bits for each UID, so that a run of hundreds of thousands takes little memory.</summary>
    private readonly HashSet<UInt128> _stored = [];

    private readonly List<string> _destinations = [];
    private DicomDestination? _lastDestination;

    /// <summary>The first origin, from which the report gets its name.</summary>
    public DicomOrigin? First => _counts.Count > 0 ? _counts[0].Origin : null;

    /// <summary>The number of different SOP Instance UIDs among stored instances.</summary>
    public int DistinctImages => _stored.Count;

    /// <summary>Those of the stored instances that the destination answered with a warning.</summary>
    public int Warnings { get; private set; }

    /// <summary>Those of the stored instances that a journal had.</summary>
    public int Skipped { get; private set; }

    /// <summary>Bytes of data sets that were sent.</summary>
    public long Bytes { get; private set; }

    /// <summary>Where to, in the order met.</summary>
    public string Destination => string.Join(", ", _destinations);

    public void Add(DicomSendResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        Bytes += result.Bytes;
        Warnings += result.Status == DicomSendStatus.Warning ? 1 : 0;
        Skipped += result.Status == DicomSendStatus.Skipped ? 1 : 0;
        if (result.Destination != _lastDestination)
        {
            _lastDestination = result.Destination;
            if (_lastDestination?.ToString() is { } name && !_destinations.Contains(name))
                _destinations.Add(name);
        }
        var key = OriginKey.Of(result.Origin);
        if (!_index.TryGetValue(key, out var count))
        {
            _index[key] = count = new Count(result.Origin);
            _counts.Add(count);
        }
        count.Present++;
        if (!result.IsStored)
            return;
        count.Sent++;
        if (result.SopInstanceUid is { } uid)
            _stored.Add(XxHash128.HashToUInt128(MemoryMarshal.AsBytes(uid.AsSpan())));
    }

    public IReadOnlyList<FwSendReportRow> Rows
        => [.. _counts.Zip(RowNames.Of([.. Origins]), (c, name) => new FwSendReportRow(c.Origin.AcquisitionId ?? "", c.Origin.FlywheelPath ?? "", name, c.Present, c.Sent))];

    /// <summary>All origins, to find out whether they share a session or acquisition.</summary>
    public IEnumerable<DicomOrigin> Origins => _counts.Select(c => c.Origin);

    /// <summary>
    /// Identifies a file: by its path on this machine, or in Flywheel, where labels may repeat, by its container's id and its name.
    /// </summary>
    private readonly record struct OriginKey(string? LocalPath, string? SessionId, string? AcquisitionId, string? FlywheelPath, string? FileName)
    {
        public static OriginKey Of(DicomOrigin origin) => origin is { LocalPath: { } path, AcquisitionId: null, SessionId: null }
            ? new OriginKey(path, null, null, null, null)
            : new OriginKey(null, origin.SessionId, origin.AcquisitionId, origin.FlywheelPath, origin.FileName);
    }

    private sealed class Count(DicomOrigin origin)
    {
        public DicomOrigin Origin { get; } = origin;
        public int Present { get; set; }
        public int Sent { get; set; }
    }
}
