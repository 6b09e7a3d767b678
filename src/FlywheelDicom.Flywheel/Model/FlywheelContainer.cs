using System.Text.Json.Serialization;

namespace FlywheelDicom.Flywheel;

/// <summary>A group, project, subject, session, acquisition or analysis. Which fields there are depends on the server's version; only the id is always there.</summary>
internal sealed record FlywheelContainer
{
    [JsonPropertyName("_id")]
    public string Id { get; init; } = "";

    [JsonConverter(typeof(LenientTextConverter))]
    public string? Label { get; init; }

    /// <summary>The code of a subject; in older servers its only name.</summary>
    [JsonConverter(typeof(LenientTextConverter))]
    public string? Code { get; init; }
    public FlywheelParents? Parents { get; init; }

    [JsonConverter(typeof(FlywheelReferenceConverter))]
    public FlywheelReference? Group { get; init; }

    [JsonConverter(typeof(FlywheelReferenceConverter))]
    public FlywheelReference? Project { get; init; }

    [JsonConverter(typeof(FlywheelReferenceConverter))]
    public FlywheelReference? Subject { get; init; }

    [JsonConverter(typeof(FlywheelReferenceConverter))]
    public FlywheelReference? Session { get; init; }

    /// <summary>The container that an analysis belongs to.</summary>
    public FlywheelParent? Parent { get; init; }

    [JsonPropertyName("timestamp")]
    [JsonConverter(typeof(LenientTimeConverter))]
    public DateTimeOffset? Timestamp { get; init; }

    [JsonConverter(typeof(LenientTimeConverter))]
    public DateTimeOffset? Created { get; init; }

    /// <summary>When it was deleted; empty or null where it was not.</summary>
    [JsonConverter(typeof(LenientTextConverter))]
    public string? Deleted { get; init; }

    /// <summary>Null if the answer does not contain them, which does not mean that there are none.</summary>
    public IReadOnlyList<FlywheelFile>? Files { get; init; }

    [JsonPropertyName("container_type")]
    public string? ContainerType { get; init; }

    [JsonPropertyName("node_type")]
    public string? NodeType { get; init; }

    /// <summary>Its entry in a list could not be read: only its id is known.</summary>
    [JsonIgnore]
    public bool IsUnread { get; init; }

    /// <summary>The label, or the code or id if it has none.</summary>
    [JsonIgnore]
    public string Name => Label ?? Code ?? Id;

    [JsonIgnore]
    public string? GroupId => Parents?.Group ?? Group?.Id;

    [JsonIgnore]
    public string? ProjectId => Parents?.Project ?? Project?.Id;

    [JsonIgnore]
    public string? SubjectId => Parents?.Subject ?? Subject?.Id;

    [JsonIgnore]
    public string? SessionId => Parents?.Session ?? Session?.Id;

    [JsonIgnore]
    public FlywheelContainerKind? Kind => FlywheelContainerKinds.Parse(ContainerType ?? NodeType);
}
