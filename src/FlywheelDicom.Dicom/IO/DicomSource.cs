namespace FlywheelDicom.IO;

/// <summary>Where the bytes of one instance are: opened as often as asked, each time from the start.</summary>
internal abstract class DicomSource
{
    /// <summary>Bytes of the whole, as the file system or the archive tells.</summary>
    public abstract long Length { get; }

    /// <summary>A stream of its own that the caller disposes; more than one may be open at a time.</summary>
    /// <exception cref="IOException">The source has gone or cannot be read.</exception>
    public abstract Stream Open();

    /// <summary>For who has it open still: fails where another stream of it would no longer give what that one does.</summary>
    /// <exception cref="DicomSourceChangedException">Its bytes are not those that were looked at.</exception>
    public virtual void Verify() { }

    /// <summary>An instance was found here: a temporary copy behind it is wanted until the instance is released.</summary>
    public virtual void Retain() { }

    /// <summary>A sender has one of its instances in hand, and will release it.</summary>
    public virtual void Claim() { }

    /// <summary>A sender is done with one of its instances; a temporary copy behind it may go, and comes back when it is opened again.</summary>
    public virtual void Release() { }

    /// <summary>Opens and moves to a byte.</summary>
    internal Stream OpenAt(long position)
    {
        var stream = Open();
        try
        {
            StepOver(stream, position);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    internal static void StepOver(Stream stream, long count)
    {
        if (stream.CanSeek)
        {
            stream.Seek(count, SeekOrigin.Current);
            return;
        }
        var buffer = new byte[(int)Math.Min(count, 4096)];
        for (var left = count; left > 0;)
        {
            var read = stream.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (read == 0)
                throw new DicomFormatException("The source ends before its data set begins.") { IsTruncated = true };
            left -= read;
        }
    }
}
