using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Connection.Tls;
using FlywheelDicom.Network.Scp;
using FlywheelDicom.Network.Scu;
using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.Network;

public sealed class TlsTests
{
    private const int LongBeforeAnyTimer = 12;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private static readonly TestAuthority s_ca = new();
    private static readonly TestAuthority s_stranger = new("A stranger's CA");

    private static DicomFile File(int number = 1) => MemorySource.Read(new SyntheticInstance { Number = number }.ToArray())!;

    private static X509Certificate2Collection Trust(params TestAuthority[] authorities) => [.. authorities.Select(a => a.Certificate)];

    private static DicomServer Server(DicomServerTls? tls) => DicomServer.Start(new DicomServerOptions { Sink = new DiscardSink(), Tls = tls });

    private static Task<DicomResponse> StoreAsync(int port, DicomTls? tls, string host = "localhost", DicomClientOptions? options = null)
    {
        var client = new DicomClient(new DicomDestination { Host = host, Port = port, Tls = tls }, options ?? new());
        return client.StoreAsync(File());
    }

    [Theory]
    [InlineData(DicomTlsProfile.BCP195, 2048)]
    [InlineData(DicomTlsProfile.BCP195, 0)]
    [InlineData(DicomTlsProfile.BCP195NonDowngrading, 2048)]
    [InlineData(DicomTlsProfile.BCP195NonDowngrading, 0)]
    [InlineData(DicomTlsProfile.BCP195Extended, 2048)]
    [InlineData(DicomTlsProfile.BCP195Extended, 0)]
    [InlineData(DicomTlsProfile.BCP195RFC8996, 2048)]
    [InlineData(DicomTlsProfile.BCP195RFC8996, 0)]
    [InlineData(DicomTlsProfile.BCP195RFC8996Modified, 2048)]
    [InlineData(DicomTlsProfile.BCP195RFC8996Modified, 0)]
    public async Task Certificates_on_both_sides_are_checked_and_taken(DicomTlsProfile profile, int rsaBits)
    {
        await using var server = Server(new DicomServerTls { Profile = profile, Certificate = s_ca.Issue(rsaBits: rsaBits), TrustedCertificates = Trust(s_ca) });
        var tls = new DicomTls { Profile = profile, Certificate = s_ca.Issue(isClient: true, rsaBits: rsaBits), TrustedCertificates = Trust(s_ca) };
        Assert.Equal(DicomStatus.Success, (await StoreAsync(server.Port, tls)).Status);
        await using var client = new DicomClient(new DicomDestination { Host = "127.0.0.1", Port = server.Port, Tls = tls }, new DicomClientOptions());
        var session = (await client.EchoAsync()).Tls!;
        Assert.True(session.Protocol >= SslProtocols.Tls12);
        Assert.Equal(("CN=test peer", "CN=Test CA"), (session.PeerSubject, session.PeerIssuer));
        Assert.InRange(session.DaysLeft!.Value, 88, 90);
    }

    [Fact]
    public async Task Intermediate_is_sent_along_or_taken_from_the_trusted_file()
    {
        var intermediate = s_ca.Intermediate("Intermediate CA");
        await using var sends = Server(new DicomServerTls { Certificate = intermediate.Issue(), Intermediates = Trust(intermediate) });
        await StoreAsync(sends.Port, new DicomTls { TrustedCertificates = Trust(s_ca) });
        await using var withholds = Server(new DicomServerTls { Certificate = intermediate.Issue() });
        await StoreAsync(withholds.Port, new DicomTls { TrustedCertificates = Trust(s_ca, intermediate) });
    }

    [Fact]
    public async Task Many_instances_go_over_one_secure_association()
    {
        await using var server = Server(new DicomServerTls { Certificate = s_ca.Issue() });
        await using var client = new DicomClient(
            new DicomDestination { Host = "localhost", Port = server.Port, Tls = new DicomTls { TrustedCertificates = Trust(s_ca) } }, new DicomClientOptions());
        for (var i = 1; i <= 50; i++)
            Assert.Equal(DicomStatus.Success, (await client.StoreAsync(File(i))).Status);
        await client.CloseAsync();
        Assert.Equal(1, client.Associations);
    }

