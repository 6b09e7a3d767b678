using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using FlywheelDicom.Network.Connection;
using FlywheelDicom.Network.Connection.Tls;
using FlywheelDicom.Network.Scp;
using FlywheelDicom.Network.Scu;
using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.Network;

/// <summary>A client certificate that is refused is told as that each time, however the refusal and what we write race.</summary>
public sealed class TlsClientCertificateTests
{
    private const int Rounds = 40;
    private static readonly TestAuthority s_ca = new();
    private static readonly TestAuthority s_stranger = new("A stranger's CA");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Refusal_by_the_built_in_receiver_is_named_each_time(bool hasCertificate)
    {
        var secure = new DicomServerTls { Certificate = s_ca.Issue(), TrustedCertificates = [s_ca.Certificate] };
        await using var server = DicomServer.Start(new DicomServerOptions { Tls = secure });
        await AssertNamedAsync(server.Port, hasCertificate);
        Assert.Equal(0, server.Associations);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("-tls1_2", true)]
    [InlineData("", false)]
    [InlineData("-tls1_2", false)]
    public async Task Refusal_by_openssl_is_named_each_time(string options, bool hasCertificate)
    {
        var folder = Directory.CreateTempSubdirectory("fwdicom-test");
        var certificate = s_ca.Issue();
        var (own, ca) = (Path.Combine(folder.FullName, "own.pem"), Path.Combine(folder.FullName, "ca.pem"));
        await File.WriteAllTextAsync(own, certificate.ExportCertificatePem() + "\n" + certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n");
        await File.WriteAllTextAsync(ca, s_ca.Certificate.ExportCertificatePem() + "\n");
        var port = FreePort();
        Process? server = null;
        try
        {
            server = Process.Start(new ProcessStartInfo("openssl", $"s_server -quiet -accept {port} -cert {own} -key {own} -CAfile {ca} -Verify 2 -verify_return_error {options}")
            {
                RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true,
            })!;
            _ = server.StandardError.ReadToEndAsync();
            _ = server.StandardOutput.ReadToEndAsync();
            await Eventually.HoldsAsync(() => IsListening(port));
            await AssertNamedAsync(port, hasCertificate);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // It is not installed here.
        }
        finally
        {
            server?.Kill();
            server?.Dispose();
            folder.Delete(true);
        }
    }

    /// <summary>Some servers say nothing of it, close, and leave what we wrote unread: the connection is reset.</summary>
    [Fact]
    public async Task Refusal_without_a_word_is_named_each_time()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync();
        await AssertNamedAsync(((IPEndPoint)listener.LocalEndpoint).Port, hasCertificate: true);
        listener.Stop();
        await serving.WaitAsync(TimeSpan.FromSeconds(10));

        async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var caller = await listener.AcceptTcpClientAsync();
                    await using var secure = new System.Net.Security.SslStream(caller.GetStream());
                    await secure.AuthenticateAsServerAsync(new System.Net.Security.SslServerAuthenticationOptions
                    {
                        ServerCertificate = s_ca.Issue(), ClientCertificateRequired = true, RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
                    });
                    await secure.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false);
                    caller.Client.Close(0);
                }
            }
            catch (Exception e) when (e is SocketException or InvalidOperationException or IOException)
            {
                // The test is over.
            }
        }
    }

    private static async Task AssertNamedAsync(int port, bool hasCertificate)
    {
        var tls = new DicomTls { TrustedCertificates = [s_ca.Certificate], Certificate = hasCertificate ? s_stranger.Issue(isClient: true) : null };
        var told = new List<string>();
        for (var i = 0; i < Rounds; i++)
        {
            await using var client = new DicomClient(new DicomDestination { Host = "localhost", Port = port, Tls = tls }, new DicomClientOptions());
            var e = await Assert.ThrowsAnyAsync<DicomNetworkException>(() => client.StoreAsync(MemorySource.Read(new SyntheticInstance().ToArray())!));
            var isNamed = e.Error is DicomNetworkError.ClientCertificateRefused or DicomNetworkError.ClientCertificateRequired
                || (e.Error == DicomNetworkError.TlsNotAgreed && e.Message.Contains("client certificate", StringComparison.Ordinal));
            told.Add(isNamed ? "named" : e.ToString());
        }
        Assert.True(told.TrueForAll(t => t == "named"), $"{told.Count(t => t != "named")} of {Rounds}: {told.Find(t => t != "named")}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool IsListening(int port)
    {
        try
        {
            using var probe = new TcpClient();
            probe.Connect("localhost", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
