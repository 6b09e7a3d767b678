using System.Buffers.Binary;
using System.Net.Sockets;
using static FlywheelDicom.TestSupport.PeerMessages;

namespace FlywheelDicom.TestSupport;

/// <summary>One connection of a <see cref="ScriptedPeer"/>: reads PDUs, and says what it is told to, in the way it is told to.</summary>
internal sealed class PeerConnection(TcpClient client, CancellationToken stop) : IDisposable
{
    private readonly NetworkStream _stream = client.GetStream();
    private readonly MemoryStream _held = new();

    /// <summary>More than a few bytes have come that were not read yet.</summary>
    public bool HasMore => client.Available > 12;

    public void Dispose() => _held.Dispose();

    public void Close() => _stream.Close();

    public ValueTask WriteAsync(byte[] bytes) => _stream.WriteAsync(bytes, stop);

    public async Task<(byte Type, byte[] Body)> ReadPduAsync()
    {
        var head = new byte[6];
        await _stream.ReadExactlyAsync(head, stop);
        var body = new byte[BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(2))];
        await _stream.ReadExactlyAsync(body, stop);
        return (head[0], body);
    }

    /// <summary>False where that was the end of the connection.</summary>
    public async Task<bool> ReactAsync(byte context, byte[] command, PeerReaction reaction, string? comment, byte[]? identifier = null)
    {
        var elements = Elements(command);
        var answer = Response(elements, context, 0);
        switch (reaction)
        {
            case PeerReaction.Abort:
                await _stream.WriteAsync(PeerMessages.Abort, stop);
                return false;
            case PeerReaction.Reset or PeerReaction.StoreAndReset:
                return Reset();
            case PeerReaction.AnswerAndReset:
                await _stream.WriteAsync(answer, stop);
                return Reset();
            case PeerReaction.AnswerAndAbort or PeerReaction.RefuseAndAbort:
                await _stream.WriteAsync(reaction == PeerReaction.AnswerAndAbort ? answer : Response(elements, context, 0xA700, comment), stop);
                await _stream.WriteAsync(PeerMessages.Abort, stop);
                return false;
            case PeerReaction.RefuseAndStall:
                await _stream.WriteAsync(Response(elements, context, 0xA700, comment), stop);
                await Task.Delay(Timeout.Infinite, stop);
                return false;
            case PeerReaction.Hold:
                _held.Write(answer);
                return true;
            case PeerReaction.SayHeldAndReset or PeerReaction.SayHeldAndAbort:
                await _stream.WriteAsync(_held.ToArray(), stop);
                if (reaction == PeerReaction.SayHeldAndReset)
                    return Reset();
                await _stream.WriteAsync(PeerMessages.Abort, stop);
                return false;
            case PeerReaction.CutPdu:
                await _stream.WriteAsync(answer.AsMemory(0, answer.Length - 5), stop);
                return false;
            case PeerReaction.TornPdv:
                await _stream.WriteAsync(TornPdv(context), stop);
                return true;
            case PeerReaction.OverlongPdu:
                await _stream.WriteAsync(OverlongPdu(context), stop);
                return true;
            case PeerReaction.EmptyPdvs:
                return await RepeatAsync(EmptyPdv(context));
            case PeerReaction.EndlessRequests:
                return await RepeatAsync(EchoRequest(context));
            case PeerReaction.AnswerAndRequestWithoutEnd:
                await _stream.WriteAsync(answer, stop);
                return await RepeatAsync(EchoRequest(context));
            case PeerReaction.EndlessMatches:
                return await RepeatAsync(Match(elements, context, "1.2.3", IsExplicit(identifier!)));
            case PeerReaction.EndlessNewMatches:
                return await RepeatAsync(n => Match(elements, context, $"1.2.3.{n}", IsExplicit(identifier!)));
            case PeerReaction.Silence or PeerReaction.Close or PeerReaction.UnknownPdu or PeerReaction.Release or PeerReaction.Stall or PeerReaction.Drip
                or PeerReaction.Trickle or PeerReaction.EmptyPdus:
                return await SayAsync(answer, reaction);
            default:
                await _stream.WriteAsync(Invalid(elements, context, reaction), stop);
                // Whatever it said, the caller has to end this: its data sets are read until it does.
                return true;
        }
    }

    /// <summary>What needs no message to react to. False where that was the end of the connection.</summary>
    public async Task<bool> SayAsync(byte[] answer, PeerReaction? reaction)
    {
        switch (reaction)
        {
            case PeerReaction.Silence:
                return true;
            case PeerReaction.Close:
                return false;
            case PeerReaction.Abort:
                await _stream.WriteAsync(PeerMessages.Abort, stop);
                return false;
            case PeerReaction.UnknownPdu:
                await _stream.WriteAsync(PeerMessages.UnknownPdu, stop);
                return true;
            case PeerReaction.Release:
                await _stream.WriteAsync(ReleaseRequest, stop);
                return true;
            case PeerReaction.Stall:
                await Task.Delay(Timeout.Infinite, stop);
                return false;
            case PeerReaction.EmptyPdus:
                return await RepeatAsync(EmptyPdu);
            case PeerReaction.Drip or PeerReaction.Trickle:
                foreach (var one in answer)
                {
                    await _stream.WriteAsync(new[] { one }, stop);
                    await Task.Delay(reaction == PeerReaction.Drip ? 100 : 1, stop);
                }
                return true;
            default:
                await _stream.WriteAsync(answer, stop);
                return true;
        }
    }

    /// <summary>Until the caller has gone.</summary>
    private Task<bool> RepeatAsync(byte[] piece) => RepeatAsync(_ => piece);

    private async Task<bool> RepeatAsync(Func<int, byte[]> piece)
    {
        for (var n = 1; ; n++)
        {
            await _stream.WriteAsync(piece(n), stop);
            await Task.Delay(5, stop);
        }
    }

    public bool Reset()
    {
        client.Client.LingerState = new LingerOption(true, 0);
        client.Client.Close();
        return false;
    }
}
