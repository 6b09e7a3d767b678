using FlywheelDicom.IO;

namespace FlywheelDicom.Network.Wire;

/// <summary>Reads a data set in full pieces, and knows after each whether it was the last.</summary>
internal sealed class DatasetSource(Stream dataset, long length)
{
    private readonly byte[] _ahead = new byte[length < 0 ? 1 : 0];
    private int _aheadCount;
    private bool _started;

    public long Total { get; private set; }

    public bool IsAtEnd { get; private set; }

    /// <exception cref="DicomFormatException">The source ended before its length, or cannot be read.</exception>
    public int Read(Span<byte> target)
    {
        try
        {
            return length >= 0 ? ReadKnown(target) : ReadUnknown(target);
        }
        catch (Exception e) when (e is (IOException and not DicomFormatException) or InvalidDataException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // A failure of the source, not of the network: a retry does not help.
            throw new DicomFormatException($"The source cannot be read: {e.Message}");
        }
    }

    private int ReadUnknown(Span<byte> target)
    {
        if (!_started)
        {
            _started = true;
            _aheadCount = dataset.ReadAtLeast(_ahead, 1, throwOnEndOfStream: false);
        }
        if (_aheadCount == 0)
        {
            IsAtEnd = true;
            return 0;
        }
        target[0] = _ahead[0];
        var read = 1 + dataset.ReadAtLeast(target[1..], target.Length - 1, throwOnEndOfStream: false);
        _aheadCount = read == target.Length ? dataset.ReadAtLeast(_ahead, 1, throwOnEndOfStream: false) : 0;
        IsAtEnd = _aheadCount == 0;
        Total += read;
        return read;
    }

    private int ReadKnown(Span<byte> target)
    {
        var wanted = (int)Math.Min(target.Length, length - Total);
        var read = dataset.ReadAtLeast(target[..wanted], wanted, throwOnEndOfStream: false);
        Total += read;
        if (read < wanted)
            throw new DicomFormatException($"The source ended after {Total} bytes of its data set, though it promised {length}.") { IsTruncated = true };
        IsAtEnd = Total == length;
        return read;
    }
}
