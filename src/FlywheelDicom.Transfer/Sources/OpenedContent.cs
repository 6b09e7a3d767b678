using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// A source that was opened to find out what it is. Its stream begins at the first byte again, so that it is not opened and unpacked a second
/// time.
/// </summary>
internal readonly struct OpenedContent : IDisposable
{
    private readonly Stream _opened;

    private readonly ReadOnlyMemory<byte> _head;

    private OpenedContent(Stream opened, Stream stream, ReadOnlyMemory<byte> head, ContentKind kind, string? unsupported)
        => (_opened, Stream, _head, Kind, Unsupported) = (opened, stream, head, kind, unsupported);

    /// <summary>Its first bytes.</summary>
    public ReadOnlySpan<byte> Head => _head.Span;

    public ContentKind Kind { get; }

    /// <summary>The name of the format, if it is an archive that is not supported.</summary>
    public string? Unsupported { get; }

    /// <summary>From the first byte on; closed with this.</summary>
    public Stream Stream { get; }

    public bool IsArchive => Content.IsArchive(Kind);

    /// <exception cref="IOException">The source has gone or cannot be read.</exception>
    public static OpenedContent Of(DicomSource source)
    {
        var opened = source.Open();
        try
        {
            var bytes = new byte[Content.HeadSize];
            var head = bytes.AsMemory(0, opened.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
            var kind = Content.Of(head.Span);
            var unsupported = kind == ContentKind.Other ? UnsupportedFormat.Of(head.Span) : null;
            if (!opened.CanSeek)
                return new OpenedContent(opened, new PrefixedStream(head, opened), head, kind, unsupported);
            // What is certainly no image may be an archive that has its mark elsewhere than at its start.
            if (kind == ContentKind.Other && unsupported is null && !DicomFile.MayBeDicom(head.Span))
            {
                if (ZipDirectory.IsAtEndOf(opened))
                    kind = ContentKind.Zip;
                else if (IsDisc(opened))
                    unsupported = UnsupportedFormat.Disc;
                else
                    unsupported = UnsupportedFormat.OfProgram(head.Span, opened);
            }
            opened.Seek(0, SeekOrigin.Begin);
            return new OpenedContent(opened, opened, head, kind, unsupported);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public void Dispose() => _opened.Dispose();

    private static bool IsDisc(Stream stream)
    {
        if (stream.Length < UnsupportedFormat.DiscMarkPosition + UnsupportedFormat.DiscMark.Length)
            return false;
        stream.Position = UnsupportedFormat.DiscMarkPosition;
        Span<byte> mark = stackalloc byte[5];
        return stream.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false) == mark.Length && mark.SequenceEqual(UnsupportedFormat.DiscMark);
    }
}
