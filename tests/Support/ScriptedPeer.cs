using System.Buffers.Binary;
using System.Collections;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace FlywheelDicom.TestSupport;

/// <summary>What a <see cref="ScriptedPeer"/> does with a C-STORE.</summary>
public sealed record PeerBehaviour
{
    public uint MaxPduLength { get; init; } = 16384;

    /// <summary>Which transfer syntax of a context is taken; null refuses the context with this result.</summary>
    public Func<string, string[], string?> Choose { get; init; } = (_, offered) => offered[0];
    public byte RefusedContextResult { get; init; } = 3;

    /// <summary>Answers the n-th association request (from 1) with this A-ASSOCIATE-RJ; null accepts.</summary>
    public Func<int, byte[]?> Reject { get; init; } = _ => null;

    /// <summary>Status of the n-th C-STORE (from 1); null is silence, a negative number an abort, int.MinValue a reset.</summary>
    public Func<int, int?> Status { get; init; } = _ => 0;

    public string? ErrorComment { get; init; }

    /// <summary>Said in place of the answer to the association request.</summary>
    public byte[]? Garbage { get; init; }

    /// <summary>What it does in place of an answer to the n-th C-STORE, which is the k-th of its association; null: see <see cref="Status"/>.</summary>
    public Func<int, int, PeerReaction?> React { get; init; } = (_, _) => null;

    /// <summary>What it does in place of an answer to the instance with this UID, each time.</summary>
    public Func<string, PeerReaction?> Poison { get; init; } = _ => null;

    /// <summary>What it does when the command of the n-th C-STORE that was begun is there and its data set not yet.</summary>
    public Func<int, PeerReaction?> Interrupt { get; init; } = _ => null;

    /// <summary>Rejects, as congested, whoever comes while so many associations are open.</summary>
    public int MaxOpen { get; init; } = int.MaxValue;

    /// <summary>Closes the connection of a caller that says nothing for so long.</summary>
    public TimeSpan IdleLimit { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Never answers the n-th association request.</summary>
    public Func<int, bool> Ignore { get; init; } = _ => false;

    /// <summary>What the acceptor allows of the operations window; null says nothing of it.</summary>
    public int? MaxOperations { get; init; }

    /// <summary>How it answers a request for storage commitment: which instances failed, and why. Null: no such service.</summary>
    public Func<string, int?>? Commitment { get; init; }
}

/// <summary>What a peer does instead of answering.</summary>
public enum PeerReaction
{
    Silence,
    Abort,
    Reset,
    Close,

    /// <summary>The instance is stored, and the connection reset before that is said.</summary>
    StoreAndReset,

    /// <summary>A response with another message's number.</summary>
    AnswerAnother,

    /// <summary>A PDU of a type that does not exist.</summary>
    UnknownPdu,

    /// <summary>A P-DATA-TF whose PDV is longer than the PDU.</summary>
    TornPdv,

    /// <summary>A P-DATA-TF that announces 2 GB.</summary>
    OverlongPdu,

    /// <summary>A P-DATA-TF that announces more than comes before the connection ends.</summary>
    CutPdu,
    Release,

    /// <summary>Reads no more, and leaves the connection open.</summary>
    Stall,

    /// <summary>The right answer, a byte at a time, too slow for anyone's patience.</summary>
    Drip,

    /// <summary>The right answer, a byte at a time, just fast enough.</summary>
    Trickle,
}

/// <summary>
/// A Storage SCP written from the standard without the engine, which does what it is told and remembers what it saw on the wire.
/// </summary>
public sealed class ScriptedPeer : LoopbackServer
{
    private volatile PeerBehaviour _behaviour;
    private readonly object _lock = new();
    private readonly List<string> _stored = [];
    private readonly List<(uint Length, byte[] Fragments)> _pdus = [];
    private readonly List<int> _contexts = [];
    private readonly BitArray _numbers = new(1024);
    private int _associations;
    private int _requests;
    private int _stores;
    private int _begun;
    private int _open;

    /// <param name="behaviour">What it does.</param>
    /// <param name="isAbsent">It refuses connections until it appears.</param>
    public ScriptedPeer(PeerBehaviour behaviour, bool isAbsent = false)
    {
        _behaviour = behaviour;
        if (!isAbsent)
            Listen();
    }

    /// <summary>It was absent, and is no longer.</summary>
    public void Appear() => Listen();

    /// <summary>May be changed while it runs.</summary>
    public PeerBehaviour Behaviour { set => _behaviour = value; }

    /// <summary>SOP Instance UIDs that were answered with success, in order.</summary>
    public IReadOnlyList<string> Stored
    {
        get
        {
            lock (_lock)
                return [.. _stored];
        }
    }

