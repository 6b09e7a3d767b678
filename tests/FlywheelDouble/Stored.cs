using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace FlywheelDicom.FlywheelDouble;

/// <summary>A container of the double.</summary>
public sealed class StoredContainer(string kind, string id, string label, StoredContainer? parent)
{
    public string Kind { get; } = kind;
    public string Id { get; } = id;
    public string Label { get; } = label;
    public StoredContainer? Parent { get; } = parent;
    public List<StoredContainer> Children { get; } = [];
    public List<StoredFile> Files { get; } = [];
    public DateTimeOffset Created { get; init; }

    /// <summary>Fields that its entry has in lists beside or in place of its own, however odd.</summary>
    public JsonObject? Odd { get; set; }

    public StoredContainer? Ancestor(string kind) => Kind == kind ? this : Parent?.Ancestor(kind);

    public StoredFile Add(string name, byte[] bytes, string? type = "dicom")
    {
        var file = new StoredFile(name, type) { Bytes = bytes };
        Files.Add(file);
        return file;
    }

    public StoredFile AddFromDisk(string name, string path, string? type = "dicom")
    {
        var file = new StoredFile(name, type) { DiskPath = path };
        Files.Add(file);
        return file;
    }
}

/// <summary>A file of the double, in memory or on disk.</summary>
public sealed class StoredFile(string name, string? type)
{
    private static int s_count;
    private string? _hash;

    public string Name { get; } = name;
    public string? Type { get; } = type;
    public string FileId { get; } = $"f11e{Interlocked.Increment(ref s_count):x20}";
    public byte[]? Bytes { get; set; }
    public string? DiskPath { get; init; }
    public long Size => Bytes?.LongLength ?? new FileInfo(DiskPath!).Length;

    /// <summary>What the entry states, where it is not the truth.</summary>
    public long? StatedSize { get; set; }
    public bool HasHash { get; set; } = true;
    public bool HidesSize { get; set; }

    /// <summary>Fields that its entry has beside or in place of its own, however odd.</summary>
    public JsonObject? Odd { get; set; }

    public string Hash
    {
        get
        {
            if (Bytes is not null)
                return "v0-sha384-" + Convert.ToHexString(SHA384.HashData(Bytes)).ToLowerInvariant();
            using var stream = File.OpenRead(DiskPath!);
            return _hash ??= "v0-sha384-" + Convert.ToHexString(SHA384.HashData(stream)).ToLowerInvariant();
        }
    }

    public Stream Open() => Bytes is not null ? new MemoryStream(Bytes, writable: false) : File.OpenRead(DiskPath!);
}
