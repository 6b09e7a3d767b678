namespace FlywheelDicom.Network.Connection;

/// <summary>What happened to an association.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Contexts">Presentation contexts that were proposed; 0 where it ended.</param>
/// <param name="Failure">Why it was not made; null otherwise.</param>
internal readonly record struct AssociationEvent(AssociationEventKind Kind, int Contexts = 0, Exception? Failure = null);
