using System.Net.Sockets;
using FlywheelDicom.Network.Scu;
using FlywheelDicom.Network.Wire;
using FlywheelDicom.Unit.Network.Wire;
using Microsoft.Extensions.Time.Testing;

namespace FlywheelDicom.Unit.Network.Scu;

public class AssociationFailuresTests
{
    private static readonly DicomDestination s_destination = new() { Host = "peer", Port = 104, CalledAE = "PEER" };
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(7);

    public static TheoryData<string, Exception, string, DicomNetworkError, string> Causes => new()
    {
        { "abort", new PeerAbortedException([0, 0, 2, 6]), "testing", DicomNetworkError.AssociationAborted, "testing" },
        { "release", new PeerReleasedException(), "testing", DicomNetworkError.ConnectionLost, "released the association" },
        { "no PDU", new InvalidDataException("odd"), "testing", DicomNetworkError.ProtocolError, "while testing: odd" },
        { "wrong PDU", PduException.Unexpected(PduType.Data), "testing", DicomNetworkError.ProtocolError, "while testing: PDU type" },
        { "end", new EndOfStreamException("The end."), "testing", DicomNetworkError.ConnectionLost, "was lost while testing: The end." },
        { "reset", new IOException("outer", new SocketException((int)SocketError.ConnectionReset)), "testing", DicomNetworkError.ConnectionLost, new SocketException((int)SocketError.ConnectionReset).Message },
        { "other", new IOException("outer", new InvalidOperationException("inner")), "testing", DicomNetworkError.ConnectionLost, "was lost while testing: outer" },
    };

    [Theory]
    [MemberData(nameof(Causes))]
    public void Failure_says_what_happened(string name, Exception cause, string operation, DicomNetworkError error, string words)
    {
        Assert.NotEmpty(name);
        using var transport = new WireStream().Transport();
        foreach (var e in (DicomNetworkException[])[AssociationFailures.Of(s_destination, transport, cause, operation, s_limit), AssociationFailures.ByCause(s_destination, transport, cause, operation)])
        {
            Assert.Equal((error, RetryAdvice.BackOff), (e.Error, e.Retry));
            Assert.Contains(words, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Failure_that_is_known_stays_as_it_is()
    {
        using var transport = new WireStream().Transport();
        var known = new DicomNetworkException(DicomNetworkError.ContextRefused, "x", RetryAdvice.Never);
        Assert.Same(known, AssociationFailures.Of(s_destination, transport, known, "testing", s_limit));
    }

    [Theory]
    [InlineData(true, DicomNetworkError.ResponseTimeout)]
    [InlineData(false, DicomNetworkError.ConnectionLost)]
    public void Missed_deadline_is_told_where_it_was_the_cause(bool wasWaiting, DicomNetworkError error)
    {
        var time = new FakeTimeProvider();
        using var transport = new WireStream().Transport(time);
        transport.ReadDeadline = 1;
        time.Advance(TimeSpan.FromSeconds(1));
        var lost = new IOException("lost");
        var e = wasWaiting ? AssociationFailures.Of(s_destination, transport, lost, "testing", s_limit) : AssociationFailures.ByCause(s_destination, transport, lost, "testing");
        var known = new DicomNetworkException(DicomNetworkError.ContextRefused, "x", RetryAdvice.Never);
        Assert.Same(known, AssociationFailures.Of(s_destination, transport, known, "testing", s_limit));
        Assert.Equal(error, e.Error);
        if (wasWaiting)
            Assert.Contains("within 7 s while testing", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TLS_is_told_where_DICOM_was_expected()
    {
        using var transport = new WireStream().Transport();
        var plain = AssociationFailures.Of(s_destination, transport, new TlsRecordException(), AssociationFailures.Negotiating, s_limit);
        Assert.NotEqual(DicomNetworkError.ConnectionLost, plain.Error);
        var secure = AssociationFailures.Of(s_destination with { Tls = new DicomTls() }, transport, new TlsRecordException(), "testing", s_limit);
        Assert.Equal(DicomNetworkError.ConnectionLost, secure.Error);
    }

    [Fact]
    public void Accept_is_read()
    {
        var accept = new AssociationPdu { CalledAE = "A", CallingAE = "B", Contexts = [], MaxPduLength = 77 }.Encode(PduType.AssociateAccept);
        Assert.Equal(77u, Accepted(new WireStream(), 2, accept[6..]).MaxPduLength);
    }

    /// <summary>The answer, what is told of it, and the A-ABORT that is said to it.</summary>
    [Theory]
    [InlineData(2, new byte[] { 1, 2 }, DicomNetworkError.ProtocolError, new byte[] { 2, 6 })]
    [InlineData(3, new byte[] { 0, 1, 2, 3 }, DicomNetworkError.AssociationRejected, null)]
    [InlineData(3, new byte[] { 0, 1, 2 }, DicomNetworkError.ProtocolError, new byte[] { 2, 2 })]
    [InlineData(7, new byte[] { 0, 0, 2, 6 }, DicomNetworkError.AssociationAborted, null)]
    [InlineData(4, new byte[0], DicomNetworkError.ProtocolError, new byte[] { 2, 2 })]
    [InlineData(0, new byte[0], DicomNetworkError.ConnectionLost, null)]
    public void Any_other_answer_is_a_failure(byte type, byte[] body, DicomNetworkError error, byte[]? abort)
    {
        var stream = new WireStream();
        var e = Assert.ThrowsAny<DicomNetworkException>(() => Accepted(stream, type, body));
        Assert.Equal(error, e.Error);
        Assert.Equal(abort is null ? [] : ControlPdu.Abort(abort[0], abort[1]), stream.Written);
        if (e is DicomAssociationRejectedException rejected)
            Assert.Equal((1, 2, 3), (rejected.Result, rejected.RejectSource, rejected.Reason));
    }

    private static AssociationPdu Accepted(WireStream stream, byte type, byte[] body)
    {
        using var transport = stream.Transport();
        return AssociationFailures.Accepted(s_destination, transport, new Pdu((PduType)type, body));
    }
}
