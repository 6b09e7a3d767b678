using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Network.Scp;

/// <summary>What an acceptor answers to a request for an association (PS3.8 §9.3.2 to §9.3.4).</summary>
internal sealed class ServerNegotiation(DicomServerOptions options)
{
    private const ushort MaxOperations = 32;

    /// <summary>The A-ASSOCIATE-RJ; null if the request is accepted.</summary>
    public byte[]? Refusal(AssociationPdu request)
    {
        if ((request.ProtocolVersion & 1) == 0)
            return ControlPdu.Reject(1, 2, 2);
        if (request.ApplicationContext != DicomUID.ApplicationContext)
            return ControlPdu.Reject(1, 1, 2);
        return options.AETitle is { } title && request.CalledAE != title ? ControlPdu.Reject(1, 1, 7) : null;
    }

    /// <exception cref="InvalidDataException">The ids of its presentation contexts are even or not unique (PS3.8 §9.3.2.2).</exception>
    public AssociationPdu Accept(AssociationPdu request)
    {
        if (request.Contexts.Any(c => c.Id % 2 == 0) || request.Contexts.DistinctBy(c => c.Id).Count() < request.Contexts.Count)
            throw new InvalidDataException("The presentation contexts' ids are even or not unique.");
        return request with
        {
            Contexts = [.. request.Contexts.Select(Answer)], MaxPduLength = (uint)options.MaxPduLength, ProtocolVersion = 1,
            ImplementationClassUid = DicomUID.ImplementationClass, ImplementationVersion = DicomUID.ImplementationVersion,
            // Messages are processed one after the other, but the next may be sent meanwhile.
            MaxOperations = request.MaxOperations == 0 ? MaxOperations : Math.Min(request.MaxOperations, MaxOperations),
            // An archive that sends a report requests the association, but keeps the role of SCP of storage commitment.
            Roles = [.. request.Roles.Where(r => r.SopClassUid == DicomUID.StorageCommitment).DistinctBy(r => r.SopClassUid, StringComparer.Ordinal).Select(r => r with { IsScu = false })],
        };
    }

    /// <summary>Services in an uncompressed syntax, storage in the first valid syntax that the caller proposes.</summary>
    private PresentationContext Answer(PresentationContext proposed)
    {
        var isService = IsService(proposed.AbstractSyntax);
        if (!isService && !IsStorage(proposed.AbstractSyntax))
            return proposed with { Result = PresentationContextResult.AbstractSyntaxNotSupported };
        var syntax = proposed.TransferSyntaxes.FirstOrDefault(s => DicomUID.IsValid(s) && (!isService || DicomTransferSyntax.Lookup(s).IsUncompressed));
        return syntax is null
            ? proposed with { Result = PresentationContextResult.TransferSyntaxesNotSupported }
            : proposed with { Result = PresentationContextResult.Accepted, AcceptedTransferSyntax = syntax };
    }

    private bool IsService(string sopClass)
        => sopClass == DicomUID.Verification || (options.OnEventReport is not null && sopClass == DicomUID.StorageCommitment);

    /// <summary>Whether instances of a class are taken.</summary>
    public bool IsStorage(string sopClass) => options.Sink is not null && IsUidLike(sopClass) && !IsService(sopClass) && DicomUID.MayBeStorageClass(sopClass);

    /// <summary>Only digits and dots, 64 at most. Components with a leading zero are accepted, since some systems send them.</summary>
    public static bool IsUidLike(string uid) => uid.Length is > 0 and <= 64 && uid.All(c => char.IsAsciiDigit(c) || c == '.');
}
