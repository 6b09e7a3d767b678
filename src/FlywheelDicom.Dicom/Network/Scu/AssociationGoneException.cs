namespace FlywheelDicom.Network.Scu;

/// <summary>The association ended before the first byte of this message was sent: another message failed. This one was not tried.</summary>
internal sealed class AssociationGoneException() : IOException("The association has ended.");
