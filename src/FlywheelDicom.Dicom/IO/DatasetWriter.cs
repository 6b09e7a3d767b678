using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace FlywheelDicom.IO;

/// <summary>Writes small data sets of identifiers in Implicit or Explicit VR Little Endian (PS3.5 §7.1). Tags must ascend.</summary>
internal sealed class DatasetWriter(bool isExplicit)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    /// <summary>A UID; null and empty make an empty element, which a query returns.</summary>
    public void UI(DicomTag tag, string? uid) => Write(tag, DicomVR.UI, Pad(uid, 0));

    public void CS(DicomTag tag, string code) => Write(tag, DicomVR.CS, Pad(code, (byte)' '));

    /// <summary>A sequence of defined length.</summary>
    public void SQ<T>(DicomTag tag, IEnumerable<T> items, Action<DatasetWriter, T> write)
    {
        var content = new DatasetWriter(isExplicit);
        foreach (var item in items)
        {
            var inner = new DatasetWriter(isExplicit);
            write(inner, item);
            content.Header(DicomTag.Item);
            content.UInt32((uint)inner._bytes.WrittenCount);
            content._bytes.Write(inner._bytes.WrittenSpan);
        }
        Write(tag, DicomVR.SQ, content.ToArray());
    }

    private static byte[] Pad(string? text, byte padding)
    {
        text ??= "";
        var bytes = new byte[text.Length + text.Length % 2];
        bytes.AsSpan().Fill(padding);
        Encoding.ASCII.GetBytes(text, bytes);
        return bytes;
    }

    private void Write(DicomTag tag, DicomVR vr, byte[] value)
    {
        Header(tag);
        if (isExplicit)
            _bytes.Write<byte>(Encoding.ASCII.GetBytes(vr.ToString()));
        if (isExplicit && !vr.IsLongForm)
            _bytes.Write<byte>([(byte)value.Length, (byte)(value.Length >> 8)]);
        else
        {
            if (isExplicit)
                _bytes.Write<byte>([0, 0]);
            UInt32((uint)value.Length);
        }
        _bytes.Write<byte>(value);
    }

    private void Header(DicomTag tag)
        => _bytes.Write<byte>([(byte)tag.Group, (byte)(tag.Group >> 8), (byte)tag.Element, (byte)(tag.Element >> 8)]);

    private void UInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _bytes.Write<byte>(bytes);
    }
}
