using System.Text.Json.Serialization;

namespace FlywheelDicom.Flywheel;

/// <summary>A job to create: one run of a gear on one container.</summary>
internal sealed record FlywheelJobRequest
{
    [JsonPropertyName("gear_id")]
    public required string GearId { get; init; }

    /// <summary>Values of the gear's settings: strings, numbers, booleans.</summary>
    public required IReadOnlyDictionary<string, object?> Config { get; init; }
    public IReadOnlyDictionary<string, FlywheelFileReference> Inputs { get; init; } = new Dictionary<string, FlywheelFileReference>(StringComparer.Ordinal);
    public required FlywheelParent Destination { get; init; }

    /// <summary>One of them should be unique to the attempt, so that a job whose answer was lost can be found.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
    public string? Label { get; init; }

    /// <summary>low, medium, high or critical.</summary>
    public string? Priority { get; init; }
}
