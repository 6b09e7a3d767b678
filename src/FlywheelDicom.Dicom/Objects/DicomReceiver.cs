using FlywheelDicom.Network.Scp;

namespace FlywheelDicom;

/// <summary>A running Storage SCP, and what it has taken so far.</summary>
public sealed class DicomReceiver(DicomServer server, string address, string? aeTitle, string? path, bool usesTls = false)
{
    /// <summary>Where it listens.</summary>
    public string Address { get; } = address;
    public int Port { get; } = server.Port;

    /// <summary>Callers must call it by this; null: by anything.</summary>
    public string? AETitle { get; } = aeTitle;

    /// <summary>Where files go; null where they are discarded.</summary>
    public string? Path { get; } = path;

    /// <summary>It speaks TLS, and nothing else.</summary>
    public bool UsesTls { get; } = usesTls;

    /// <summary>When it was started.</summary>
    public DateTime Started { get; } = DateTime.Now;

    public bool IsRunning { get; private set; } = true;
    public long Instances => server.Instances;
    public long Bytes => server.Bytes;
    public long Associations => server.Associations;
    public long Rejected => server.Rejected;
    public int OpenAssociations => server.OpenAssociations;

    /// <summary>Stops to listen and aborts what is open.</summary>
    public async Task StopAsync()
    {
        await server.DisposeAsync().ConfigureAwait(false);
        IsRunning = false;
    }

    public override string ToString() => $"{AETitle ?? "any AE title"} at {Address}:{Port}";
}
