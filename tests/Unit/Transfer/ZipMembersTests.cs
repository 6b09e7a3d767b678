using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json.Nodes;
using FlywheelDicom.Flywheel;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Flywheel;
using FlywheelDicom.Transfer.Sources;
using Double = FlywheelDicom.FlywheelDouble.FlywheelDouble;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>Flywheel counts the members of a zip when it takes it in; a zip that has fewer now has lost some.</summary>
public sealed class ZipMembersTests
{
    private static byte[] Zip(int folders)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using (var entry = zip.CreateEntry("1.dcm", CompressionLevel.NoCompression).Open())
                entry.Write(new SyntheticInstance { Number = 1, Rows = 8, Columns = 8 }.ToArray());
            for (var i = 0; i < folders; i++)
                zip.CreateEntry($"{i}/");
        }
        return stream.ToArray();
    }

    /// <summary>As programs without zip64 write it: the number of entries modulo 65,536, and no record of 64 bits.</summary>
    private static byte[] WithoutZip64(byte[] zip)
    {
        var locator = zip.AsSpan().LastIndexOf("PK\u0006\u0007"u8);
        var end64 = (int)BinaryPrimitives.ReadInt64LittleEndian(zip.AsSpan(locator + 8));
        var count = BinaryPrimitives.ReadUInt64LittleEndian(zip.AsSpan(end64 + 32));
        var (size, offset) = (BinaryPrimitives.ReadInt64LittleEndian(zip.AsSpan(end64 + 40)), BinaryPrimitives.ReadInt64LittleEndian(zip.AsSpan(end64 + 48)));
        byte[] result = [.. zip[..end64], .. zip[(locator + 20)..]];
        var end = result.AsSpan(end64);
        BinaryPrimitives.WriteUInt16LittleEndian(end[8..], (ushort)count);
        BinaryPrimitives.WriteUInt16LittleEndian(end[10..], (ushort)count);
        BinaryPrimitives.WriteUInt32LittleEndian(end[12..], (uint)size);
        BinaryPrimitives.WriteUInt32LittleEndian(end[16..], (uint)offset);
        return result;
    }

    private static async Task<List<DicomFile>> ReadAsync(byte[] bytes, int stated)
    {
        await using var server = await Double.StartAsync();
        var acquisition = server.AddChild(server.AddChild(server.AddChild(server.AddChild(server.AddGroup("g"), "P"), "S"), "visit"), "t1");
        acquisition.Add("a.zip", bytes).Odd = new JsonObject { ["zip_member_count"] = stated };
        using var client = new FlywheelClient(FlywheelApiKey.Parse(server.Key), new FlywheelClientOptions());
        var catalog = new FlywheelCatalog(client, new FlywheelHealth(TimeProvider.System), default);
        var source = new FlywheelSource(client, new FlywheelHealth(TimeProvider.System), new SpoolSpace(), _ => { }, default);
        return [.. source.Read(catalog.ReadAsync(new FlywheelSelection { Kind = FlywheelContainerKind.Acquisition, ContainerId = acquisition.Id }))];
    }

    [Theory]
    [InlineData("as it is", 3, 3, false)]
    [InlineData("as it is", 3, 4, true)]
    [InlineData("bytes in front", 3, 3, false)]
    [InlineData("bytes in front", 3, 4, true)]
    [InlineData("without zip64", 65_540, 65_540, false)]
    [InlineData("without zip64", 65_540, 65_541, true)]
    public async Task Members_that_are_gone_are_told(string shape, int present, int stated, bool isTold)
    {
        var zip = Zip(present - 1);
        zip = shape switch { "bytes in front" => [.. new byte[100], .. zip], "without zip64" => WithoutZip64(zip), _ => zip };
        var files = await ReadAsync(zip, stated);
        Assert.Null(files[0].Problem);
        Assert.Equal(isTold ? 2 : 1, files.Count);
        if (isTold)
            Assert.Contains($"has {present} members, and Flywheel counted {stated}", files[1].Problem, StringComparison.Ordinal);
    }
}
