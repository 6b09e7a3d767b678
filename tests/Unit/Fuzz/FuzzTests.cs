using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using FlywheelDicom.Network.Scp;
using FlywheelDicom.Network.Services;
using FlywheelDicom.Network.Wire;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sources;
using Xunit.Abstractions;

namespace FlywheelDicom.Unit.Fuzz;

/// <summary>
/// Damaged files, archives and network traffic: each case ends as a result or as an error that is meant for it, within a second
/// and within bounds of memory. FLYWHEELDICOM_FUZZ_CASES says how many cases of each kind, FLYWHEELDICOM_FUZZ_SEED from where on.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const long MaxAllocation = 64 << 20;
    private static readonly DateTimeOffset s_then = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_maxTime = TimeSpan.FromSeconds(1);
    private static readonly int s_cases = Setting("CASES", 3000);
    private static readonly int s_seed = Setting("SEED", 20260131);

    private static readonly SyntheticInstance[] s_instances =
    [
        new(), new() { TransferSyntax = SyntheticInstance.Implicit }, new() { TransferSyntax = SyntheticInstance.BigEndian }, new() { TransferSyntax = SyntheticInstance.Deflated },
        new() { TransferSyntax = SyntheticInstance.JpegBaseline, Frames = 2 }, new() { HasPreamble = false, HasMeta = false }, new() { HasGroupLengths = true },
        new() { Extra = [SyntheticElement.Sequence(0x00081110, true, [SyntheticElement.Text(0x00081155, "UI", "1.2.3"), SyntheticElement.Sequence(0x00081115, false, [SyntheticElement.Text(0x00081155, "UI", "1.2")])])] },
        new() { Extra = [SyntheticElement.Text(0x00210010, "LO", "Flywheel"), SyntheticElement.Text(0x00211000, "LO", "DICOM send")] },
    ];

    [Fact]
    public void Files() => Run("files", Corpus(), (bytes, round) =>
    {
        var file = MemorySource.Read(bytes, canSeek: round % 2 == 0);
        if (file is null)
            return;
        file.AddPrivateValue(new PrivateValue(0x21, "Flywheel", "DICOM send"));
        if (file.Problem is null)
        {
            using var stream = round % 3 == 0 && file.Syntax.IsUncompressed ? file.OpenDataset(DicomTransferSyntax.ImplicitVRLittleEndian) : file.OpenDataset();
            stream.CopyTo(Stream.Null);
        }
        if (file.ProblemDetail?.Id != DicomProblem.Unreadable)
            _ = file.Dataset.Sum(e => e.ToString().Length);
    });

    [Fact]
    public void Archives()
    {
        var folder = Directory.CreateTempSubdirectory("fwdicom-fuzz");
        try
        {
            var archive = Path.Combine(folder.FullName, "archive");
            var spool = Directory.CreateDirectory(Path.Combine(folder.FullName, "spool"));
            var before = Directory.GetFileSystemEntries(Path.GetTempPath(), "fwdicom-*.spool").Length;
            Run("archives", ArchiveCorpus(), (bytes, round) =>
            {
                // The sums of half of the tars are right, or what is behind them would hardly be reached; so with what is packed.
                if (round % 2 == 0 && bytes.AsSpan().IndexOf("ustar"u8) == 257)
                    TarChecksums.Repair(bytes);
                File.WriteAllBytes(archive, round % 3 == 0 ? Gzip(bytes) : bytes);
                var space = new SpoolSpace { Folder = spool.FullName };
                foreach (var file in new LocalSource(_ => { }, space, default).Read(archive, SearchOption.TopDirectoryOnly))
                {
                    if (file.Problem is null)
                        file.OpenRead().CopyTo(Stream.Null);
                    file.Release();
                }
                space.Stop();
            });
            Assert.Equal(["archive", "spool"], folder.GetFileSystemInfos().Select(f => f.Name).Order());
            Assert.Empty(spool.GetFileSystemInfos());
            Assert.Equal(before, Directory.GetFileSystemEntries(Path.GetTempPath(), "fwdicom-*.spool").Length);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public void What_an_archive_answers() => Run("answers", AnswerCorpus(), (bytes, round) =>
    {
        using var transport = Over(bytes, out _);
        var answer = transport.ReadAsync(128 * 1024, TimeSpan.FromSeconds(5)).AsTask().GetAwaiter().GetResult();
        if (!answer.IsClosed)
            _ = AssociationPdu.Decode(answer.Body.Span, PduType.AssociateAccept);
        var reader = new MessageReader(transport, 131072, 1 << 20);
        while (true)
            _ = reader.ReadAsync(TimeSpan.FromSeconds(5)).AsTask().GetAwaiter().GetResult();
    });

    [Fact]
    public async Task What_a_receiver_is_sent()
    {
        var options = new DicomServerOptions { Sink = new DiscardSink(), OnEventReport = (dataset, syntax) => CommitmentReport.Decode(dataset, syntax).TransactionUid.Length > 0 };
        await using var server = DicomServer.Start(options);
        Run("requests", RequestCorpus(), (bytes, round) =>
        {
            using var transport = Over(bytes, out var written);
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            new ServerAssociation(server, options, transport, new Deadline(TimeProvider.System, options.ArtimTimeout), socket).RunAsync().GetAwaiter().GetResult();
            Assert.InRange(written.Length, 0, 1 << 20);
        });
    }

    [Fact]
    public void Reports_of_commitment() => Run("reports",
        [CommitmentReport.EncodeRequest("1.2.3", [new("1.2", "3.4"), new("5.6", "7.8")], DicomTransferSyntax.ExplicitVRLittleEndian)],
        (bytes, _) => CommitmentReport.Decode(bytes, DicomTransferSyntax.ExplicitVRLittleEndian));

    private static int Setting(string name, int standard)
        => int.TryParse(Environment.GetEnvironmentVariable($"FLYWHEELDICOM_FUZZ_{name}"), CultureInfo.InvariantCulture, out var value) ? value : standard;

    private void Run(string kind, List<byte[]> corpus, Action<byte[], int> read)
    {
        var mutator = new Mutator(s_seed, corpus);
        var (errors, slowest, most) = (0, TimeSpan.Zero, 0L);
        var total = Stopwatch.StartNew();
        for (var round = 0; round < s_cases; round++)
        {
            var bytes = mutator.Next();
            var (started, allocated, collections) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread(), GC.CollectionCount(2));
            try
            {
                read(bytes, round);
            }
            catch (Exception e) when (e is IOException or InvalidDataException or InvalidOperationException)
            {
                errors++;
            }
            catch (Exception e)
            {
                Assert.Fail($"Case {round} of seed {s_seed}: {e}");
            }
            var (took, used) = (Stopwatch.GetElapsedTime(started), GC.GetAllocatedBytesForCurrentThread() - allocated);
            // A pause of the collector, or of the machine, is not the reader's: what is slow must be slow again.
            if (took > s_maxTime)
                took = Again(read, bytes, round);
            Assert.True(took < s_maxTime, $"Case {round} of seed {s_seed} took {took.TotalSeconds:0.0} s, with {GC.CollectionCount(2) - collections} collections.");
            Assert.True(used < MaxAllocation, $"Case {round} of seed {s_seed} allocated {used} bytes for {bytes.Length}.");
            (slowest, most) = (took > slowest ? took : slowest, Math.Max(most, used));
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{kind}: {s_cases} cases of seed {s_seed} from {corpus.Count} inputs, {errors} errors, slowest {slowest.TotalMilliseconds:0} ms, most allocated {most / 1e6:0.0} MB, {total.Elapsed.TotalSeconds:0} s"));
    }

    private static TimeSpan Again(Action<byte[], int> read, byte[] bytes, int round)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            read(bytes, round);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or InvalidOperationException)
        {
            // As it was the first time.
        }
        return watch.Elapsed;
    }

    /// <summary>Synthetic files, and real ones where they are at hand.</summary>
    private static List<byte[]> Corpus()
    {
        var corpus = s_instances.Select(i => i.ToArray()).ToList();
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (folder.GetFiles("FlywheelDicom.sln").Length == 0)
                continue;
            var data = new DirectoryInfo(Path.Combine(folder.FullName, "..", "shared", "data", "dicom"));
            if (data.Exists)
                corpus.AddRange(data.GetFiles().Where(f => f.Length < 100_000).OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => File.ReadAllBytes(f.FullName)));
            break;
        }
        return corpus;
    }

    private static List<byte[]> ArchiveCorpus()
    {
        byte[] Zip(CompressionLevel level) => Made(stream =>
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach (var (instance, i) in s_instances.Select((x, i) => (x, i)))
            {
                var entry = zip.CreateEntry($"{i}.dcm", level);
                // The same archive each time, or a case's number would say nothing.
                entry.LastWriteTime = s_then;
                using var content = entry.Open();
                content.Write(instance.ToArray());
            }
        });
        byte[] Tar(TarEntryFormat format)
        {
            var tar = Made(stream => Write(format, stream));
            // The writer names extended headers after its process.
            var name = Encoding.ASCII.GetBytes($"PaxHeaders.{Environment.ProcessId}/.");
            for (var at = tar.AsSpan().IndexOf(name); at >= 0; at = tar.AsSpan().IndexOf(name))
            {
                tar.AsSpan(at, name.Length).Clear();
                "PaxHeaders"u8.CopyTo(tar.AsSpan(at));
            }
            TarChecksums.Repair(tar);
            return tar;
        }
        void Write(TarEntryFormat format, Stream stream)
        {
            using var tar = new TarWriter(stream, format, leaveOpen: true);
            foreach (var (instance, i) in s_instances.Take(3).Select((x, i) => (x, i)))
            {
                TarEntry entry = format == TarEntryFormat.Gnu ? new GnuTarEntry(TarEntryType.RegularFile, $"{i}") : new PaxTarEntry(TarEntryType.RegularFile, $"{i}");
                entry.DataStream = new MemoryStream(instance.ToArray());
                entry.ModificationTime = s_then;
                if (entry is GnuTarEntry gnu)
                    (gnu.AccessTime, gnu.ChangeTime) = (s_then, s_then);
                tar.WriteEntry(entry);
            }
        }
        return [Zip(CompressionLevel.Fastest), Zip(CompressionLevel.NoCompression), Tar(TarEntryFormat.Gnu), Tar(TarEntryFormat.Pax), Gzip(Tar(TarEntryFormat.Pax)), Gzip(s_instances[0].ToArray())];
    }

    private static byte[] Made(Action<Stream> make)
    {
        var stream = new MemoryStream();
        make(stream);
        return stream.ToArray();
    }

    private static byte[] Gzip(byte[] bytes) => Made(stream =>
    {
        using var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true);
        gzip.Write(bytes);
    });

    private static List<byte[]> AnswerCorpus()
    {
        var accept = new AssociationPdu
        {
            CalledAE = "PEER", CallingAE = "US", MaxPduLength = 16384, MaxOperations = 8, Roles = [new("1.2.3", true, false)],
            Contexts = [new PresentationContext(1, "", []) { Result = PresentationContextResult.Accepted, AcceptedTransferSyntax = "1.2.840.10008.1.2" }],
        };
        var store = Message(1, new DimseCommand { Field = CommandField.StoreResponse, RespondedTo = 1, Status = DicomStatus.Success, SopClassUid = "1.2", SopInstanceUid = "3.4" }, null);
        var find = Message(1, new DimseCommand { Field = CommandField.FindResponse, RespondedTo = 1, Status = new(0xFF00), HasDataset = true }, new byte[200]);
        return [[.. accept.Encode(PduType.AssociateAccept), .. store, .. find, .. store, .. ControlPdu.ReleaseResponse], [.. accept.Encode(PduType.AssociateAccept), .. ControlPdu.Abort(2, 6)]];
    }

    private static List<byte[]> RequestCorpus()
    {
        var request = new AssociationPdu
        {
            CalledAE = "US", CallingAE = "PEER", MaxPduLength = 16384, MaxOperations = 8, Roles = [new(DicomUID.StorageCommitment, false, true)],
            Contexts = [
                new PresentationContext(1, SyntheticInstance.CTImage, [SyntheticInstance.Explicit]), new PresentationContext(3, DicomUID.Verification, [SyntheticInstance.Implicit]),
                new PresentationContext(5, DicomUID.StorageCommitment, [SyntheticInstance.Explicit]),
            ],
        };
        var echo = Message(3, new DimseCommand { Field = CommandField.EchoRequest, MessageId = 1, SopClassUid = DicomUID.Verification }, null);
        var store = Message(1, new DimseCommand { Field = CommandField.StoreRequest, MessageId = 2, HasDataset = true, SopClassUid = SyntheticInstance.CTImage, SopInstanceUid = "1.2.3" }, new SyntheticInstance().Dataset());
        var report = Message(5, new DimseCommand { Field = CommandField.EventReportRequest, MessageId = 3, HasDataset = true, SopClassUid = DicomUID.StorageCommitment, SopInstanceUid = "1.2.840.10008.1.20.1.1", TypeId = 1 },
            CommitmentReport.EncodeRequest("1.2.3", [new("1.2", "3.4")], DicomTransferSyntax.ExplicitVRLittleEndian));
        return [[.. request.Encode(PduType.AssociateRequest), .. echo, .. store, .. report, .. store, .. ControlPdu.ReleaseRequest]];
    }

    private static byte[] Message(byte context, DimseCommand command, byte[]? dataset)
    {
        using var transport = Over([], out var written);
        using var writer = new MessageWriter(transport, 4096, 4096, TimeSpan.FromSeconds(5));
        if (dataset is null)
            writer.Begin(context, command);
        else
        {
            var presentation = new PresentationContext(context, command.SopClassUid ?? "", []) { Result = PresentationContextResult.Accepted, AcceptedTransferSyntax = SyntheticInstance.Explicit };
            writer.Begin(presentation, command with { SopClassUid = presentation.AbstractSyntax }, new OutgoingDataset(new MemoryStream(dataset), SyntheticInstance.Explicit, dataset.Length));
        }
        writer.SendAsync().AsTask().GetAwaiter().GetResult();
        return written.ToArray();
    }

    /// <summary>A connection that brings these bytes and then ends.</summary>
    private static PduTransport Over(byte[] bytes, out MemoryStream written)
    {
        written = new MemoryStream();
        return new PduTransport(new Socket(SocketType.Stream, ProtocolType.Tcp), new TwoWay(new MemoryStream(bytes, writable: false), written), default);
    }

    private sealed class TwoWay(Stream input, Stream output) : Network.ConnectionDouble
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(input.Read(buffer.Span));
        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            output.Write(buffer.Span);
            return default;
        }
    }
}
