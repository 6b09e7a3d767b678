using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace FlywheelDicom.TestSupport;

/// <summary>
/// Makes DICOM files of any SOP class, transfer syntax and size, and of most oddities that are met. The same settings give the
/// same bytes. Pixel data of compressed syntaxes are fragments of noise: nothing here is meant to be looked at.
/// </summary>
public sealed record SyntheticInstance
{
    public const string Root = "2.25.180731548267158261";
    public const string CTImage = "1.2.840.10008.5.1.4.1.1.2";
    public const string MRImage = "1.2.840.10008.5.1.4.1.1.4";
    public const string SecondaryCapture = "1.2.840.10008.5.1.4.1.1.7";
    public const string Implicit = "1.2.840.10008.1.2";
    public const string Explicit = "1.2.840.10008.1.2.1";
    public const string Deflated = "1.2.840.10008.1.2.1.99";
    public const string BigEndian = "1.2.840.10008.1.2.2";
    public const string JpegBaseline = "1.2.840.10008.1.2.4.50";
    public const string Jpeg2000 = "1.2.840.10008.1.2.4.90";
    public const string Rle = "1.2.840.10008.1.2.5";

    private static readonly HashSet<string> s_long = ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"];

    public string SopClass { get; init; } = CTImage;
    public string Modality { get; init; } = "CT";
    public string TransferSyntax { get; init; } = Explicit;

    /// <summary>What the meta says, where it is to lie.</summary>
    public string? StatedTransferSyntax { get; init; }
    public int Study { get; init; } = 1;
    public int Series { get; init; } = 1;
    public int Number { get; init; } = 1;
    public int Rows { get; init; } = 16;
    public int Columns { get; init; } = 16;
    public int Frames { get; init; } = 1;
    public string PatientName { get; init; } = "SYNTHETIC^SUBJECT";
    public bool HasPixelData { get; init; } = true;
    public bool HasPreamble { get; init; } = true;
    public bool HasMeta { get; init; } = true;
    public bool HasSopInstance { get; init; } = true;
    public bool HasSopClass { get; init; } = true;
    public bool HasMetaLength { get; init; } = true;
    public uint? WrongMetaLength { get; init; }
    public bool IsMetaImplicit { get; init; }
    public bool HasGroupLengths { get; init; }

    /// <summary>A group that has no length all the same.</summary>
    public int GroupWithoutLength { get; init; } = -1;

    /// <summary>Bytes cut off at the end.</summary>
    public int CutOff { get; init; }

    /// <summary>Bytes put after the data set.</summary>
    public byte[] Trailing { get; init; } = [];

    /// <summary>Further elements, put in their places; one with a tag that is there already takes its place.</summary>
    public IReadOnlyList<SyntheticElement> Extra { get; init; } = [];

    public string SopInstance => string.Create(CultureInfo.InvariantCulture, $"{Root}.{Study}.{Series}.{Number}");

    private bool IsBig => TransferSyntax == BigEndian;
    private bool IsImplicitSyntax => TransferSyntax == Implicit;
    private bool IsEncapsulated => TransferSyntax is not (Implicit or Explicit or Deflated or BigEndian);

    /// <summary>Names no patient: test runners print it.</summary>
    public override string ToString() => $"instance {Number}";

    public byte[] ToArray()
    {
        var dataset = Dataset();
        if (TransferSyntax == Deflated)
            dataset = Deflate(dataset);
        var file = new MemoryStream();
        if (HasPreamble)
            file.Write(new byte[128]);
        if (HasPreamble)
            file.Write("DICM"u8);
        if (HasMeta)
            file.Write(Meta());
        file.Write(dataset);
        file.Write(Trailing);
        file.SetLength(file.Length - CutOff);
        return file.ToArray();
    }

    public void Save(string path) => File.WriteAllBytes(path, ToArray());

