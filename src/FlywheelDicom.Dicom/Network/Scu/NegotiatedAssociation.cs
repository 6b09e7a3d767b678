using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scu;

/// <summary>The result of a negotiation that succeeded.</summary>
/// <param name="Transport">The connection.</param>
/// <param name="Accept">The A-ASSOCIATE-AC of the peer.</param>
/// <param name="Contexts">What was proposed, with the peer's answers.</param>
/// <param name="Tls">The TLS session; null for a plain connection.</param>
internal sealed record NegotiatedAssociation(PduTransport Transport, AssociationPdu Accept, IReadOnlyList<PresentationContext> Contexts, DicomTlsSession? Tls);
