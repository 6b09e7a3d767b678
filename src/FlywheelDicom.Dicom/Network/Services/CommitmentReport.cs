using System.Buffers.Binary;
using FlywheelDicom.IO;

namespace FlywheelDicom.Network.Services;

/// <summary>The report of an archive on a request for storage commitment (PS3.4 §J.3.3).</summary>
/// <param name="TransactionUid">The request that it answers.</param>
/// <param name="Committed">UIDs of the instances that the archive will keep.</param>
/// <param name="Failed">UIDs of those that it will not keep, with the failure reason (0008,1197) of PS3.3 §C.14.1.1.</param>
internal sealed record CommitmentReport(string TransactionUid, IReadOnlySet<string> Committed, IReadOnlyDictionary<string, ushort> Failed)
{
    /// <summary>The SOP class that the report gives for an instance, where it gives one.</summary>
    public IReadOnlyDictionary<string, string> Classes { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The depth of the items that count. Items inside these refer to other instances.</summary>
    private const int ItemDepth = 2;

    private static readonly DicomTag s_transaction = new(0x0008, 0x1195);
    private static readonly DicomTag s_reason = new(0x0008, 0x1197);
    private static readonly DicomTag s_failed = new(0x0008, 0x1198);
    private static readonly DicomTag s_referenced = new(0x0008, 0x1199);
    private static readonly DicomTag s_class = new(0x0008, 0x1150);
    private static readonly DicomTag s_instance = new(0x0008, 0x1155);

    /// <summary>Whether the report is about this instance: UID and class are the same.</summary>
    public bool IsAbout(SopReference instance)
        => !Classes.TryGetValue(instance.SopInstanceUid, out var sopClass) || sopClass == instance.SopClassUid;

    /// <summary>What a failure reason means.</summary>
    public static string MeaningOf(ushort reason) => reason switch
    {
        0x0110 => "processing failure",
        0x0112 => "it does not have the instance",
        0x0119 => "class and instance do not belong together",
        0x0122 => "the SOP class is not supported",
        0x0131 => "duplicate transaction",
        0x0213 => "resource limitation",
        _ => "no known reason",
    };

    /// <summary>The data set of N-ACTION (PS3.4 §J.3.2.1).</summary>
    internal static byte[] EncodeRequest(string transactionUid, IEnumerable<SopReference> instances, DicomTransferSyntax syntax)
    {
        var writer = new DatasetWriter(syntax.Encoding);
        writer.UI(s_transaction, transactionUid);
        writer.SQ(s_referenced, instances, static (item, reference) =>
        {
            item.UI(s_class, reference.SopClassUid);
            item.UI(s_instance, reference.SopInstanceUid);
        });
        return writer.ToArray();
    }

    /// <summary>The data set of N-EVENT-REPORT (PS3.4 §J.3.3.1).</summary>
    /// <exception cref="InvalidDataException">It makes no sense, or names no transaction.</exception>
    internal static CommitmentReport Decode(byte[] dataset, DicomTransferSyntax syntax)
    {
        var (transaction, sopClass, instance, reason) = ("", "", "", (ushort)0);
        var classes = new Dictionary<string, string>(StringComparer.Ordinal);
        var committed = new HashSet<string>(StringComparer.Ordinal);
        var failed = new Dictionary<string, ushort>(StringComparer.Ordinal);
        var list = default(DicomTag);
        using var reader = new DicomReader(new MemoryStream(dataset, writable: false), syntax, dataset.Length) { DescendsAll = true };
        try
        {
            while (reader.Read())
            {
                if (reader.Kind == DicomTokenKind.SequenceStart && reader.Depth == 1)
                    list = reader.Tag;
                else if (reader.Kind is DicomTokenKind.ItemStart && reader.Depth == ItemDepth)
                    (sopClass, instance, reason) = ("", "", 0);
                else if (reader.Kind == DicomTokenKind.Element && reader.Depth == 0 && reader.Tag == s_transaction)
                    transaction = reader.ReadShortText();
                else if (reader.Kind == DicomTokenKind.Element && reader.Depth == ItemDepth && reader.Tag == s_instance)
                    instance = reader.ReadShortText();
                else if (reader.Kind == DicomTokenKind.Element && reader.Depth == ItemDepth && reader.Tag == s_class)
                    sopClass = reader.ReadShortText();
                else if (reader.Kind == DicomTokenKind.Element && reader.Depth == ItemDepth && reader.Tag == s_reason)
                    reason = Number(reader);
                else if (reader.Kind == DicomTokenKind.ItemEnd && reader.Depth == ItemDepth - 1 && instance.Length > 0 && list == s_referenced)
                {
                    committed.Add(instance);
                    if (sopClass.Length > 0)
                        classes[instance] = sopClass;
                }
                else if (reader.Kind == DicomTokenKind.ItemEnd && reader.Depth == ItemDepth - 1 && instance.Length > 0 && list == s_failed)
                    failed[instance] = reason;
            }
        }
        catch (DicomFormatException e)
        {
            throw new InvalidDataException($"The report is malformed: {e.Message}", e);
        }
        // An instance that is in both lists does not count as committed.
        committed.ExceptWith(failed.Keys);
        return transaction.Length > 0 ? new CommitmentReport(transaction, committed, failed) { Classes = classes }
            : throw new InvalidDataException("The report names no transaction.");
    }

    private static ushort Number(DicomReader reader)
    {
        Span<byte> bytes = stackalloc byte[2];
        return reader.ReadValue(bytes) == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : (ushort)0;
    }
}
