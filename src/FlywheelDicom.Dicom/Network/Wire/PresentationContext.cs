namespace FlywheelDicom.Network.Wire;

/// <summary>An abstract syntax and the transfer syntaxes offered for it (PS3.8 §9.3.2.2).</summary>
/// <param name="Id">Odd, 1 to 255.</param>
/// <param name="AbstractSyntax">The SOP class.</param>
/// <param name="TransferSyntaxes">In order of preference.</param>
internal sealed record PresentationContext(byte Id, string AbstractSyntax, IReadOnlyList<string> TransferSyntaxes)
{
    public const int MaxCount = 128;

    public PresentationContextResult Result { get; init; } = PresentationContextResult.NoReason;

    /// <summary>The one the acceptor chose, where it accepted.</summary>
    public string? AcceptedTransferSyntax { get; init; }

    public bool IsAccepted => Result == PresentationContextResult.Accepted;
}
