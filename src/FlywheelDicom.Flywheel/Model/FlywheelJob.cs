using System.Text.Json.Serialization;

namespace FlywheelDicom.Flywheel;

/// <summary>A job to be: one run of a gear on one container.</summary>
internal sealed record FlywheelJobRequest
{
    [JsonPropertyName("gear_id")]
    public required string GearId { get; init; }

    /// <summary>Values of the gear's settings: strings, numbers, booleans.</summary>
    public required IReadOnlyDictionary<string, object?> Config { get; init; }
    public IReadOnlyDictionary<string, FlywheelFileReference> Inputs { get; init; } = new Dictionary<string, FlywheelFileReference>();
    public required FlywheelParent Destination { get; init; }

    /// <summary>One of them should be unique to the attempt, so that a job whose answer was lost can be found.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
    public string? Label { get; init; }

    /// <summary>low, medium, high or critical.</summary>
    public string? Priority { get; init; }
}

/// <summary>A file that a job takes as input.</summary>
internal sealed record FlywheelFileReference(string Type, string Id, string Name);

/// <summary>A job as the instance has it.</summary>
internal sealed record FlywheelJob
{
    [JsonPropertyName("_id")]
    public string? NewId { get; init; }

    [JsonPropertyName("id")]
    public string? OldId { get; init; }

    /// <summary>pending, running, complete, failed or cancelled.</summary>
    public string? State { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>The job that this one tries again.</summary>
    [JsonPropertyName("previous_job_id")]
    public string? PreviousJobId { get; init; }
    public FlywheelParent? Destination { get; init; }
    public DateTimeOffset? Created { get; init; }

    [JsonPropertyName("failure_reason")]
    public string? FailureReason { get; init; }

    [JsonIgnore]
    public string Id => NewId ?? OldId ?? "";
}

internal sealed record JobCreated([property: JsonPropertyName("_id")] string? Id);