    /// <summary>The data set as it is encoded, before any deflating.</summary>
    public byte[] Dataset()
    {
        var elements = Elements().ToDictionary(e => e.Tag);
        foreach (var extra in Extra)
            elements[extra.Tag] = extra;
        var sorted = elements.Values.OrderBy(e => e.Tag).ToList();
        var body = new MemoryStream();
        foreach (var group in sorted.GroupBy(e => e.Tag >> 16))
        {
            var content = new MemoryStream();
            foreach (var element in group)
                content.Write(Encode(element, !IsImplicitSyntax, IsBig));
            if (HasGroupLengths && group.Key != GroupWithoutLength && group.All(e => (e.Tag & 0xFFFF) != 0))
                body.Write(Encode(new SyntheticElement(group.Key << 16, "UL", BitConverter.GetBytes((uint)content.Length)), !IsImplicitSyntax, IsBig));
            content.WriteTo(body);
        }
        if (HasPixelData && IsEncapsulated)
            body.Write(Fragments());
        return body.ToArray();
    }

    /// <summary>One element as these bytes want it.</summary>
    public static byte[] Encode(SyntheticElement element, bool isExplicit, bool bigEndian)
    {
        isExplicit &= !element.IsImplicit;
        var value = element.Value switch
        {
            string text => Pad(Encoding.Latin1.GetBytes(text), element.VR == "UI" ? (byte)0 : (byte)' ', element.IsUnpadded),
            byte[] bytes => Pad(bigEndian ? Swap(bytes, element.VR) : bytes, 0, element.IsUnpadded),
            SyntheticElement[][] items => Items(items, element.IsUndefinedLength, isExplicit, bigEndian),
            _ => throw new ArgumentException($"A value of type {element.Value.GetType()} cannot be written."),
        };
        var length = element.IsUndefinedLength ? uint.MaxValue : (uint)value.Length;
        var stream = new MemoryStream();
        Write16(stream, (ushort)(element.Tag >> 16), bigEndian);
        Write16(stream, (ushort)element.Tag, bigEndian);
        if (isExplicit)
        {
            stream.Write(Encoding.ASCII.GetBytes(element.VR));
            if (s_long.Contains(element.VR))
            {
                stream.Write([0, 0]);
                Write32(stream, length, bigEndian);
            }
            else
                Write16(stream, (ushort)length, bigEndian);
        }
        else
            Write32(stream, length, bigEndian);
        stream.Write(value);
        return stream.ToArray();
    }

    private IEnumerable<SyntheticElement> Elements()
    {
        var study = string.Create(CultureInfo.InvariantCulture, $"{Root}.{Study}");
        if (HasSopClass)
            yield return SyntheticElement.Text(0x00080016, "UI", SopClass);
        if (HasSopInstance)
            yield return SyntheticElement.Text(0x00080018, "UI", SopInstance);
        yield return SyntheticElement.Text(0x00080020, "DA", "20240131");
        yield return SyntheticElement.Text(0x00080060, "CS", Modality);
        yield return SyntheticElement.Text(0x00100010, "PN", PatientName);
        yield return SyntheticElement.Text(0x00100020, "LO", string.Create(CultureInfo.InvariantCulture, $"SUBJ{Study:0000}"));
        yield return SyntheticElement.Text(0x0020000D, "UI", study);
        yield return SyntheticElement.Text(0x0020000E, "UI", string.Create(CultureInfo.InvariantCulture, $"{study}.{Series}"));
        yield return SyntheticElement.Text(0x00200013, "IS", Number.ToString(CultureInfo.InvariantCulture));
        yield return SyntheticElement.UInt16(0x00280002, 1);
        yield return SyntheticElement.Text(0x00280004, "CS", "MONOCHROME2");
        if (Frames > 1)
            yield return SyntheticElement.Text(0x00280008, "IS", Frames.ToString(CultureInfo.InvariantCulture));
        yield return SyntheticElement.UInt16(0x00280010, (ushort)Rows);
        yield return SyntheticElement.UInt16(0x00280011, (ushort)Columns);
        yield return SyntheticElement.UInt16(0x00280100, 16);
        yield return SyntheticElement.UInt16(0x00280101, 12);
        yield return SyntheticElement.UInt16(0x00280102, 11);
        yield return SyntheticElement.UInt16(0x00280103, 0);
        if (HasPixelData && !IsEncapsulated)
            yield return SyntheticElement.Bytes(0x7FE00010, "OW", Pixels(Rows * Columns * Frames * 2));
    }

