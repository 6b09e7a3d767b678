using System.Text.Json.Serialization;

namespace FlywheelDicom.Flywheel;

/// <summary>A job on the instance.</summary>
internal sealed record FlywheelJob
{
    [JsonPropertyName("_id")]
    public string? NewId { get; init; }

    [JsonPropertyName("id")]
    public string? OldId { get; init; }

    /// <summary>pending, running, complete, failed or cancelled.</summary>
    public string? State { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>The job that this one repeats.</summary>
    [JsonPropertyName("previous_job_id")]
    public string? PreviousJobId { get; init; }
    public FlywheelParent? Destination { get; init; }
    public DateTimeOffset? Created { get; init; }

    [JsonPropertyName("failure_reason")]
    public string? FailureReason { get; init; }

    [JsonIgnore]
    public string Id => NewId ?? OldId ?? "";
}
