using System.Buffers.Binary;
using FlywheelDicom.IO;
using SharpCompress.Compressors.LZMA;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// The names of the methods that a 7z is packed with (7zFormat.txt, Methods.txt). The library says only that a method is not supported.
/// </summary>
internal static class SevenZipMethods
{
    private const int SignatureSize = 32;
    private const int MaxHeader = 16 << 20;
    private const byte EncodedHeader = 0x17;
    private const byte Header = 0x01;
    private const byte MainStreams = 0x04;
    private const byte PackInfo = 0x06;
    private const byte UnpackInfo = 0x07;
    private const byte Sizes = 0x09;
    private const byte Folders = 0x0B;
    private const byte UnpackSizes = 0x0C;
    private const int LzmaId = 0x030101;

    /// <summary>Each method once; null if the header is not as expected.</summary>
    public static string? Of(DicomSource archive)
    {
        try
        {
            using var stream = archive.Open();
            var header = new Fields(ReadHeader(stream));
            while (header.Peek == EncodedHeader)
            {
                header.Next();
                header = new Fields(Decode(stream, header));
            }
            if (header.Next() != Header || header.Next() != MainStreams)
                return null;
            Streams(header, out _, out _, out var coders, out _);
            return string.Join(", ", coders.Select(c => NameOf(c.Id)).Distinct(StringComparer.Ordinal));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ArgumentException or IndexOutOfRangeException or SharpCompress.Common.SharpCompressException)
        {
            // The names are only for a message. That the archive cannot be read is reported anyway.
            return null;
        }
    }

    private static string NameOf(long id) => id switch
    {
        0x00 => "copy",
        0x03 => "delta",
        0x21 => "LZMA2",
        LzmaId => "LZMA",
        0x030401 => "PPMd",
        0x040108 => "Deflate",
        0x040109 => "Deflate64",
        0x040202 => "BZip2",
        0x04F71101 => "Zstandard",
        0x04F71102 => "Brotli",
        0x04F71104 => "LZ4",
        0x04F71105 => "LZ5",
        0x04F71106 => "Lizard",
        0x03030103 => "BCJ x86",
        0x0303011B => "BCJ2",
        0x06F10701 => "AES-256",
        0x0A => "ARM64",
        0x0B => "RISC-V",
        _ => $"method {id:X}",
    };

    private static byte[] ReadHeader(Stream stream)
    {
        var signature = new byte[SignatureSize];
        stream.ReadExactly(signature);
        var offset = BinaryPrimitives.ReadInt64LittleEndian(signature.AsSpan(12));
        var size = BinaryPrimitives.ReadInt64LittleEndian(signature.AsSpan(20));
        if (offset < 0 || size is < 0 or > MaxHeader)
            throw new InvalidDataException();
        stream.Position = SignatureSize + offset;
        var header = new byte[size];
        stream.ReadExactly(header);
        return header;
    }

    private static byte[] Decode(Stream stream, Fields fields)
    {
        Streams(fields, out var place, out var packed, out var coders, out var unpacked);
        if (coders is not [{ Id: LzmaId } coder] || unpacked is < 0 or > MaxHeader)
            throw new InvalidDataException();
        LzmaDictionary.Check(BinaryPrimitives.ReadUInt32LittleEndian(coder.Properties.AsSpan(1)));
        stream.Position = SignatureSize + place;
        using var content = LzmaStream.Create(coder.Properties, new PackedInput(stream), packed, unpacked, true);
        var header = new byte[unpacked];
        content.ReadExactly(header);
        return header;
    }

    private static void Streams(Fields fields, out long place, out long packed, out List<Coder> coders, out long unpacked)
    {
        (place, packed, unpacked, coders) = (0, 0, 0, []);
        if (fields.Next() != PackInfo)
            throw new InvalidDataException();
        place = fields.Number();
        var count = fields.Number();
        for (var id = fields.Next(); id != 0; id = fields.Next())
        {
            if (id != Sizes)
                throw new InvalidDataException();
            for (var i = 0L; i < count; i++)
                packed = fields.Number();
        }
        if (fields.Next() != UnpackInfo || fields.Next() != Folders)
            throw new InvalidDataException();
        count = fields.Number();
        if (fields.Next() != 0)
            throw new InvalidDataException();
        for (var i = 0L; i < count; i++)
            Folder(fields, coders);
        if (fields.Next() == UnpackSizes)
            unpacked = fields.Number();
    }

    private static void Folder(Fields fields, List<Coder> coders)
    {
        var count = fields.Number();
        long inputs = 0, outputs = 0;
        for (var i = 0L; i < count; i++)
        {
            var flags = fields.Next();
            long id = 0;
            foreach (var one in fields.Bytes(flags & 0x0F))
                id = (id << 8) | one;
            var isComplex = (flags & 0x10) != 0;
            inputs += isComplex ? fields.Number() : 1;
            outputs += isComplex ? fields.Number() : 1;
            coders.Add(new(id, (flags & 0x20) != 0 ? fields.Bytes(fields.Number()) : []));
        }
        for (var i = 1L; i < outputs; i++)
        {
            fields.Number();
            fields.Number();
        }
        var packedStreams = inputs - (outputs - 1);
        for (var i = 0L; packedStreams > 1 && i < packedStreams; i++)
            fields.Number();
    }

    private sealed record Coder(long Id, byte[] Properties);

    private sealed class Fields(byte[] bytes)
    {
        private int _at;

        public byte Peek => bytes[_at];

        public byte Next() => bytes[_at++];

        public byte[] Bytes(long count)
        {
            var found = bytes.AsSpan(_at, checked((int)count)).ToArray();
            _at += found.Length;
            return found;
        }

        /// <summary>The first byte states how many bytes follow, the lowest one first.</summary>
        public long Number()
        {
            var first = Next();
            long value = 0;
            for (var (mask, shift) = (0x80, 0); shift < 64; (mask, shift) = (mask >> 1, shift + 8))
            {
                if ((first & mask) == 0)
                    return value | ((long)(first & (mask - 1)) << shift);
                value |= (long)Next() << shift;
            }
            return value;
        }
    }
}