    private byte[] Pixels(int count)
    {
        var bytes = new byte[count];
        new Random(Study * 1_000_003 + Series * 1009 + Number).NextBytes(bytes);
        for (var i = 1; i < count; i += 2)
            bytes[i] &= 0x0F;
        return bytes;
    }

    /// <summary>An empty offset table, then two fragments a frame (PS3.5 §A.4).</summary>
    private byte[] Fragments()
    {
        var stream = new MemoryStream();
        stream.Write([0xE0, 0x7F, 0x10, 0x00, (byte)'O', (byte)'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
        Delimiter(stream, 0xE000, 0, false);
        for (var i = 0; i < Frames * 2; i++)
        {
            var fragment = Pixels(Rows * Columns);
            Delimiter(stream, 0xE000, (uint)fragment.Length, false);
            stream.Write(fragment);
        }
        Delimiter(stream, 0xE0DD, 0, false);
        return stream.ToArray();
    }

    private byte[] Meta()
    {
        var body = new MemoryStream();
        void Add(uint tag, string vr, object value) => body.Write(Encode(new SyntheticElement(tag, vr, value), !IsMetaImplicit, false));
        Add(0x00020001, "OB", new byte[] { 0, 1 });
        Add(0x00020002, "UI", SopClass);
        Add(0x00020003, "UI", SopInstance);
        if ((StatedTransferSyntax ?? TransferSyntax).Length > 0)
            Add(0x00020010, "UI", StatedTransferSyntax ?? TransferSyntax);
        Add(0x00020012, "UI", Root + ".0");
        var meta = new MemoryStream();
        if (HasMetaLength)
            meta.Write(Encode(new SyntheticElement(0x00020000, "UL", BitConverter.GetBytes(WrongMetaLength ?? (uint)body.Length)), !IsMetaImplicit, false));
        body.WriteTo(meta);
        return meta.ToArray();
    }

    private static byte[] Items(SyntheticElement[][] items, bool isUndefined, bool isExplicit, bool bigEndian)
    {
        var stream = new MemoryStream();
        foreach (var item in items)
        {
            var content = item.SelectMany(e => Encode(e, isExplicit, bigEndian)).ToArray();
            Delimiter(stream, 0xE000, isUndefined ? uint.MaxValue : (uint)content.Length, bigEndian);
            stream.Write(content);
            if (isUndefined)
                Delimiter(stream, 0xE00D, 0, bigEndian);
        }
        if (isUndefined)
            Delimiter(stream, 0xE0DD, 0, bigEndian);
        return stream.ToArray();
    }

    private static void Delimiter(MemoryStream stream, ushort element, uint length, bool bigEndian)
    {
        Write16(stream, 0xFFFE, bigEndian);
        Write16(stream, element, bigEndian);
        Write32(stream, length, bigEndian);
    }

    private static byte[] Deflate(byte[] plain)
    {
        var target = new MemoryStream();
        using (var deflate = new DeflateStream(target, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(plain);
        if (target.Length % 2 == 1)
            target.WriteByte(0);
        return target.ToArray();
    }

    private static byte[] Pad(byte[] value, byte padding, bool isUnpadded)
        => value.Length % 2 == 0 || isUnpadded ? value : [.. value, padding];

    private static byte[] Swap(byte[] value, string vr)
    {
        var unit = vr switch { "US" or "SS" or "OW" or "AT" => 2, "UL" or "SL" or "FL" or "OF" or "OL" => 4, "FD" or "OD" or "UV" or "SV" or "OV" => 8, _ => 1 };
        var swapped = (byte[])value.Clone();
        for (var i = 0; unit > 1 && i + unit <= swapped.Length; i += unit)
            Array.Reverse(swapped, i, unit);
        return swapped;
    }

    private static void Write16(MemoryStream stream, ushort value, bool bigEndian)
    {
        Span<byte> bytes = stackalloc byte[2];
        if (bigEndian)
            BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        else
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private static void Write32(MemoryStream stream, uint value, bool bigEndian)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (bigEndian)
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        stream.Write(bytes);
    }
}
