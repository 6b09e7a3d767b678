using System.Net;

namespace FlywheelDicom.Flywheel;

/// <summary>What went wrong between us and a Flywheel instance.</summary>
internal enum FlywheelError
{
    KeyMalformed,
    Unauthorized,
    Forbidden,
    NotFound,

    /// <summary>A label stands for more than one.</summary>
    Ambiguous,
    Conflict,

    /// <summary>The request was not to the server's liking; another try would be the same.</summary>
    Refused,

    /// <summary>The server or a proxy before it is in trouble.</summary>
    ServerError,
    TooManyRequests,
    Unreachable,
    CertificateRefused,
    Timeout,

    /// <summary>The answer broke off.</summary>
    ConnectionLost,
    RedirectRefused,

    /// <summary>Not what a Flywheel instance says.</summary>
    BadAnswer,

    /// <summary>The bytes of a file are not all there, or not the ones that Flywheel has.</summary>
    DownloadIncomplete,

    /// <summary>The connection was ended by its user.</summary>
    Disconnected,

    /// <summary>Not asked for, since what was asked before it showed that there is no use.</summary>
    NotTried,
}

/// <summary>A request to Flywheel failed. The message names the instance, what was asked, and what to try; never a key or a signed URL.</summary>
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

    /// <summary>Said by the storage that Flywheel redirected to, not by Flywheel.</summary>
    internal bool IsFromStorage { get; init; }
}
