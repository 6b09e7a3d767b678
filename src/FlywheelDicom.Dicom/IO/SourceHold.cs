namespace FlywheelDicom.IO;

/// <summary>One instance's part in the count of those that want the copy behind its source.</summary>
internal sealed class SourceHold
{
    private readonly DicomSource _source;
    private bool _isReleased;

    /// <param name="source">It has one instance more from now on.</param>
    public SourceHold(DicomSource source)
    {
        _source = source;
        _source.Retain();
    }

    /// <summary>A sender takes it in hand, also again after it was done with it.</summary>
    public void Claim()
    {
        if (_isReleased)
            _source.Retain();
        _isReleased = false;
        _source.Claim();
    }

    /// <summary>The sender is done with it.</summary>
    public void Release()
    {
        _isReleased = true;
        _source.Release();
    }
}
