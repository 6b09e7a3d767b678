namespace FlywheelDicom.IO;

/// <summary>The bytes of one instance. They can be opened any number of times, each time from the start.</summary>
internal abstract class DicomSource
{
    /// <summary>The length in bytes, from the file system or the archive.</summary>
    public abstract long Length { get; }

    /// <summary>Opens a stream, which the caller disposes. Several may be open at once.</summary>
    /// <exception cref="IOException">The source has gone or cannot be read.</exception>
    public abstract Stream Open();

    /// <summary>Checks that the source has not changed. It is called where an open stream is used again.</summary>
    /// <exception cref="DicomSourceChangedException">Its bytes are not those that were read before.</exception>
    public virtual void Verify() { }

    /// <summary>An instance was found here. A temporary copy of the source is kept until the instance is released.</summary>
    public virtual void Retain() { }

    /// <summary>A sender has taken one of its instances, and will release it.</summary>
    public virtual void Claim() { }

    /// <summary>A sender has finished one of its instances. A temporary copy of the source may be deleted; it is made again if the source is opened again.</summary>
    public virtual void Release() { }

    /// <summary>Opens a stream at a position.</summary>
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
