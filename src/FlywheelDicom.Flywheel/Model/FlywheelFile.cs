using System.Text.Json.Serialization;

namespace FlywheelDicom.Flywheel;

/// <summary>A file entry of a container.</summary>
public sealed record FlywheelFile
{
    [JsonPropertyName("file_id")]
    public string? FileId { get; init; }
    public string Name { get; init; } = "";

    /// <summary>What it is taken for: dicom, nifti, ...; null where nobody knows.</summary>
    public string? Type { get; init; }

    /// <summary>Bytes; null where the entry does not tell.</summary>
    public long? Size { get; init; }

    /// <summary>Mostly v0-sha384- and 96 hex digits; other forms are met, and not checked.</summary>
    public string? Hash { get; init; }

    /// <summary>The SHA-384 in the hash, or null.</summary>
    [JsonIgnore]
    public string? Sha384
    {
        get
        {
            const string prefix = "v0-sha384-";
            return Hash is { Length: 106 } && Hash.StartsWith(prefix, StringComparison.Ordinal) ? Hash[prefix.Length..] : null;
        }
    }
}