    [Fact]
    public async Task Other_name_is_accepted_where_it_is_expected()
    {
        await using var server = Server(new DicomServerTls { Certificate = s_ca.Issue(["pacs.example.org"]) });
        await StoreAsync(server.Port, new DicomTls { TrustedCertificates = Trust(s_ca), ServerName = "pacs.example.org" });
        await StoreAsync(server.Port, new DicomTls { SkipCertificateCheck = true });
    }

    public static TheoryData<string, DicomNetworkError, string> WrongConfigurations => new()
    {
        { "server expired", DicomNetworkError.CertificateExpired, "expired on" },
        { "server not yet valid", DicomNetworkError.CertificateNotYetValid, "not valid before" },
        { "server's CA expired", DicomNetworkError.CertificateExpired, "issuer 'CN=Old CA' expired on" },
        { "server has another name", DicomNetworkError.CertificateNameMismatch, "for 'pacs.example.org', not for 'localhost'" },
        { "server has another address", DicomNetworkError.CertificateNameMismatch, "for '10.0.0.1', not for '127.0.0.1'" },
        { "expected name is another", DicomNetworkError.CertificateNameMismatch, "not for 'other.example.org'" },
        { "issuer unknown", DicomNetworkError.CertificateUntrusted, "its issuer 'CN=Test CA' is not trusted" },
        { "issuer unknown, another is trusted", DicomNetworkError.CertificateUntrusted, "its issuer 'CN=Test CA' is not trusted" },
        { "intermediate withheld", DicomNetworkError.CertificateUntrusted, "its issuer 'CN=Intermediate CA' is not trusted" },
        { "signed by itself", DicomNetworkError.CertificateUntrusted, "signed by itself" },
        { "not for servers", DicomNetworkError.CertificateUntrusted, "not made for this use" },
        { "older TLS alone", DicomNetworkError.TlsNotAgreed, "-TlsProfile" },
        { "no client certificate", DicomNetworkError.ClientCertificateRequired, "-CertificatePath" },
        { "no client certificate, TLS 1.2", DicomNetworkError.ClientCertificateRequired, "client certificate" },
        { "client certificate of a stranger", DicomNetworkError.ClientCertificateRefused, "client certificate" },
        { "client certificate expired", DicomNetworkError.ClientCertificateRefused, "client certificate" },
        { "client certificate not for clients", DicomNetworkError.ClientCertificateRefused, "client certificate" },
        { "no common suite", DicomNetworkError.TlsNotAgreed, "-TlsProfile" },
        { "only suites that the profile forbids", DicomNetworkError.TlsNotAgreed, "-TlsProfile" },
        { "plain server", DicomNetworkError.TlsNotSpoken, "leave -UseTls out" },
        { "web server", DicomNetworkError.TlsNotSpoken, "does not speak TLS" },
        { "silent server", DicomNetworkError.ConnectTimeout, "did not answer" },
        { "server that closes", DicomNetworkError.TlsNotAgreed, "ended the handshake" },
        { "TLS server, plain client", DicomNetworkError.TlsExpected, "-UseTls" },
        { "closed port", DicomNetworkError.ConnectionRefused, "nothing listens" },
    };

    [Theory]
    [MemberData(nameof(WrongConfigurations))]
    public async Task Wrong_configuration_is_told_in_time_and_leaks_nothing(string what, DicomNetworkError error, string words)
    {
        var (tls, server, host) = Setup(what);
        await using var peer = new RecordingPeer(server);
        var started = Stopwatch.StartNew();
        var e = await Assert.ThrowsAnyAsync<DicomNetworkException>(() => StoreAsync(what == "closed port" ? 1 : peer.Port, tls, host, what == "silent server" ? Timers.ShortConnect : null));
        Assert.True(started.Elapsed.TotalSeconds < LongBeforeAnyTimer, $"{started.Elapsed}");
        Assert.True(error == e.Error, $"{e.Error}: {e}");
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.NotEqual(RetryAdvice.BackOff, what is "silent server" or "closed port" ? RetryAdvice.Never : e.Retry);
        Assert.DoesNotContain("SYNTHETIC", Encoding.Latin1.GetString(peer.Received), StringComparison.Ordinal);
    }

