namespace FlywheelDicom.IO;

/// <summary>
/// Converts a data set from one uncompressed encoding to another while it is read (PS3.5 §10, §A.1 to §A.3). Values and fragments stay the
/// same; tags, VRs, lengths and byte order change. Sequences get undefined lengths. Group lengths would be wrong, so they are left out.
/// </summary>
internal sealed class TransferSyntaxConverter : ForwardStream
{
    private const int ChunkSize = 32 * 1024;

    private readonly Stream _source;
    private readonly DicomReader _reader;
    private readonly DicomTransferSyntax _target;
    private readonly byte[] _chunk = new byte[ChunkSize];
    private int _start;
    private int _end;
    private int _unit = 1;
    private bool _inValue;
    private ushort _bitsAllocated = 16;
    private bool _isSigned;

    /// <param name="source">The decompressed data set; disposed with this.</param>
    public TransferSyntaxConverter(Stream source, DicomTransferSyntax from, DicomTransferSyntax to)
    {
        _source = source;
        _target = to;
        _reader = new DicomReader(source, from) { DescendsAll = true };
    }

    /// <summary>Opens a data set in another uncompressed syntax than its own.</summary>
    public static Stream Convert(Stream plain, DicomTransferSyntax from, DicomTransferSyntax to)
    {
        var converted = from.IsExplicit == to.IsExplicit && from.IsBigEndian == to.IsBigEndian ? plain : new TransferSyntaxConverter(plain, from, to);
        return to.IsDeflated ? new DeflatingStream(converted) : converted;
    }

    public override int Read(Span<byte> buffer)
    {
        while (_start == _end)
        {
            (_start, _end) = (0, 0);
            if (!Produce())
                return 0;
        }
        var count = Math.Min(buffer.Length, _end - _start);
        _chunk.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _reader.Dispose();
            _source.Dispose();
        }
        base.Dispose(disposing);
    }

    private bool Produce()
    {
        if (_inValue)
        {
            CopyValue();
            return true;
        }
        if (!_reader.Read())
            return false;
        switch (_reader.Kind)
        {
            case DicomTokenKind.Element:
                StartElement();
                break;
            case DicomTokenKind.SequenceStart:
                _end = ElementHeader.Write(_chunk, _reader.Tag, DicomVR.SQ, uint.MaxValue, _target.Encoding);
                break;
            case DicomTokenKind.ItemStart:
                _end = ElementHeader.WriteDelimiter(_chunk, DicomTag.Item, uint.MaxValue, _target.Encoding);
                break;
            case DicomTokenKind.ItemEnd:
                _end = ElementHeader.WriteDelimiter(_chunk, DicomTag.ItemDelimitationItem, 0, _target.Encoding);
                break;
            case DicomTokenKind.SequenceEnd:
                _end = ElementHeader.WriteDelimiter(_chunk, DicomTag.SequenceDelimitationItem, 0, _target.Encoding);
                break;
            case DicomTokenKind.FragmentsStart:
                _end = ElementHeader.Write(_chunk, _reader.Tag, DicomVR.OB, uint.MaxValue, _target.Encoding);
                break;
            case DicomTokenKind.Fragment:
                _end = ElementHeader.WriteDelimiter(_chunk, DicomTag.Item, (uint)_reader.Length, _target.Encoding);
                (_unit, _inValue) = (1, _reader.Length > 0);
                break;
            case DicomTokenKind.FragmentsEnd:
                _end = ElementHeader.WriteDelimiter(_chunk, DicomTag.SequenceDelimitationItem, 0, _target.Encoding);
                break;
            default:
                throw new InvalidOperationException($"{_reader.Kind} is not a token.");
        }
        return true;
    }

    private void StartElement()
    {
        if (_reader.Tag.IsGroupLength)
            return;
        var vr = SourceVR();
        // UN if there was no VR, or if the value is too long for a short length. Its value is always little endian (PS3.5 §6.2.2).
        var written = _target.IsExplicit && !vr.IsLongForm && (!vr.IsKnown || _reader.Length > ElementHeader.MaxShortLength) ? DicomVR.UN : vr;
        _end = ElementHeader.Write(_chunk, _reader.Tag, written, (uint)_reader.Length, _target.Encoding);
        _unit = _reader.IsBigEndian == (_target.IsBigEndian && written != DicomVR.UN) || vr == DicomVR.UN ? 1 : vr.UnitSize;
        _inValue = _reader.Length > 0;
        if (_reader.Length == 2 && (_reader.Tag == DicomTag.BitsAllocated || _reader.Tag == DicomTag.PixelRepresentation))
            Remember();
    }

    /// <summary>The VRs of other elements depend on these two (PS3.5 §A.1), which come before them.</summary>
    private void Remember()
    {
        Span<byte> value = stackalloc byte[2];
        _reader.ReadValue(value);
        var number = _reader.Encoding.ReadUInt16(value);
        if (_reader.Tag == DicomTag.BitsAllocated)
            _bitsAllocated = number;
        else
            _isSigned = number == 1;
        ElementEncoding.SwapBytes(value, _unit);
        value.CopyTo(_chunk.AsSpan(_end));
        _end += 2;
        _inValue = false;
    }

    private DicomVR SourceVR()
    {
        if (_reader.IsExplicit)
            return _reader.VR;
        var tag = _reader.Tag;
        if (tag == DicomTag.PixelData)
            return _bitsAllocated <= 8 ? DicomVR.OB : DicomVR.OW;
        return DicomDictionary.Lookup(tag)?.Alternatives switch
        {
            "US/SS" or "US/SS/OW" => _isSigned ? DicomVR.SS : DicomVR.US,
            "OB/OW" => DicomVR.OW,
            "US/OW" => DicomVR.OW,
            _ => DicomDictionary.ImpliedVR(tag),
        };
    }

    private void CopyValue()
    {
        var read = 1;
        // Only whole numbers are swapped: a full chunk is a multiple of 8 bytes.
        while (_end < ChunkSize && read > 0)
        {
            read = _reader.ReadValue(_chunk.AsSpan(_end, ChunkSize - _end));
            _end += read;
        }
        _inValue = read > 0;
        ElementEncoding.SwapBytes(_chunk.AsSpan(0, _end), _unit);
    }
}