    /// <summary>The length field of each P-DATA-TF.</summary>
    public IReadOnlyList<uint> PduLengths
    {
        get
        {
            lock (_lock)
                return [.. _pdus.Select(p => p.Length)];
        }
    }

    /// <summary>Control bytes of all PDVs, in order.</summary>
    public IReadOnlyList<byte> Controls
    {
        get
        {
            lock (_lock)
                return [.. _pdus.SelectMany(p => p.Fragments)];
        }
    }

    /// <summary>Presentation contexts of each association.</summary>
    public IReadOnlyList<int> ContextCounts
    {
        get
        {
            lock (_lock)
                return [.. _contexts];
        }
    }

    public int Associations => Volatile.Read(ref _associations);

    /// <summary>A-ASSOCIATE-RQs that came, refused or not.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>C-STORE messages that came whole.</summary>
    public int Stores => Volatile.Read(ref _stores);

    /// <summary>The most instances that were whole and unanswered at once on one association.</summary>
    public int MostUnderWay { get; private set; }

    /// <summary>Data sets of all but C-STORE.</summary>
    public List<byte[]> Identifiers { get; } = [];
    public int AbortsSeen { get; private set; }
    public int ReleasesSeen { get; private set; }
    public List<byte[]> Datasets { get; } = [];
    public bool RemembersDatasets { get; init; } = true;

    /// <summary>Of what is stored, only the last component of the UID is kept: for runs of any length.</summary>
    public bool RemembersNumbersOnly { get; init; }

    /// <summary>With <see cref="RemembersNumbersOnly"/>: how many different instances are stored.</summary>
    public int DistinctStored { get; private set; }
    public int ReportsConfirmed { get; private set; }

    protected override Task ServeAsync(TcpClient caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return ConverseAsync(caller, caller.GetStream());
    }

    private async Task ConverseAsync(TcpClient client, NetworkStream stream)
    {
        var (type, body) = await ReadPduAsync(stream);
        if (type != 1)
            return;
        if (_behaviour.Garbage is { } garbage)
        {
            await stream.WriteAsync(garbage, Stop);
            return;
        }
        var request = Interlocked.Increment(ref _requests);
        if (_behaviour.Ignore(request))
        {
            if ((await ReadPduAsync(stream)).Type == 7)
                NoteAbort();
            await Task.Delay(Timeout.Infinite, Stop);
            return;
        }
        var isOneTooMany = Interlocked.Increment(ref _open) > _behaviour.MaxOpen;
        using var leave = new Leave(() => Interlocked.Decrement(ref _open));
        if (isOneTooMany || _behaviour.Reject(request) is not null)
        {
            byte[] reject = _behaviour.Reject(request) ?? [3, 0, 0, 0, 0, 4, 0, 2, 3, 2];
            await stream.WriteAsync(reject, Stop);
            await ReadPduAsync(stream);
            return;
        }
        Interlocked.Increment(ref _associations);
        await stream.WriteAsync(Accept(body), Stop);
        var command = new MemoryStream();
        var dataset = new MemoryStream();
        var stored = 0;
        while (true)
        {
            if (await ReadUnlessIdleAsync(stream) is not { } next)
                return;
            (type, body) = next;
            if (type == 5)
            {
                lock (_lock)
                    ReleasesSeen++;
                await stream.WriteAsync(new byte[] { 6, 0, 0, 0, 0, 4, 0, 0, 0, 0 }, Stop);
                return;
            }
            if (type == 7)
            {
                NoteAbort();
                return;
            }
            var controls = new List<byte>();
            for (var rest = body.AsMemory(); rest.Length > 0;)
            {
                var length = (int)BinaryPrimitives.ReadUInt32BigEndian(rest.Span);
                var (context, control) = (rest.Span[4], rest.Span[5]);
                var data = rest.Slice(6, length - 2);
                controls.Add(control);
                ((control & 1) == 1 ? command : dataset).Write(data.Span);
                rest = rest[(4 + length)..];
                if (control == 3 && IsStore(command) && _behaviour.Interrupt(Interlocked.Increment(ref _begun)) is { } interruption)
                {
                    if (!await ReactAsync(client, stream, context, command.ToArray(), interruption))
                        return;
                }
                var isWhole = control == 2 || (control == 3 && !HasDataset(command));
                if (isWhole && IsStore(command))
                    stored++;
                if (isWhole && !await AnswerAsync(client, stream, context, command.ToArray(), dataset.ToArray(), stored))
                    return;
                if (isWhole)
                {
                    command.SetLength(0);
                    dataset.SetLength(0);
                }
            }
            if (RemembersNumbersOnly)
                continue;
            lock (_lock)
                _pdus.Add(((uint)body.Length, [.. controls]));
        }
    }

