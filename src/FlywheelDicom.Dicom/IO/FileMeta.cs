using System.Text;

namespace FlywheelDicom.IO;

/// <summary>Writes preamble and File Meta Information (PS3.10 §7.1).</summary>
internal static class FileMeta
{
    public static byte[] Write(string sopClassUid, string sopInstanceUid, string transferSyntaxUid, string? sourceAE = null)
    {
        var body = new MemoryStream();
        Element(body, 0x0001, DicomVR.OB, [0, 1]);
        Element(body, 0x0002, DicomVR.UI, Text(sopClassUid, '\0'));
        Element(body, 0x0003, DicomVR.UI, Text(sopInstanceUid, '\0'));
        Element(body, 0x0010, DicomVR.UI, Text(transferSyntaxUid, '\0'));
        Element(body, 0x0012, DicomVR.UI, Text(DicomUID.ImplementationClass, '\0'));
        Element(body, 0x0013, DicomVR.SH, Text(DicomUID.ImplementationVersion, ' '));
        if (!string.IsNullOrEmpty(sourceAE))
            Element(body, 0x0016, DicomVR.AE, Text(sourceAE, ' '));
        var file = new MemoryStream();
        file.Write(new byte[128]);
        file.Write("DICM"u8);
        Element(file, 0x0000, DicomVR.UL, BitConverter.GetBytes((uint)body.Length));
        body.WriteTo(file);
        return file.ToArray();
    }

    private static void Element(MemoryStream target, ushort element, DicomVR vr, byte[] value)
    {
        Span<byte> header = stackalloc byte[ElementHeader.MaxSize];
        var size = ElementHeader.Write(header, new DicomTag(0x0002, element), vr, (uint)value.Length, ElementEncoding.ExplicitLittleEndian);
        target.Write(header[..size]);
        target.Write(value);
    }

    private static byte[] Text(string value, char padding)
        => Encoding.ASCII.GetBytes(value.Length % 2 == 0 ? value : value + padding);
}
