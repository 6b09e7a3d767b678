namespace FlywheelDicom.Network.Scu;

/// <summary>The association failed through another message before the first byte of this one was sent. This one was not tried.</summary>
internal sealed class AssociationGoneException() : IOException("The association has ended.");