    private void NoteAbort()
    {
        lock (_lock)
            AbortsSeen++;
    }

    private async Task<bool> AnswerAsync(TcpClient client, NetworkStream stream, byte context, byte[] command, byte[] dataset, int inAssociation)
    {
        var elements = Elements(command);
        var field = BitConverter.ToUInt16(elements[0x0100]);
        int? status = 0;
        if (field == 1)
        {
            var number = Interlocked.Increment(ref _stores);
            if ((_behaviour.Poison(Encoding.ASCII.GetString(elements[0x1000]).Trim('\0')) ?? _behaviour.React(number, inAssociation)) is { } reaction)
            {
                if (reaction is PeerReaction.StoreAndReset or PeerReaction.Trickle)
                    Keep(elements);
                return await ReactAsync(client, stream, context, command, reaction);
            }
            status = _behaviour.Status(number);
            if (RemembersDatasets)
            {
                lock (_lock)
                    Datasets.Add(dataset);
            }
            if (client.Available > 12)
                MostUnderWay = Math.Max(MostUnderWay, 2);
        }
        else if (field is not (0x0030 or 0x8100))
        {
            lock (_lock)
                Identifiers.Add(dataset);
            if (field == 0x0130)
            {
                await stream.WriteAsync(Response(elements, context, _behaviour.Commitment is null ? 0x0211 : 0), Stop);
                if (_behaviour.Commitment is { } judge)
                    await stream.WriteAsync(CommitmentReport(dataset, context, judge), Stop);
                return true;
            }
        }
        else if (field == 0x8100)
        {
            lock (_lock)
                ReportsConfirmed++;
            return true;
        }
        if (status is null)
            return true;
        if (status == int.MinValue)
        {
            client.Client.LingerState = new LingerOption(true, 0);
            client.Client.Close();
            return false;
        }
        if (status < 0)
        {
            await stream.WriteAsync(new byte[] { 7, 0, 0, 0, 0, 4, 0, 0, 0, 0 }, Stop);
            return false;
        }
        if (status is 0 or >= 0xB000 and < 0xC000 && field == 1)
        {
            Keep(elements);
        }
        await stream.WriteAsync(Response(elements, context, status.Value), Stop);
        return true;
    }

    /// <summary>False where that was the end of the connection.</summary>
    private async Task<bool> ReactAsync(TcpClient client, NetworkStream stream, byte context, byte[] command, PeerReaction reaction)
    {
        var answer = Response(Elements(command), context, 0);
        switch (reaction)
        {
            case PeerReaction.Silence:
                return true;
            case PeerReaction.Abort:
                await stream.WriteAsync(new byte[] { 7, 0, 0, 0, 0, 4, 0, 0, 0, 0 }, Stop);
                return false;
            case PeerReaction.Reset or PeerReaction.StoreAndReset:
                client.Client.LingerState = new LingerOption(true, 0);
                client.Client.Close();
                return false;
            case PeerReaction.Close:
                return false;
            case PeerReaction.AnswerAnother:
                var elements = Elements(command);
                elements[0x0110] = BitConverter.GetBytes((ushort)(BitConverter.ToUInt16(elements[0x0110]) + 1000));
                await stream.WriteAsync(Response(elements, context, 0), Stop);
                break;
            case PeerReaction.UnknownPdu:
                await stream.WriteAsync(new byte[] { 0x4D, 0, 0, 0, 0, 4, 1, 2, 3, 4 }, Stop);
                break;
            case PeerReaction.TornPdv:
                await stream.WriteAsync(new byte[] { 4, 0, 0, 0, 0, 6, 0, 0, 0xFF, 0xFF, context, 3 }, Stop);
                break;
            case PeerReaction.OverlongPdu:
                await stream.WriteAsync(new byte[] { 4, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 2, context, 3 }, Stop);
                break;
            case PeerReaction.CutPdu:
                await stream.WriteAsync(answer.AsMemory(0, answer.Length - 5), Stop);
                return false;
            case PeerReaction.Release:
                await stream.WriteAsync(new byte[] { 5, 0, 0, 0, 0, 4, 0, 0, 0, 0 }, Stop);
                break;
            case PeerReaction.Stall:
                await Task.Delay(Timeout.Infinite, Stop);
                return false;
            case PeerReaction.Drip or PeerReaction.Trickle:
                foreach (var one in answer)
                {
                    await stream.WriteAsync(new[] { one }, Stop);
                    await Task.Delay(reaction == PeerReaction.Drip ? 100 : 1, Stop);
                }
                return true;
        }
        // Whatever it said, the caller has to end this: its data sets are read until it does.
        return true;
    }

