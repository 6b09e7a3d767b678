using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Running;
using FlywheelDicom.IO;
using FlywheelDicom.Network.Wire;
using FlywheelDicom.TestSupport;

BenchmarkRunner.Run<FlywheelDicom.Micro.EngineBenchmarks>(null, args);

namespace FlywheelDicom.Micro
{
    /// <summary>Parse a header, splice a tag in, frame a message: what each instance costs beside the wire.</summary>
    [MemoryDiagnoser]
    public class EngineBenchmarks : IDisposable
    {
        private readonly byte[] _bytes = new SyntheticInstance { Rows = 512, Columns = 512 }.ToArray();
        private readonly byte[] _target = new byte[128 * 1024];
        private DicomFile _tagged = null!;
        private PduTransport _transport = null!;
        private MessageWriter _writer = null!;
        private PresentationContext _context = null!;
        private byte[] _response = [];

        [GlobalSetup]
        public void Setup()
        {
            _tagged = Open();
            _tagged.AddPrivateValue(new PrivateValue(0x21, "Flywheel", "DICOM send"));
            _context = new PresentationContext(1, _tagged.SopClassUid!, []) { Result = PresentationContextResult.Accepted, AcceptedTransferSyntax = _tagged.TransferSyntaxUid };
            _transport = new PduTransport(new Socket(SocketType.Stream, ProtocolType.Tcp), Stream.Null, default);
            _writer = new MessageWriter(_transport, 131072, 131072, TimeSpan.FromMinutes(1));
            _response = new byte[DimseCommand.MaxLength];
            var length = Response.Encode(_response);
            _response = _response[..length];
        }

        [GlobalCleanup]
        public void Dispose()
        {
            _writer.Dispose();
            _transport.Dispose();
            GC.SuppressFinalize(this);
        }

        private static DimseCommand Response => new()
        {
            Field = CommandField.StoreResponse, RespondedTo = 7, SopClassUid = SyntheticInstance.CTImage, SopInstanceUid = "2.25.180731548267158261.1.1.7",
        };

        [Benchmark(Description = "parse the header of a CT image")]
        public DicomFile Parse() => Open();

        [Benchmark(Description = "reserve a block and add the tag")]
        public DicomFile Tag()
        {
            var file = Open();
            file.AddPrivateValue(new PrivateValue(0x21, "Flywheel", "DICOM send"));
            return file;
        }

        [Benchmark(Description = "read 525 KB with the tag spliced in")]
        public long Splice()
        {
            using var stream = _tagged.OpenDataset();
            long total = 0;
            while (stream.Read(_target) is > 0 and var read)
                total += read;
            return total;
        }

        [Benchmark(Description = "frame a C-STORE of 525 KB")]
        public long Frame()
        {
            using var stream = _tagged.OpenDataset();
            var command = new DimseCommand
            {
                Field = CommandField.StoreRequest, MessageId = 7, HasDataset = true, SopClassUid = _tagged.SopClassUid, SopInstanceUid = _tagged.SopInstanceUid,
            };
            _writer.Begin(_context, command, new OutgoingDataset(stream, _context.AcceptedTransferSyntax!, _tagged.DatasetLength));
            _writer.SendAsync().AsTask().GetAwaiter().GetResult();
            return _writer.DatasetLength;
        }

        [Benchmark(Description = "read a C-STORE response")]
        public ushort ReadResponse() => DimseCommand.DecodeWithoutUids(_response).RespondedTo;

        private DicomFile Open() => DicomFile.Read(new Source(_bytes), "memory", new DicomOrigin { FileName = "memory" })!;

        private sealed class Source(byte[] bytes) : DicomSource
        {
            public override long Length => bytes.Length;
            public override Stream Open() => new MemoryStream(bytes, writable: false);
        }
    }
}
