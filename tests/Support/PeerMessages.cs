using System.Buffers.Binary;
using System.Text;

namespace FlywheelDicom.TestSupport;

/// <summary>What a <see cref="ScriptedPeer"/> says, byte by byte from the standard: right, and wrong in all the ways that it is told to be.</summary>
internal static class PeerMessages
{
    public static readonly byte[] Abort = [7, 0, 0, 0, 0, 4, 0, 0, 0, 0];
    public static readonly byte[] ReleaseRequest = [5, 0, 0, 0, 0, 4, 0, 0, 0, 0];
    public static readonly byte[] ReleaseResponse = [6, 0, 0, 0, 0, 4, 0, 0, 0, 0];
    public static readonly byte[] UnknownPdu = [0x4D, 0, 0, 0, 0, 4, 1, 2, 3, 4];
    public static readonly byte[] EmptyPdu = [4, 0, 0, 0, 0, 0];

    public static byte[] EmptyPdv(byte context) => [4, 0, 0, 0, 0, 6, 0, 0, 0, 2, context, 1];

    public static byte[] TornPdv(byte context) => [4, 0, 0, 0, 0, 6, 0, 0, 0xFF, 0xFF, context, 3];

    public static byte[] OverlongPdu(byte context) => [4, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 2, context, 3];

    /// <summary>Success for the first message of an association, before it was sent.</summary>
    public static byte[] Premature()
        => Data(Command((0x0100, [1, 0x80]), (0x0120, [1, 0]), (0x0800, [1, 1]), (0x0900, [0, 0])), 1, isCommand: true);

    public static byte[] EchoRequest(byte context)
        => Data(Command((0x0002, Encoding.ASCII.GetBytes("1.2.840.10008.1.1")), (0x0100, [0x30, 0]), (0x0110, [9, 0]), (0x0800, [1, 1])), context, isCommand: true);

    /// <summary>The response to a request, with what it repeats of it.</summary>
    public static byte[] Response(Dictionary<ushort, byte[]> request, byte context, int status, string? comment = null)
    {
        var elements = Elements(request, status);
        if (comment is not null && status != 0)
            elements[0x0902] = Encoding.ASCII.GetBytes(comment);
        return Encoded(elements, context);
    }

    /// <summary>A success for the request that is wrong in one way.</summary>
    public static byte[] Invalid(Dictionary<ushort, byte[]> request, byte context, PeerReaction how)
    {
        var answer = Elements(request, 0);
        switch (how)
        {
            case PeerReaction.NoStatus:
                answer.Remove(0x0900);
                break;
            case PeerReaction.EmptyStatus:
                answer[0x0900] = [];
                break;
            case PeerReaction.OneByteStatus:
                answer[0x0900] = [0];
                break;
            case PeerReaction.FourByteStatus:
                answer[0x0900] = [0, 0, 0, 0];
                break;
            case PeerReaction.TwoStatuses:
                return Data([.. Command([.. answer.Select(e => (e.Key, e.Value))]), .. Command((0x0900, [0, 0xA7]))], context, isCommand: true);
            case PeerReaction.NoMessageId:
                answer.Remove(0x0120);
                break;
            case PeerReaction.NoCommandField:
                answer.Remove(0x0100);
                break;
            case PeerReaction.NoDatasetType:
                answer.Remove(0x0800);
                break;
            case PeerReaction.EchoAnswer:
                answer[0x0100] = [0x30, 0x80];
                break;
            case PeerReaction.FindAnswer:
                answer[0x0100] = [0x20, 0x80];
                break;
            case PeerReaction.AnotherContext:
                return Encoded(answer, (byte)(context + 2));
            case PeerReaction.AnotherClass:
                answer[0x0002] = Encoding.ASCII.GetBytes("1.2.840.10008.5.1.4.1.1.481.9");
                break;
            case PeerReaction.AnotherInstance:
                answer[0x1000] = Encoding.ASCII.GetBytes("1.2.3.4.5.6.7");
                break;
            case PeerReaction.AnswerAnother:
                answer[0x0120] = Id(request, 1000);
                break;
            case PeerReaction.WithDataset:
                answer[0x0800] = [0, 0];
                return [.. Encoded(answer, context), .. Data(new byte[8], context, isCommand: false)];
            case PeerReaction.UnannouncedDataset:
                return [.. Encoded(answer, context), .. Data(new byte[8], context, isCommand: false)];
            case PeerReaction.AnswerTwice:
                return [.. Encoded(answer, context), .. Encoded(answer, context)];
            case PeerReaction.AnswerAhead:
                var next = new Dictionary<ushort, byte[]>(answer) { [0x0120] = Id(request, 1) };
                return [.. Encoded(answer, context), .. Encoded(next, context)];
            case PeerReaction.AlreadyThere:
                answer[0x0900] = [0x11, 1];
                break;
        }
        return Encoded(answer, context);
    }

