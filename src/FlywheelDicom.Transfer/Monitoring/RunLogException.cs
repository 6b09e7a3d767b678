namespace FlywheelDicom.Transfer.Monitoring;

/// <summary>The file for a log is something else, which must stay as it is; the message is written for the user.</summary>
internal sealed class RunLogException(string message) : IOException(PlainText.Clean(message));
