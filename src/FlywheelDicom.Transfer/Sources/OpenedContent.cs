using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// A source that was opened to tell what it is. Its stream begins at the first byte again, so that whoever reads on need not open
/// it, and unpack it, a second time.
/// </summary>
internal readonly struct OpenedContent : IDisposable
{
    private readonly Stream _opened;

    private OpenedContent(Stream opened, Stream stream, ContentKind kind) => (_opened, Stream, Kind) = (opened, stream, kind);

    public ContentKind Kind { get; }

    /// <summary>From the first byte on; closed with this.</summary>
    public Stream Stream { get; }

    public bool IsArchive => Content.IsArchive(Kind);

    /// <exception cref="IOException">The source has gone or cannot be read.</exception>
    public static OpenedContent Of(DicomSource source)
    {
        var opened = source.Open();
        try
        {
            var head = new byte[Content.HeadSize];
            var count = opened.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            var kind = Content.Of(head.AsSpan(0, count));
            if (!opened.CanSeek)
                return new OpenedContent(opened, new PrefixedStream(head.AsMemory(0, count), opened), kind);
            opened.Seek(0, SeekOrigin.Begin);
            return new OpenedContent(opened, opened, kind);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public void Dispose() => _opened.Dispose();
}
