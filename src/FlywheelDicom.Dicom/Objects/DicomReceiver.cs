using FlywheelDicom.Network.Scp;

namespace FlywheelDicom;

/// <summary>A running Storage SCP, and what it has received so far. <c>Start-DicomReceiver</c> makes it.</summary>
public sealed class DicomReceiver
{
    private readonly DicomServer _server;

    internal DicomReceiver(DicomServer server, string address, string? aeTitle, string? path, bool usesTls = false, TimeProvider? time = null)
    {
        _server = server;
        (Address, AETitle, Path, UsesTls) = (address, aeTitle, path, usesTls);
        Port = server.Port;
        Started = (time ?? TimeProvider.System).GetLocalNow().DateTime;
    }

    /// <summary>The address that it listens on.</summary>
    public string Address { get; }

    /// <summary>The TCP port that it listens on.</summary>
    public int Port { get; }

    /// <summary>The called AE title that it accepts; null where it accepts any.</summary>
    public string? AETitle { get; }

    /// <summary>The folder that files are written to; null where they are discarded.</summary>
    public string? Path { get; }

    /// <summary>Whether it accepts TLS connections, and no others.</summary>
    public bool UsesTls { get; }

    /// <summary>When it was started, in local time.</summary>
    public DateTime Started { get; }

    /// <summary>False once it was stopped.</summary>
    public bool IsRunning { get; private set; } = true;

    /// <summary>Instances received so far.</summary>
    public long Instances => _server.Instances;

    /// <summary>Bytes of data sets received so far.</summary>
    public long Bytes => _server.Bytes;

    /// <summary>Associations accepted so far.</summary>
    public long Associations => _server.Associations;

    /// <summary>Associations rejected so far.</summary>
    public long Rejected => _server.Rejected;

    /// <summary>Associations that are open now.</summary>
    public int OpenAssociations => _server.OpenAssociations;

    /// <summary>The AE title, address and port.</summary>
    public override string ToString() => $"{AETitle ?? "any AE title"} at {Address}:{Port}";

    /// <summary>Stops listening and aborts the associations that are open.</summary>
    internal async Task StopAsync()
    {
        await _server.DisposeAsync().ConfigureAwait(false);
        IsRunning = false;
    }
}
