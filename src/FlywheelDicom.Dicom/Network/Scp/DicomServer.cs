using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using FlywheelDicom.Network.Connection.Tls;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scp;

/// <summary>A Storage SCP: stores what it is sent, over several associations at once, up to a limit.</summary>
internal sealed class DicomServer : IAsyncDisposable
{
    private static readonly TimeSpan s_acceptPause = TimeSpan.FromMilliseconds(20);

    private readonly DicomServerOptions _options;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, byte> _associations = new();
    private readonly PendingConnections _waiting;
    private readonly Task _accepting;
    private int _open;
    private long _instances;
    private long _bytes;
    private long _total;
    private long _refused;

    private DicomServer(DicomServerOptions options)
    {
        _options = options;
        _waiting = new PendingConnections(options.MaxWaiting);
        _listener = new TcpListener(options.Address, options.Port);
        if (options.Address.Equals(IPAddress.IPv6Any))
            _listener.Server.DualMode = true;
        _listener.Start(512);
        _accepting = AcceptAsync();
    }

    /// <summary>Starts listening.</summary>
    /// <exception cref="SocketException">The port is in use, or the system does not allow it.</exception>
    public static DicomServer Start(DicomServerOptions options) => new(options);

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Instances taken so far.</summary>
    public long Instances => Interlocked.Read(ref _instances);

    /// <summary>Bytes of data sets taken so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Associations accepted so far.</summary>
    public long Associations => Interlocked.Read(ref _total);

    /// <summary>Associations rejected so far.</summary>
    public long Rejected => Interlocked.Read(ref _refused);

    /// <summary>Associations open now.</summary>
    public int OpenAssociations => Volatile.Read(ref _open);

    /// <summary>Stops listening and aborts the associations that are open.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Stop();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_associations.Keys).ConfigureAwait(false);
        _stop.Dispose();
    }

    internal void Count(long bytes)
    {
        Interlocked.Increment(ref _instances);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>Takes a place for one more association where there is one; <see cref="EndAssociation"/> gives it back.</summary>
    internal bool TryAdmit(Socket socket)
    {
        if (Interlocked.Increment(ref _open) > _options.MaxAssociations)
        {
            Interlocked.Decrement(ref _open);
            return false;
        }
        Interlocked.Increment(ref _total);
        _waiting.Leave(socket);
        return true;
    }

    internal void EndAssociation(Socket socket)
    {
        Interlocked.Decrement(ref _open);
        _waiting.Enter(socket);
    }

    internal void CountRejected() => Interlocked.Increment(ref _refused);

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException) when (!_stop.IsCancellationRequested)
            {
                // The caller closed before it was accepted, or the process has no free handle. The next caller may succeed.
                await Task.Delay(s_acceptPause, _options.Time, CancellationToken.None).ConfigureAwait(false);
                continue;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
            var task = ServeAsync(socket);
            _associations[task] = 0;
            _ = task.ContinueWith(t => _associations.TryRemove(t, out _), TaskScheduler.Default);
        }
    }

    private async Task<Stream> StreamAsync(Socket socket, Deadline artim)
    {
        if (_options.Tls is not { } tls)
            return new NetworkStream(socket, ownsSocket: false);
        using var timeUp = new CancellationTokenSource(artim.Remaining, _options.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, timeUp.Token);
        return await TlsHandshake.AsServerAsync(socket, tls, _options.Time, limit.Token).ConfigureAwait(false);
    }

    private async Task ServeAsync(Socket socket)
    {
        await Task.Yield();
        _waiting.Enter(socket);
        try
        {
            socket.NoDelay = true;
            // One time limit for the handshake and the request together.
            var artim = new Deadline(_options.Time, _options.ArtimTimeout);
            using var transport = new PduTransport(socket, await StreamAsync(socket, artim).ConfigureAwait(false), _stop.Token, _options.Time);
            await new ServerAssociation(this, _options, transport, artim, socket).RunAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or OperationCanceledException or SocketException or ObjectDisposedException
            or AuthenticationException or InvalidOperationException)
        {
            // The connection of one caller failed or broke the protocol. It is closed; the others go on.
        }
        finally
        {
            _waiting.Leave(socket);
            socket.Dispose();
        }
    }
}
