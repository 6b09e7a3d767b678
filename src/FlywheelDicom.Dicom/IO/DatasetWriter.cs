using System.Buffers;
using System.Text;

namespace FlywheelDicom.IO;

/// <summary>Writes small data sets of identifiers (PS3.5 §7.1). The caller gives the elements in the order of their tags.</summary>
internal sealed class DatasetWriter(ElementEncoding encoding)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    /// <summary>A UID. Null and empty make an empty element: a query returns such elements.</summary>
    public void UI(DicomTag tag, string? uid) => Write(tag, DicomVR.UI, Pad(uid, 0));

    public void CS(DicomTag tag, string code) => Write(tag, DicomVR.CS, Pad(code, (byte)' '));

    /// <summary>A sequence of defined length.</summary>
    public void SQ<T>(DicomTag tag, IEnumerable<T> items, Action<DatasetWriter, T> write)
    {
        var content = new DatasetWriter(encoding);
        foreach (var item in items)
        {
            var inner = new DatasetWriter(encoding);
            write(inner, item);
            content._bytes.Advance(ElementHeader.WriteDelimiter(content._bytes.GetSpan(ElementHeader.MaxSize), DicomTag.Item, (uint)inner._bytes.WrittenCount, encoding));
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
        _bytes.Advance(ElementHeader.Write(_bytes.GetSpan(ElementHeader.MaxSize), tag, vr, (uint)value.Length, encoding));
        _bytes.Write<byte>(value);
    }
}
