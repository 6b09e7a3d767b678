using FlywheelDicom.IO;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>A part of a spool as a stream. Several streams may read one spool at once, each at its own position.</summary>
internal sealed class SpoolStream(SpoolFile spool, long offset, long length) : SeekableStream(length)
{
    protected override int ReadAt(long position, Span<byte> buffer) => spool.Read(buffer, offset + position);
}
