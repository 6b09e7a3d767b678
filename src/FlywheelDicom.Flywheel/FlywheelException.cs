using System.Net;

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

/// <summary>A request to Flywheel failed. The message names the instance, the request and what to try; never a key or a signed URL.</summary>
internal sealed class FlywheelException : IOException
{
    public FlywheelException(FlywheelError error, string message, Exception? inner = null) : base(PlainText.Clean(message), inner) => Error = error;

    public FlywheelError Error { get; }

    /// <summary>A stable id for error records.</summary>
    public string ErrorId => "Flywheel" + Error;

    /// <summary>Null where there was no answer.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>The same request may succeed later.</summary>
    internal bool IsTransient { get; init; }

    /// <summary>How long the server asks to wait.</summary>
    internal TimeSpan? RetryAfter { get; init; }

    /// <summary>The answer came from the storage that Flywheel redirected to.</summary>
    internal bool IsFromStorage { get; init; }
}