    private void Keep(Dictionary<ushort, byte[]> elements)
    {
        var uid = Encoding.ASCII.GetString(elements[0x1000]).Trim('\0');
        lock (_lock)
        {
            if (!RemembersNumbersOnly)
            {
                _stored.Add(uid);
                return;
            }
            var number = int.Parse(uid.AsSpan(uid.LastIndexOf('.') + 1), CultureInfo.InvariantCulture);
            while (_numbers.Count <= number)
                _numbers.Length = Math.Max(1024, 2 * _numbers.Count);
            if (!_numbers[number])
                DistinctStored++;
            _numbers[number] = true;
        }
    }

    private byte[] Response(Dictionary<ushort, byte[]> request, byte context, int status)
    {
        var answer = new MemoryStream();
        Element(answer, 0x0100, BitConverter.GetBytes((ushort)(BitConverter.ToUInt16(request[0x0100]) | 0x8000)));
        Element(answer, 0x0120, request[0x0110]);
        Element(answer, 0x0800, [1, 1]);
        Element(answer, 0x0900, BitConverter.GetBytes((ushort)status));
        if (_behaviour.ErrorComment is { } comment && status != 0)
            Element(answer, 0x0902, Encoding.ASCII.GetBytes(comment));
        return Data(answer.ToArray(), context, isCommand: true);
    }

    /// <summary>N-EVENT-REPORT on the association that asked, in Explicit VR Little Endian.</summary>
    private static byte[] CommitmentReport(byte[] request, byte context, Func<string, int?> judge)
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

    private static byte[] Data(byte[] content, byte context, bool isCommand)
    {
        var pdu = new byte[12 + content.Length];
        pdu[0] = 4;
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(2), (uint)(content.Length + 6));
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(6), (uint)(content.Length + 2));
        (pdu[10], pdu[11]) = (context, isCommand ? (byte)3 : (byte)2);
        content.CopyTo(pdu, 12);
        return pdu;
    }

    private byte[] Accept(byte[] request)
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
            var chosen = _behaviour.Choose(abstractSyntax, offered);
            byte[] head = [content.Span[0], 0, chosen is null ? _behaviour.RefusedContextResult : (byte)0, 0];
            body.Write(Item(0x21, chosen is null ? head : [.. head, .. Item(0x40, Encoding.ASCII.GetBytes(chosen))]));
        }
        lock (_lock)
            _contexts.Add(count);
        var limit = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(limit, _behaviour.MaxPduLength);
        byte[] window = _behaviour.MaxOperations is { } operations ? Item(0x53, [(byte)(operations >> 8), (byte)operations, 0, 1]) : [];
        body.Write(Item(0x50, [.. Item(0x51, limit), .. Item(0x52, Encoding.ASCII.GetBytes("1.2.3.4")), .. window]));
        var pdu = new byte[6 + body.Length];
        pdu[0] = 2;
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(2), (uint)body.Length);
        body.ToArray().CopyTo(pdu, 6);
        return pdu;
    }

    private async Task<(byte Type, byte[] Body)> ReadPduAsync(NetworkStream stream)
    {
        var head = new byte[6];
        await stream.ReadExactlyAsync(head, Stop);
        var body = new byte[BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(2))];
        await stream.ReadExactlyAsync(body, Stop);
        return (head[0], body);
    }

    private async Task<(byte Type, byte[] Body)?> ReadUnlessIdleAsync(NetworkStream stream)
    {
        var read = ReadPduAsync(stream);
        if (_behaviour.IdleLimit == Timeout.InfiniteTimeSpan || await Task.WhenAny(read, Task.Delay(_behaviour.IdleLimit, Stop)) == read)
            return await read;
        stream.Close();
        await ((Task)read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return null;
    }

    private static bool IsStore(MemoryStream command) => BitConverter.ToUInt16(Elements(command.ToArray())[0x0100]) == 1;

    private static bool HasDataset(MemoryStream command) => BitConverter.ToUInt16(Elements(command.ToArray())[0x0800]) != 0x0101;

    private static Dictionary<ushort, byte[]> Elements(byte[] command)
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
        byte[] even = value.Length % 2 == 0 ? value : [.. value, (byte)' '];
        target.Write([0, 0, (byte)element, (byte)(element >> 8), .. BitConverter.GetBytes(even.Length), .. even]);
    }

    private static byte[] Item(byte kind, byte[] content) => [kind, 0, (byte)(content.Length >> 8), (byte)content.Length, .. content];

    private static IEnumerable<(byte Kind, ReadOnlyMemory<byte> Content)> Items(ReadOnlyMemory<byte> items)
    {
        while (items.Length >= 4)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(items.Span[2..]);
            yield return (items.Span[0], items.Slice(4, length));
            items = items[(4 + length)..];
        }
    }

    private sealed class Leave(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
