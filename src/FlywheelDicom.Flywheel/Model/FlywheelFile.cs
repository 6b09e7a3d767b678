using System.Text.Json.Serialization;

namespace FlywheelDicom.Flywheel;

/// <summary>A file entry of a container. Any field may be missing.</summary>
internal sealed record FlywheelFile
{
    private readonly string? _name;

    [JsonPropertyName("file_id")]
    [JsonConverter(typeof(LenientTextConverter))]
    public string? FileId { get; init; }

    /// <summary>Empty where the entry has none.</summary>
    [JsonConverter(typeof(LenientTextConverter))]
    public string Name { get => _name ?? ""; init => _name = value; }

    /// <summary>The file type in Flywheel: dicom, nifti, ...; null if it is not known.</summary>
    [JsonConverter(typeof(LenientTextConverter))]
    public string? Type { get; init; }

    /// <summary>Its length in bytes; null if the entry does not have it.</summary>
    [JsonConverter(typeof(LenientCountConverter))]
    public long? Size { get; init; }

    /// <summary>Usually v0-sha384- and 96 hex digits. Hashes of other forms are not checked.</summary>
    [JsonConverter(typeof(LenientTextConverter))]
    public string? Hash { get; init; }

    /// <summary>The number of members, if it is a zip and they were counted.</summary>
    [JsonPropertyName("zip_member_count")]
    [JsonConverter(typeof(LenientCountConverter))]
    public long? ZipMemberCount { get; init; }

    /// <summary>As DICOM has it: CT, MR, ...; null if it is not known.</summary>
    [JsonConverter(typeof(LenientTextConverter))]
    public string? Modality { get; init; }

    [JsonConverter(typeof(LenientTimeConverter))]
    public DateTimeOffset? Modified { get; init; }

    [JsonConverter(typeof(LenientTimeConverter))]
    public DateTimeOffset? Created { get; init; }

    /// <summary>When it was deleted; empty or null where it was not.</summary>
    [JsonConverter(typeof(LenientTextConverter))]
    public string? Deleted { get; init; }

    /// <summary>Another file of its container has the same name, so that it must be asked for by its id.</summary>
    [JsonIgnore]
    public bool HasNamesake { get; init; }

    /// <summary>Its name, or its id if it has no name.</summary>
    [JsonIgnore]
    public string Label => Name.Length > 0 ? Name : FileId is { Length: > 0 } ? $"<id:{FileId}>" : "(a file without a name)";

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
