using System.Buffers.Binary;
using System.Net;
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
}

/// <summary>
/// A Storage SCP written from the standard without the engine, which does what it is told and remembers what it saw on the wire.
/// </summary>
public sealed class ScriptedPeer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly PeerBehaviour _behaviour;
    private readonly CancellationTokenSource _stop = new();
    private readonly object _lock = new();
    private readonly List<string> _stored = [];
    private readonly List<(uint Length, byte[] Fragments)> _pdus = [];
    private readonly List<int> _contexts = [];
    private int _associations;
    private int _requests;
    private int _stores;

    public ScriptedPeer(PeerBehaviour behaviour)
    {
        _behaviour = behaviour;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

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
    public int AbortsSeen { get; private set; }
    public int ReleasesSeen { get; private set; }
    public List<byte[]> Datasets { get; } = [];

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                client.NoDelay = true;
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await ConverseAsync(client, client.GetStream());
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The caller went; what was seen until then is remembered.
            }
        }
    }

    private async Task ConverseAsync(TcpClient client, NetworkStream stream)
    {
        var (type, body) = await ReadPduAsync(stream);
        if (type != 1)
            return;
        if (_behaviour.Garbage is { } garbage)
        {
            await stream.WriteAsync(garbage, _stop.Token);
            return;
        }
        if (_behaviour.Reject(Interlocked.Increment(ref _requests)) is { } reject)
        {
            await stream.WriteAsync(reject, _stop.Token);
            await ReadPduAsync(stream);
            return;
        }
        Interlocked.Increment(ref _associations);
        await stream.WriteAsync(Accept(body), _stop.Token);
        var command = new MemoryStream();
        var dataset = new MemoryStream();
        while (true)
        {
            (type, body) = await ReadPduAsync(stream);
            if (type == 5)
            {
                ReleasesSeen++;
                await stream.WriteAsync(new byte[] { 6, 0, 0, 0, 0, 4, 0, 0, 0, 0 }, _stop.Token);
                return;
            }
            if (type == 7)
            {
                AbortsSeen++;
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
                var hasDataset = control == 2 || (control == 3 && !HasDataset(command));
                if (hasDataset && !await AnswerAsync(client, stream, context, command.ToArray(), dataset.ToArray()))
                    return;
                if (hasDataset)
                {
                    command.SetLength(0);
                    dataset.SetLength(0);
                }
            }
            lock (_lock)
                _pdus.Add(((uint)body.Length, [.. controls]));
        }
    }

    private async Task<bool> AnswerAsync(TcpClient client, NetworkStream stream, byte context, byte[] command, byte[] dataset)
    {
        var elements = Elements(command);
        var field = BitConverter.ToUInt16(elements[0x0100]);
        int? status = 0;
        if (field == 1)
        {
            status = _behaviour.Status(Interlocked.Increment(ref _stores));
            lock (_lock)
                Datasets.Add(dataset);
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
            await stream.WriteAsync(new byte[] { 7, 0, 0, 0, 0, 4, 0, 0, 0, 0 }, _stop.Token);
            return false;
        }
        if (status is 0 or >= 0xB000 and < 0xC000 && field == 1)
        {
            lock (_lock)
                _stored.Add(Encoding.ASCII.GetString(elements[0x1000]).Trim('\0'));
        }
        var answer = new MemoryStream();
        Element(answer, 0x0100, BitConverter.GetBytes((ushort)(field | 0x8000)));
        Element(answer, 0x0120, elements[0x0110]);
        Element(answer, 0x0800, [1, 1]);
        Element(answer, 0x0900, BitConverter.GetBytes((ushort)status.Value));
        if (_behaviour.ErrorComment is { } comment && status != 0)
            Element(answer, 0x0902, Encoding.ASCII.GetBytes(comment));
        var pdu = new byte[12 + answer.Length];
        pdu[0] = 4;
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(2), (uint)(answer.Length + 6));
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(6), (uint)(answer.Length + 2));
        (pdu[10], pdu[11]) = (context, 3);
        answer.ToArray().CopyTo(pdu, 12);
        await stream.WriteAsync(pdu, _stop.Token);
        return true;
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
        body.Write(Item(0x50, [.. Item(0x51, limit), .. Item(0x52, Encoding.ASCII.GetBytes("1.2.3.4"))]));
        var pdu = new byte[6 + body.Length];
        pdu[0] = 2;
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(2), (uint)body.Length);
        body.ToArray().CopyTo(pdu, 6);
        return pdu;
    }

    private async Task<(byte Type, byte[] Body)> ReadPduAsync(NetworkStream stream)
    {
        var head = new byte[6];
        await stream.ReadExactlyAsync(head, _stop.Token);
        var body = new byte[BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(2))];
        await stream.ReadExactlyAsync(body, _stop.Token);
        return (head[0], body);
    }

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
}
