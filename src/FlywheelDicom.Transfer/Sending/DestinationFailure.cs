namespace FlywheelDicom.Transfer.Sending;

/// <summary>Why instances are not sent to a destination at present.</summary>
internal readonly record struct DestinationFailure(string ErrorId, string Message);
