namespace FlywheelDicom.Network.Wire;

/// <summary>The acceptor's answer for one context (PS3.8 §9.3.3.2, table 9-18).</summary>
internal enum PresentationContextResult : byte
{
    Accepted = 0,
    UserRejection = 1,
    NoReason = 2,
    AbstractSyntaxNotSupported = 3,
    TransferSyntaxesNotSupported = 4,
}
