using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>What came of a negotiation that succeeded.</summary>
/// <param name="Transport">The connection.</param>
/// <param name="Accept">What the peer said of itself.</param>
/// <param name="Contexts">What was proposed, with the peer's answers.</param>
/// <param name="Tls">Null where the connection is a plain one.</param>
internal sealed record NegotiatedAssociation(PduTransport Transport, AssociationPdu Accept, IReadOnlyList<PresentationContext> Contexts, DicomTlsSession? Tls);