    private static (DicomTls? Tls, Func<Stream, Task>? Server, string Host) Setup(string what)
    {
        var trusting = new DicomTls { TrustedCertificates = Trust(s_ca) };
        Func<Stream, Task> Serve(X509Certificate2 certificate, Action<SslServerAuthenticationOptions>? change = null) => async stream =>
        {
            using var secure = new SslStream(stream, leaveInnerStreamOpen: true);
            var options = new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true) };
            change?.Invoke(options);
            await secure.AuthenticateAsServerAsync(options);
            await secure.CopyToAsync(Stream.Null);
        };
        Func<Stream, Task> Mutual(Action<SslServerAuthenticationOptions>? change = null) => Serve(s_ca.Issue(), o =>
        {
            var check = new PeerCertificateCheck { Trusted = Trust(s_ca), TrustsOnlyOurs = true, IsClient = true };
            o.ClientCertificateRequired = true;
            o.RemoteCertificateValidationCallback = check.Validate;
            change?.Invoke(o);
        });
        Action<SslServerAuthenticationOptions> Only(params TlsCipherSuite[] suites) => o =>
        {
            o.EnabledSslProtocols = SslProtocols.Tls12;
#pragma warning disable CA1416 // These tests run where suites can be limited.
            o.CipherSuitesPolicy = new CipherSuitesPolicy(suites);
#pragma warning restore CA1416
        };
        return what switch
        {
            "server expired" => (trusting, Serve(s_ca.Issue(startDays: -9, endDays: -1)), "localhost"),
            "server not yet valid" => (trusting, Serve(s_ca.Issue(startDays: 2, endDays: 9)), "localhost"),
            "server's CA expired" => Expired(),
            "server has another name" => (trusting, Serve(s_ca.Issue(["pacs.example.org"])), "localhost"),
            "server has another address" => (trusting, Serve(s_ca.Issue(["10.0.0.1"])), "127.0.0.1"),
            "expected name is another" => (trusting with { ServerName = "other.example.org" }, Serve(s_ca.Issue()), "localhost"),
            "issuer unknown" => (new DicomTls(), Serve(s_ca.Issue()), "localhost"),
            "issuer unknown, another is trusted" => (new DicomTls { TrustedCertificates = Trust(s_stranger) }, Serve(s_ca.Issue()), "localhost"),
            "intermediate withheld" => (trusting, Serve(s_ca.Intermediate("Intermediate CA").Issue()), "localhost"),
            "signed by itself" => (trusting, Serve(SelfSigned()), "localhost"),
            "not for servers" => (trusting, Serve(s_ca.Issue(isClient: true)), "localhost"),
#pragma warning disable SYSLIB0039, CA5397 // What must be refused has to be offered.
            "older TLS alone" => (trusting, Serve(s_ca.Issue(), o => o.EnabledSslProtocols = SslProtocols.Tls11), "localhost"),
#pragma warning restore SYSLIB0039, CA5397
            "no client certificate" => (trusting, Mutual(), "localhost"),
            "no client certificate, TLS 1.2" => (trusting, Mutual(o => o.EnabledSslProtocols = SslProtocols.Tls12), "localhost"),
            "client certificate of a stranger" => (trusting with { Certificate = s_stranger.Issue(isClient: true) }, Mutual(), "localhost"),
            "client certificate expired" => (trusting with { Certificate = s_ca.Issue(startDays: -9, endDays: -1, isClient: true) }, Mutual(), "localhost"),
            "client certificate not for clients" => (trusting with { Certificate = s_ca.Issue() }, Mutual(), "localhost"),
            "no common suite" => (trusting with { Profile = DicomTlsProfile.BCP195RFC8996 }, Serve(s_ca.Issue(rsaBits: 2048), Only(TlsCipherSuite.TLS_DHE_RSA_WITH_AES_256_GCM_SHA384)), "localhost"),
            "only suites that the profile forbids" => (trusting, Serve(s_ca.Issue(rsaBits: 2048), Only(TlsCipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA)), "localhost"),
            "plain server" => (trusting, stream => stream.WriteAsync(new byte[] { 7, 0, 0, 0, 0, 4, 0, 0, 2, 2 }).AsTask(), "localhost"),
            "web server" => (trusting, stream => stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray()).AsTask(), "localhost"),
            "silent server" => (trusting, stream => stream.CopyToAsync(Stream.Null), "localhost"),
            "server that closes" => (trusting, _ => Task.CompletedTask, "localhost"),
            "TLS server, plain client" => (null, stream => stream.WriteAsync(new byte[] { 0x15, 3, 1, 0, 2, 2, 70 }).AsTask(), "localhost"),
            "closed port" => (trusting, null, "127.0.0.1"),
            _ => throw new ArgumentException(what),
        };

        (DicomTls?, Func<Stream, Task>?, string) Expired()
        {
            var old = new TestAuthority("Old CA", -100, -1);
            return (new DicomTls { TrustedCertificates = Trust(old) }, Serve(old.Issue()), "localhost");
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.Now.AddDays(-1), DateTimeOffset.Now.AddDays(9));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    [Theory]
    [InlineData(DicomTlsProfile.BCP195, 1024, true)]
    [InlineData(DicomTlsProfile.BCP195Extended, 1024, false)]
    [InlineData(DicomTlsProfile.BCP195RFC8996Modified, 1024, false)]
    [InlineData(DicomTlsProfile.BCP195RFC8996Modified, 2048, true)]
    public void Key_too_short_for_the_profile_is_refused(DicomTlsProfile profile, int bits, bool isTaken)
    {
        var check = new PeerCertificateCheck { Trusted = Trust(s_ca), Rules = TlsProfileRules.For(profile) };
        Assert.Equal(isTaken, check.Validate(this, s_ca.Issue(rsaBits: bits), null, SslPolicyErrors.None));
        Assert.Equal(isTaken ? null : DicomNetworkError.CertificateWeak, check.Failure);
    }

    [Theory]
    [InlineData(X509RevocationMode.Online, true, DicomNetworkError.CertificateRevoked)]
    [InlineData(X509RevocationMode.Online, false, null)]
    [InlineData(X509RevocationMode.NoCheck, true, null)]
    public async Task Revoked_certificate_is_refused_where_its_list_is_fetched(X509RevocationMode mode, bool isRevoked, DicomNetworkError? error)
    {
        // A CA of its own: fetched lists are cached by their issuer.
        var ca = new TestAuthority("CA " + Guid.NewGuid());
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var certificate = ca.Issue(crl: $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/{Guid.NewGuid()}.crl");
        var list = isRevoked ? ca.Revoke(certificate) : ca.Revoke();
        _ = Task.Run(async () =>
        {
            while (true)
            {
                using var caller = await listener.AcceptTcpClientAsync();
                await caller.GetStream().ReadAtLeastAsync(new byte[1024], 10, throwOnEndOfStream: false);
                await caller.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/pkix-crl\r\nContent-Length: {list.Length}\r\nConnection: close\r\n\r\n"));
                await caller.GetStream().WriteAsync(list);
            }
        });
        await using var server = Server(new DicomServerTls { Certificate = certificate });
        var tls = new DicomTls { TrustedCertificates = Trust(ca), RevocationMode = mode };
        if (error is null)
            Assert.Equal(DicomStatus.Success, (await StoreAsync(server.Port, tls)).Status);
        else
            Assert.Equal(error, (await Assert.ThrowsAnyAsync<DicomNetworkException>(() => StoreAsync(server.Port, tls))).Error);
    }

    [Fact]
    public async Task List_that_cannot_be_had_refuses_nobody()
    {
        await using var server = Server(new DicomServerTls { Certificate = s_ca.Issue(crl: "http://127.0.0.1:1/none.crl") });
        foreach (var mode in Enum.GetValues<X509RevocationMode>())
            await StoreAsync(server.Port, new DicomTls { TrustedCertificates = Trust(s_ca), RevocationMode = mode });
    }

    [Fact]
    public async Task Reconnection_is_secure_too()
    {
        await using var server = Server(new DicomServerTls { Certificate = s_ca.Issue(), TrustedCertificates = Trust(s_ca) });
        // A proxy that records the wire and cuts the first connection in mid-message.
        await using var proxy = new RecordingPeer(async stream =>
        {
            using var onward = new TcpClient();
            await onward.ConnectAsync(IPAddress.Loopback, server.Port);
            var back = onward.GetStream().CopyToAsync(stream);
            await stream.CopyToAsync(onward.GetStream());
            await back;
        }) { CutFirstAfter = 20_000 };
        var tls = new DicomTls { Certificate = s_ca.Issue(isClient: true), TrustedCertificates = Trust(s_ca) };
        await using var client = new DicomClient(new DicomDestination { Host = "localhost", Port = proxy.Port, Tls = tls }, new DicomClientOptions());
        var file = MemorySource.Read(new SyntheticInstance { Number = 1, Rows = 256, Columns = 256 }.ToArray())!;
        await Assert.ThrowsAnyAsync<DicomNetworkException>(() => client.StoreAsync(file));
        Assert.Equal(DicomStatus.Success, (await client.StoreAsync(file)).Status);
        Assert.Equal(2, proxy.Firsts.Count);
        // Each connection begins with a TLS handshake record, and nothing on the wire is readable.
        Assert.All(proxy.Firsts, first => Assert.Equal((0x16, 3), (first[0], first[1])));
        Assert.DoesNotContain("SYNTHETIC", Encoding.Latin1.GetString(proxy.Received), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BCP 195", DicomTlsProfile.BCP195)]
    [InlineData("bcp195", DicomTlsProfile.BCP195)]
    [InlineData("Non-downgrading BCP 195", DicomTlsProfile.BCP195NonDowngrading)]
    [InlineData("Extended BCP 195", DicomTlsProfile.BCP195Extended)]
    [InlineData("BCP195-Extended", DicomTlsProfile.BCP195Extended)]
    [InlineData("BCP 195 RFC 8996, 9325", DicomTlsProfile.BCP195RFC8996)]
    [InlineData("Modified BCP 195 RFC 8996, 9325", DicomTlsProfile.BCP195RFC8996Modified)]
    public void Profile_is_known_by_its_spellings(string text, DicomTlsProfile profile)
    {
        Assert.True(TlsProfileRules.TryParse(text, out var found));
        Assert.Equal(profile, found);
        Assert.All(Enum.GetNames<DicomTlsProfile>(), name => Assert.True(TlsProfileRules.TryParse(name, out _)));
        Assert.False(TlsProfileRules.TryParse("BCP 42", out _));
    }

    /// <summary>Takes connections, records what comes, and hands each on to a script.</summary>
    private sealed class RecordingPeer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Func<Stream, Task>? _serve;
        private readonly MemoryStream _received = new();
        private int _count;

        public RecordingPeer(Func<Stream, Task>? serve)
        {
            _serve = serve;
            _listener.Start();
            _ = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;
        public int CutFirstAfter { get; init; } = int.MaxValue;
        public ConcurrentQueue<byte[]> Firsts { get; } = new();

        public byte[] Received
        {
            get
            {
                lock (_received)
                    return _received.ToArray();
            }
        }

        public ValueTask DisposeAsync()
        {
            _listener.Stop();
            return default;
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                    _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task ServeAsync(TcpClient client)
        {
            var limit = Interlocked.Increment(ref _count) == 1 ? CutFirstAfter : int.MaxValue;
            using (client)
            {
                try
                {
                    await using var tap = new Tap(client.GetStream(), this, limit);
                    await (_serve?.Invoke(tap) ?? Task.CompletedTask);
                    client.Client.Shutdown(SocketShutdown.Send);
                    await tap.CopyToAsync(Stream.Null).WaitAsync(s_patience);
                }
                catch (Exception e) when (e is IOException or SocketException or AuthenticationException or ObjectDisposedException or TimeoutException or InvalidOperationException)
                {
                    // The other side gave up, which is what most of these tests want.
                }
            }
        }

        private sealed class Tap(NetworkStream inner, RecordingPeer owner, int limit) : Stream
        {
            private int _seen;

            public override bool CanRead => true;
            public override bool CanSeek => false;
            public override bool CanWrite => true;
            public override long Length => throw new NotSupportedException();
            public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

            public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            {
                var read = await inner.ReadAsync(buffer, cancellationToken);
                if (_seen == 0 && read > 0)
                    owner.Firsts.Enqueue(buffer[..Math.Min(read, 8)].ToArray());
                lock (owner._received)
                    owner._received.Write(buffer.Span[..read]);
                if ((_seen += read) <= limit)
                    return read;
                inner.Socket.Close(0);
                throw new IOException("cut");
            }

            public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);
            public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();
            public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
            public override void Flush() { }
            public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
            public override void SetLength(long value) => throw new NotSupportedException();
        }
    }
}
