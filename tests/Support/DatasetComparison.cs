using System.IO.Compression;
using System.Text;

namespace FlywheelDicom.TestSupport;

/// <summary>Holds a received file against the sent one: the data sets must be the same bytes but for the tag's two elements.</summary>
public static class DatasetComparison
{
    /// <summary>Null where they are the same; else what differs.</summary>
    public static string? Difference(string sentPath, string receivedPath, string transferSyntax)
    {
        if (!File.Exists(receivedPath))
            return "it is not there";
        var sent = Dataset(sentPath, transferSyntax);
        var received = Dataset(receivedPath, transferSyntax);
        var isExplicit = transferSyntax != SyntheticInstance.Implicit;
        var isBig = transferSyntax == SyntheticInstance.BigEndian;
        byte[] tag =
        [
            .. SyntheticInstance.Encode(SyntheticElement.Text(0x00210010, "LO", "Flywheel"), isExplicit, isBig),
            .. SyntheticInstance.Encode(SyntheticElement.Text(0x00211000, "LO", "DICOM send"), isExplicit, isBig),
        ];
        var at = received.AsSpan().IndexOf(tag);
        if (at < 0)
            return "the tag is missing";
        byte[] without = [.. received[..at], .. received[(at + tag.Length)..]];
        return without.AsSpan().SequenceEqual(sent) ? null : "other bytes than those of the tag differ";
    }

    /// <summary>What follows the meta group, inflated; the group's length says where that is (PS3.10 §7.1).</summary>
    private static byte[] Dataset(string path, string transferSyntax)
    {
        var file = File.ReadAllBytes(path);
        if (Encoding.ASCII.GetString(file, 128, 4) != "DICM")
            throw new InvalidDataException($"{path} has no preamble.");
        var start = 144 + BitConverter.ToInt32(file, 140);
        if (transferSyntax != SyntheticInstance.Deflated)
            return file[start..];
        using var plain = new MemoryStream();
        using (var inflate = new DeflateStream(new MemoryStream(file, start, file.Length - start), CompressionMode.Decompress))
            inflate.CopyTo(plain);
        return plain.ToArray();
    }
}
