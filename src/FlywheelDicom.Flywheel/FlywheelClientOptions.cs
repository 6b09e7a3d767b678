using System.Net.Security;

namespace FlywheelDicom.Flywheel;

/// <summary>The limits and settings of a connection to an instance.</summary>
internal sealed record FlywheelClientOptions
{
    /// <summary>Name and version of the caller, as the instance's log will show it.</summary>
    public string UserAgent { get; init; } = "FlywheelDicom";

    /// <summary>How long a request is retried after its first temporary failure; for a download, after its last new byte.</summary>
    public TimeSpan RetryTime { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long an answer, or the next bytes of one, may take.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Checks the server's certificate; null: as the system does.</summary>
    public RemoteCertificateValidationCallback? CertificateValidation { get; init; }

    /// <summary>The clock of waits and limits, except the connect time-out, which is the platform's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets messages about retries, without keys, signed URLs or queries.</summary>
    public Action<string> Verbose { get; init; } = _ => { };

    /// <summary>Gets the failure of a request that is tried again, and the time until then; from any thread.</summary>
    public Action<Exception?, TimeSpan> Retrying { get; init; } = (_, _) => { };
}
