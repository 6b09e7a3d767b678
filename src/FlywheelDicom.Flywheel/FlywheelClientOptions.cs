using System.Net.Security;

namespace FlywheelDicom.Flywheel;

/// <summary>How an instance is talked to.</summary>
internal sealed record FlywheelClientOptions
{
    /// <summary>Name and version of the caller, as the instance's log will show it.</summary>
    public string UserAgent { get; init; } = "FlywheelDicom";

    /// <summary>How long a request is tried for after its first failure that may heal; a download: after its last byte of progress.</summary>
    public TimeSpan RetryTime { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long an answer, or the next bytes of one, may take.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Who is trusted beside the system's own roots; null: nobody.</summary>
    public RemoteCertificateValidationCallback? CertificateValidation { get; init; }

    /// <summary>What waits and the retry time are measured by.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told of retries; gets no key, no signed URL and no query.</summary>
    public Action<string> Verbose { get; init; } = _ => { };
}
