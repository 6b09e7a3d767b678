namespace FlywheelDicom.Flywheel;

/// <summary>Why a request to a Flywheel instance failed.</summary>
internal enum FlywheelError
{
    KeyMalformed,
    Unauthorized,
    Forbidden,
    NotFound,

    /// <summary>Several containers or files have the same label.</summary>
    Ambiguous,
    Conflict,

    /// <summary>The server refused the request. It would refuse it again.</summary>
    Refused,

    /// <summary>The server, or a proxy before it, has a failure.</summary>
    ServerError,
    TooManyRequests,
    Unreachable,
    CertificateRefused,
    Timeout,

    /// <summary>The connection was lost before the end of the answer.</summary>
    ConnectionLost,
    RedirectRefused,

    /// <summary>The answer is not one of a Flywheel instance.</summary>
    BadAnswer,

    /// <summary>The bytes of a file are incomplete, or not those that its hash stands for.</summary>
    DownloadIncomplete,

    /// <summary>The user ended the connection.</summary>
    Disconnected,

    /// <summary>Not sent, because earlier requests showed that it would fail.</summary>
    NotTried,
}
