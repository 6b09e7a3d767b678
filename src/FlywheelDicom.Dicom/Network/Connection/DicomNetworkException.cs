namespace FlywheelDicom;

/// <summary>Communication with a peer failed. The message names the peer, the operation, and what to try.</summary>
public class DicomNetworkException : IOException
{
    internal DicomNetworkException(DicomNetworkError error, string message, RetryAdvice retry, Exception? inner = null) : base(PlainText.Clean(message), inner)
        => (Error, Retry) = (error, retry);

    /// <summary>What went wrong.</summary>
    public DicomNetworkError Error { get; }

    /// <summary>Whether a retry may help.</summary>
    internal RetryAdvice Retry { get; }

    /// <summary>How many messages were under way when it happened. Where there were several, it is not known which of them caused it.</summary>
    public int InFlight { get; internal set; } = 1;

    /// <summary>The whole data set of this message was sent, and only the response is missing: the peer may have stored the instance.</summary>
    public bool WasDatasetSent { get; internal set; }

    /// <summary>It happened before there was an association, so no instance caused it.</summary>
    public bool IsNegotiation { get; internal set; }

    /// <summary>The stable id for error records.</summary>
    public string ErrorId => "Dicom" + Error;

    /// <summary>A copy for one message. Several messages may fail at once, and each needs an exception of its own.</summary>
    internal DicomNetworkException Copy() => (DicomNetworkException)MemberwiseClone();
}
