using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using FlywheelDicom.Network.Connection.Tls;
using FlywheelDicom.Network.Wire;
using FlywheelDicom.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace FlywheelDicom.Unit.Network;

/// <summary>The network's clock is the caller's: these tests wait for nothing.</summary>
public class TimeFromOutsideTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_read_ends_when_its_time_is_up_and_not_before()
    {
        var time = new FakeTimeProvider();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.LocalEndpoint);
        using var peer = await listener.AcceptSocketAsync();
        using var transport = new PduTransport(socket, new NetworkStream(socket), default, time);
        var read = transport.ReadAsync(1024, TimeSpan.FromMinutes(5)).AsTask();
        time.Advance(TimeSpan.FromSeconds(299));
        Assert.False(transport.HasTimedOut);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(transport.HasTimedOut);
        await Assert.ThrowsAnyAsync<IOException>(() => read.WaitAsync(s_limit));
    }

    [Theory]
    [InlineData(-6, DicomNetworkError.CertificateNotYetValid)]
    [InlineData(0, null)]
    [InlineData(91, DicomNetworkError.CertificateExpired)]
    public void A_certificate_is_valid_by_the_clock_that_was_given(int days, DicomNetworkError? failure)
    {
        var authority = new TestAuthority();
        var time = new FakeTimeProvider(DateTimeOffset.Now.AddDays(days));
        var check = new PeerCertificateCheck { Trusted = [authority.Certificate], Time = time };
        Assert.Equal(failure is null, check.Validate(this, authority.Issue(), null, SslPolicyErrors.None));
        Assert.Equal(failure, check.Failure);
    }

    [Fact]
    public void The_days_left_of_a_certificate_are_counted_by_the_clock_that_was_given()
    {
        var time = new FakeTimeProvider();
        var session = new DicomTlsSession
        {
            Protocol = default, CipherSuite = default, PeerExpires = time.GetLocalNow().DateTime.AddDays(30), Time = time,
        };
        Assert.Equal(30, session.DaysLeft);
        time.Advance(TimeSpan.FromDays(29.5));
        Assert.Equal(0, session.DaysLeft);
    }
}
