namespace FlywheelDicom.Network.Scu;

/// <summary>The association failed through another message before this one's first byte went out: it has not been tried.</summary>
internal sealed class AssociationGoneException() : IOException("The association has ended.");
