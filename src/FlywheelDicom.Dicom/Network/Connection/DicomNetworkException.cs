namespace FlywheelDicom;

/// <summary>A conversation with a peer failed. The message names the peer, what was being done, and what to try.</summary>
public class DicomNetworkException : IOException
{
    internal DicomNetworkException(DicomNetworkError error, string message, RetryAdvice retry, Exception? inner = null) : base(PlainText.Clean(message), inner)
        => (Error, Retry) = (error, retry);

    /// <summary>What went wrong.</summary>
    public DicomNetworkError Error { get; }

    /// <summary>Whether it may heal by waiting.</summary>
    internal RetryAdvice Retry { get; }

    /// <summary>Messages that were under way when it happened: with more than one, it is not known which of them is at fault.</summary>
    public int InFlight { get; internal set; } = 1;

    /// <summary>The whole data set of this message had left before it failed, and only its answer is missing: the peer may have stored it.</summary>
    public bool WasDatasetSent { get; internal set; }

    /// <summary>There was no association yet: it has nothing to do with any one instance.</summary>
    public bool IsNegotiation { get; internal set; }

    /// <summary>A stable id for error records.</summary>
    public string ErrorId => "Dicom" + Error;

    /// <summary>The same failure as one message has it. This one is never thrown itself: several may have to be told at once.</summary>
    internal DicomNetworkException For(bool wasDatasetSent)
    {
        var own = (DicomNetworkException)MemberwiseClone();
        own.WasDatasetSent = wasDatasetSent;
        return own;
    }
}
