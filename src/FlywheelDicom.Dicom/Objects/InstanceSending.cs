using FlywheelDicom.Network.Scu;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom;

/// <summary>Hands files to the network, which knows what an instance is, but no file.</summary>
internal static class InstanceSending
{
    /// <summary>Sends one instance: see <see cref="DicomClient.StoreAsync(OutgoingInstance)"/>.</summary>
    /// <exception cref="ArgumentException">The file is no instance that can be sent.</exception>
    public static Task<DicomResponse> StoreAsync(this DicomClient client, DicomFile file) => client.StoreAsync(Outgoing(file));

    /// <inheritdoc cref="StoreAsync(DicomClient, DicomFile)"/>
    public static Task<DicomResponse> StoreAsync(this DicomAssociation association, DicomFile file) => association.StoreAsync(Outgoing(file));

    /// <summary>Announces that an instance will be sent soon: see <see cref="DicomClient.Expect(StoreNeed)"/>. A file with a problem never is.</summary>
    public static void Expect(this DicomClient client, DicomFile file)
    {
        if (file.ProblemDetail is null && Need(file) is { } need)
            client.Expect(need);
    }

    /// <summary>Whether the instance needs no further negotiation.</summary>
    public static bool IsReadyFor(this DicomClient client, DicomFile file) => Need(file) is not { } need || client.IsReadyFor(need);

    /// <summary>Finds the syntax that an instance would be sent in: see <see cref="DicomClient.NegotiateAsync(StoreNeed)"/>.</summary>
    public static Task<string> NegotiateAsync(this DicomClient client, DicomFile file) => client.NegotiateAsync(Outgoing(file).Need);

    /// <summary>Reads an instance as it would be sent in a syntax, and lets go what it read.</summary>
    /// <exception cref="IOException">It cannot be read, or not be put into that syntax.</exception>
    public static void ReadAs(DicomFile file, string transferSyntaxUid)
    {
        using var dataset = Outgoing(file).Open(DicomTransferSyntax.Lookup(transferSyntaxUid));
        dataset.Content.CopyTo(Stream.Null, 128 * 1024);
    }

    private static StoreNeed? Need(DicomFile file)
        => file is { SopClassUid: { } sopClass, TransferSyntaxUid: { } syntax } ? new StoreNeed(sopClass, syntax) : null;

    private static OutgoingInstance Outgoing(DicomFile file)
    {
        if (file is not { SopClassUid: { } sopClass, SopInstanceUid: { } instance, TransferSyntaxUid: not null })
            throw new ArgumentException($"'{file.Name}' cannot be sent: it has no SOP Class UID, no SOP Instance UID or no transfer syntax.", nameof(file));
        return new OutgoingInstance(sopClass, instance, file.Syntax, syntax => Open(file, syntax));
    }

    /// <summary>The length of a converted data set is known at its end only.</summary>
    private static OutgoingDataset Open(DicomFile file, DicomTransferSyntax syntax) => syntax.Uid == file.Syntax.Uid
        ? new OutgoingDataset(file.OpenDataset(), syntax.Uid, file.DatasetLength)
        : new OutgoingDataset(file.OpenDataset(syntax), syntax.Uid, -1);
}
