namespace FlywheelDicom.IO;

/// <summary>
/// An instance with changes inside its sequences as a source of its own: the bytes of the source beneath, with the changes put in as
/// they stream by. It holds the changes and the meta information, and no more.
/// </summary>
/// <param name="source">The one beneath.</param>
/// <param name="streams">Its streams.</param>
/// <param name="beneath">Edits that were made before, as changes of its bytes.</param>
/// <param name="plan">What changes in the stream that they give.</param>
/// <param name="meta">Preamble and meta information.</param>
internal sealed class EditedSource(DicomSource source, InstanceStreams streams, Splice[] beneath, Splice[] plan, byte[] meta) : DicomSource
{
    private long _length = -1;

    /// <summary>Where only the end of the stream tells, it is read through once.</summary>
    public override long Length => _length >= 0 ? _length : _length = meta.Length + DatasetLength();

    public override Stream Open()
    {
        Stream dataset = new SplicedStream(streams.OpenElements(beneath), plan);
        return new ConcatenatedStream(new MemoryStream(meta, writable: false), streams.Syntax.IsDeflated ? new DeflatingStream(dataset) : dataset);
    }

    public override void Verify() => source.Verify();
    public override void Retain() => source.Retain();
    public override void Claim() => source.Claim();
    public override void Release() => source.Release();

    private long DatasetLength()
    {
        var length = streams.Syntax.IsDeflated ? -1 : streams.DatasetLength(beneath);
        return length >= 0 ? length + SplicePlan.Growth(plan) : Count();
    }

    private long Count()
    {
        using var stream = Open();
        var buffer = new byte[64 * 1024];
        long count = -meta.Length;
        while (stream.Read(buffer) is > 0 and var read)
            count += read;
        return count;
    }
}
