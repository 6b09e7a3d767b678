using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using FlywheelDicom.Network.Scp;

namespace FlywheelDicom.Network.Services;

/// <summary>
/// Takes the reports of archives that open an association of their own to answer a request for storage commitment (PS3.4 §J.3.3). The
/// archive is the requestor then, but keeps the role of SCP.
/// </summary>
internal sealed class CommitmentListener : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<CommitmentReport>> _expected = new(StringComparer.Ordinal);
    private readonly DicomServer _server;

    private CommitmentListener(IPAddress address, int port)
        => _server = DicomServer.Start(new DicomServerOptions { Address = address, Port = port, OnEventReport = (dataset, syntax) => Take(CommitmentReport.Decode(dataset, syntax)) });

    public int Port => _server.Port;

    /// <summary>Listens; port 0 takes any free one.</summary>
    /// <exception cref="SocketException">The port is in use, or the system does not allow it.</exception>
    public static CommitmentListener Start(IPAddress address, int port) => new(address, port);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Waits for the report of a transaction. A report that arrives from now on is kept.</summary>
    internal Task<CommitmentReport> ExpectAsync(string transactionUid)
        => _expected.GetOrAdd(transactionUid, _ => new TaskCompletionSource<CommitmentReport>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    internal void Forget(string transactionUid) => _expected.TryRemove(transactionUid, out _);

    private bool Take(CommitmentReport report)
        => _expected.TryGetValue(report.TransactionUid, out var waiting) && (waiting.TrySetResult(report) || waiting.Task.IsCompleted);
}
