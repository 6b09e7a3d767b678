using System.IO.Compression;

namespace FlywheelDicom.IO;

/// <summary>The streams of one instance: its data set or the whole file, with edits and repairs, and in another syntax if needed.</summary>
internal sealed class InstanceStreams(DicomSource source, DicomHeader header)
{
    private readonly DicomTransferSyntax _framing = header.Framing;
    private readonly long _position = header.DatasetPosition;
    private readonly bool _hasStandardMeta = header.HasStandardMeta && header.Framing == header.Syntax;

    /// <summary>A deflated data set of odd length gets a zero at its end (PS3.5 §A.5).</summary>
    private readonly bool _isPaddedBehind = header.Syntax.IsDeflated && header.Framing == header.Syntax && (source.Length - header.DatasetPosition) % 2 == 1;

    /// <summary>
    /// Bytes of the encoded data set. Some writers add zeros after it. These are left out, because some receivers abort there.
    /// </summary>
    private readonly long _length = header is { Syntax.IsDeflated: false, Problem: null, IsWhole: true } ? header.DatasetEnd : source.Length - header.DatasetPosition;

    public DicomTransferSyntax Syntax { get; } = header.Syntax;

    /// <summary>The elements are not framed as the transfer syntax wants it; they are put right as they stream by.</summary>
    private bool IsReframed => _framing != Syntax;

    /// <summary>The Part 10 stream.</summary>
    public Stream OpenFile(InstanceEdits edits, InstanceIdentity identity)
    {
        if (edits.Plan.Length == 0 && _hasStandardMeta && !_isPaddedBehind)
            return source.Open();
        if (_hasStandardMeta && !edits.ChangeIdentity)
            return new ConcatenatedStream(new LimitedStream(source.Open(), _position), OpenDataset(edits.Plan));
        return new ConcatenatedStream(new MemoryStream(NewMeta(identity), writable: false), OpenDataset(edits.Plan));
    }

    /// <summary>Preamble and meta information, as <see cref="OpenFile"/> gives them.</summary>
    public byte[] ReadMeta(InstanceEdits edits, InstanceIdentity identity)
    {
        if (!_hasStandardMeta || edits.ChangeIdentity)
            return NewMeta(identity);
        var meta = new byte[_position];
        using var stream = source.Open();
        stream.ReadExactly(meta);
        return meta;
    }

    /// <summary>The elements one behind the other, edited, inflated, and framed as the syntax wants it.</summary>
    public Stream OpenElements(Splice[] plan) => IsReframed ? new TransferSyntaxConverter(OpenPlain(plan), _framing, Syntax) : OpenPlain(plan);

    /// <summary>The data set alone, as C-STORE carries it.</summary>
    public Stream OpenDataset(Splice[] plan)
    {
        if (IsReframed)
            return new TransferSyntaxConverter(OpenPlain(plan), _framing, Syntax);
        if (plan.Length > 0)
            return Syntax.IsDeflated ? new DeflatingStream(OpenPlain(plan)) : new SplicedStream(OpenRaw(), plan);
        var raw = OpenRaw();
        return _isPaddedBehind ? new ConcatenatedStream(raw, new MemoryStream([0], writable: false)) : raw;
    }

    /// <summary>The data set in another uncompressed syntax; only from one.</summary>
    /// <exception cref="DicomNotConvertibleException">It could not be read in that syntax.</exception>
    public Stream OpenDataset(Splice[] plan, DicomTransferSyntax target)
    {
        if (target.Uid == Syntax.Uid)
            return OpenDataset(plan);
        if (Syntax.IsExplicit && !target.IsExplicit)
        {
            using var plain = OpenPlain(plan);
            ImplicitForm.Check(plain, Syntax);
        }
        return TransferSyntaxConverter.Convert(OpenPlain(plan), Syntax, target);
    }

    /// <summary>The length of the data set; -1 if it is not known before its end.</summary>
    public long DatasetLength(Splice[] plan)
    {
        if (IsReframed || (Syntax.IsDeflated && plan.Length > 0))
            return -1;
        return _length + SplicePlan.Growth(plan) + (_isPaddedBehind ? 1 : 0);
    }

    private byte[] NewMeta(InstanceIdentity identity) => FileMeta.Write(identity.SopClassUid ?? "", identity.SopInstanceUid ?? "", Syntax.Uid);

    private Stream OpenRaw()
    {
        var raw = source.OpenAt(_position);
        return _length < source.Length - _position ? new LimitedStream(raw, _length) : raw;
    }

    private Stream OpenPlain(Splice[] plan)
    {
        var raw = OpenRaw();
        Stream plain = Syntax.IsDeflated ? new DeflateStream(raw, CompressionMode.Decompress) : raw;
        return plan.Length == 0 ? plain : new SplicedStream(plain, plan);
    }
}
