namespace FlywheelDicom.IO;

/// <summary>Counts one instance among those that need the temporary copy of their source.</summary>
internal sealed class SourceHold
{
    private readonly DicomSource _source;
    private bool _isReleased;

    /// <param name="source">From now on it has one more instance.</param>
    public SourceHold(DicomSource source)
    {
        _source = source;
        _source.Retain();
    }

    /// <summary>A sender takes the instance. It may take it again after it has finished it.</summary>
    public void Claim()
    {
        if (_isReleased)
            _source.Retain();
        _isReleased = false;
        _source.Claim();
    }

    /// <summary>The sender has finished it.</summary>
    public void Release()
    {
        _isReleased = true;
        _source.Release();
    }
}