    /// <summary>A match of C-FIND, in the encoding of the context's syntax.</summary>
    public static byte[] Match(Dictionary<ushort, byte[]> request, byte context, string uid, bool isExplicit)
    {
        var answer = Elements(request, 0xFF00);
        answer[0x0800] = [0, 0];
        return [.. Encoded(answer, context), .. Data(SyntheticInstance.Encode(SyntheticElement.Text(0x00080018, "UI", uid), isExplicit, false), context, isCommand: false)];
    }

    /// <summary>A-ASSOCIATE-AC, and how many contexts were proposed.</summary>
    public static (byte[] Pdu, int Contexts) Accept(byte[] request, PeerBehaviour behaviour)
    {
        var body = new MemoryStream();
        body.Write(request.AsSpan(0, 68));
        body.Write(Item(0x10, Encoding.ASCII.GetBytes("1.2.840.10008.3.1.1.1")));
        var count = 0;
        foreach (var (kind, content) in Items(request.AsMemory(68)))
        {
            if (kind != 0x20)
                continue;
            count++;
            var parts = Items(content[4..]).ToList();
            var abstractSyntax = Encoding.ASCII.GetString(parts.First(p => p.Kind == 0x30).Content.Span);
            var offered = parts.Where(p => p.Kind == 0x40).Select(p => Encoding.ASCII.GetString(p.Content.Span)).ToArray();
            var chosen = behaviour.Choose(abstractSyntax, offered);
            byte[] head = [content.Span[0], 0, chosen is null ? behaviour.RefusedContextResult : (byte)0, 0];
            body.Write(Item(0x21, chosen is null ? head : [.. head, .. Item(0x40, Encoding.ASCII.GetBytes(chosen))]));
        }
        var limit = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(limit, behaviour.MaxPduLength);
        byte[] window = behaviour.MaxOperations is { } operations ? Item(0x53, [(byte)(operations >> 8), (byte)operations, 0, 1]) : [];
        body.Write(Item(0x50, [.. Item(0x51, limit), .. Item(0x52, Encoding.ASCII.GetBytes("1.2.3.4")), .. window]));
        var pdu = new byte[6 + body.Length];
        pdu[0] = 2;
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(2), (uint)body.Length);
        body.ToArray().CopyTo(pdu, 6);
        return (pdu, count);
    
    }

    /// <summary>N-EVENT-REPORT on the association that asked, in Explicit VR Little Endian.</summary>
    public static byte[] CommitmentReport(byte[] request, byte context, Func<string, int?> judge)
    {
        var text = Encoding.Latin1.GetString(request);
        string Uid(int at) => text.Substring(at + 8, text[at + 6]).Trim('\0');
        var transaction = Uid(text.IndexOf("\x08\x00\x95\x11UI", StringComparison.Ordinal));
        var (kept, failed) = (new List<SyntheticElement[]>(), new List<SyntheticElement[]>());
        for (var at = text.IndexOf("\x08\x00\x50\x11UI", StringComparison.Ordinal); at >= 0; at = text.IndexOf("\x08\x00\x50\x11UI", at + 1, StringComparison.Ordinal))
        {
            var instance = Uid(text.IndexOf("\x08\x00\x55\x11UI", at, StringComparison.Ordinal));
            SyntheticElement[] reference = [SyntheticElement.Text(0x00081150, "UI", Uid(at)), SyntheticElement.Text(0x00081155, "UI", instance)];
            if (judge(instance) is { } reason)
                failed.Add([.. reference, SyntheticElement.UInt16(0x00081197, (ushort)reason)]);
            else
                kept.Add(reference);
        }
        var dataset = new MemoryStream();
        dataset.Write(SyntheticInstance.Encode(SyntheticElement.Text(0x00081195, "UI", transaction), true, false));
        if (failed.Count > 0)
            dataset.Write(SyntheticInstance.Encode(new SyntheticElement(0x00081198, "SQ", failed.ToArray()), true, false));
        if (kept.Count > 0)
            dataset.Write(SyntheticInstance.Encode(new SyntheticElement(0x00081199, "SQ", kept.ToArray()), true, false));
        var command = new MemoryStream();
        Element(command, 0x0002, Encoding.ASCII.GetBytes("1.2.840.10008.1.20.1"));
        Element(command, 0x0100, [0, 1]);
        Element(command, 0x0110, [7, 0]);
        Element(command, 0x0800, [0, 0]);
        Element(command, 0x1000, Encoding.ASCII.GetBytes("1.2.840.10008.1.20.1.1"));
        Element(command, 0x1002, [(byte)(failed.Count > 0 ? 2 : 1), 0]);
        return [.. Data(command.ToArray(), context, isCommand: true), .. Data(dataset.ToArray(), context, isCommand: false)];
    }

    public static byte[] Data(byte[] content, byte context, bool isCommand)
    {
        var pdu = new byte[12 + content.Length];
        pdu[0] = 4;
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(2), (uint)(content.Length + 6));
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(6), (uint)(content.Length + 2));
        (pdu[10], pdu[11]) = (context, isCommand ? (byte)3 : (byte)2);
        content.CopyTo(pdu, 12);
        return pdu;
    }

    private static Dictionary<ushort, byte[]> Elements(Dictionary<ushort, byte[]> request, int status) => new()
    {
        [0x0100] = BitConverter.GetBytes((ushort)(BitConverter.ToUInt16(request[0x0100]) | 0x8000)),
        [0x0120] = request[0x0110],
        [0x0800] = [1, 1],
        [0x0900] = BitConverter.GetBytes((ushort)status),
    };

    private static byte[] Id(Dictionary<ushort, byte[]> request, int further) => BitConverter.GetBytes((ushort)(BitConverter.ToUInt16(request[0x0110]) + further));

    private static byte[] Encoded(Dictionary<ushort, byte[]> elements, byte context)
        => Data(Command([.. elements.OrderBy(e => e.Key).Select(e => (e.Key, e.Value))]), context, isCommand: true);

    private static byte[] Command(params (ushort Element, byte[] Value)[] elements)
    {
        var command = new MemoryStream();
        foreach (var (element, value) in elements)
            Element(command, element, value);
        return command.ToArray();
    }

    public static bool IsExplicit(byte[] identifier) => identifier.Length > 5 && char.IsAsciiLetterUpper((char)identifier[4]) && char.IsAsciiLetterUpper((char)identifier[5]);

    public static bool IsStore(MemoryStream command) => BitConverter.ToUInt16(Elements(command.ToArray())[0x0100]) == 1;

    public static bool HasDataset(MemoryStream command) => BitConverter.ToUInt16(Elements(command.ToArray())[0x0800]) != 0x0101;

    public static Dictionary<ushort, byte[]> Elements(byte[] command)
    {
        var elements = new Dictionary<ushort, byte[]>();
        for (var i = 0; i + 8 <= command.Length;)
        {
            var length = BitConverter.ToInt32(command, i + 4);
            elements[BitConverter.ToUInt16(command, i + 2)] = command[(i + 8)..(i + 8 + length)];
            i += 8 + length;
        }
        return elements;
    }

    private static void Element(MemoryStream target, ushort element, byte[] value)
    {
        // Text is padded; a number of one byte is one of the wrong ways.
        byte[] even = value.Length % 2 == 0 || value.Length == 1 ? value : [.. value, (byte)(element is 0x0002 or 0x1000 ? 0 : ' ')];
        target.Write([0, 0, (byte)element, (byte)(element >> 8), .. BitConverter.GetBytes(even.Length), .. even]);
    }

    public static byte[] Item(byte kind, byte[] content) => [kind, 0, (byte)(content.Length >> 8), (byte)content.Length, .. content];

    public static IEnumerable<(byte Kind, ReadOnlyMemory<byte> Content)> Items(ReadOnlyMemory<byte> items)
    {
        while (items.Length >= 4)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(items.Span[2..]);
            yield return (items.Span[0], items.Slice(4, length));
            items = items[(4 + length)..];
        }
    }
}
