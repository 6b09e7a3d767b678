using System.Net;

namespace FlywheelDicom.Flywheel;

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
