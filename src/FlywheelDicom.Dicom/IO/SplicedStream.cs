namespace FlywheelDicom.IO;

/// <summary>A data set with its edits, which are applied while it is read. The inner stream is disposed with it.</summary>
internal sealed class SplicedStream(Stream source, Splice[] plan) : ForwardStream
{
    private long _position;
    private int _next;
    private int _inserted;

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
            return 0;
        while (_next < plan.Length && plan[_next].Position == _position)
        {
            var splice = plan[_next];
            if (_inserted < splice.Inserted.Length)
            {
                var count = Math.Min(buffer.Length, splice.Inserted.Length - _inserted);
                splice.Inserted.AsSpan(_inserted, count).CopyTo(buffer);
                _inserted += count;
                return count;
            }
            DicomSource.StepOver(source, splice.Removed);
            _position += splice.Removed;
            _inserted = 0;
            _next++;
        }
        if (_next < plan.Length)
            buffer = buffer[..(int)Math.Min(buffer.Length, plan[_next].Position - _position)];
        var read = source.Read(buffer);
        if (read == 0 && _next < plan.Length)
            throw new DicomFormatException("The data set is shorter than when its header was read.") { IsTruncated = true };
        _position += read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
        base.Dispose(disposing);
    }
}
