namespace FlywheelDicom.Flywheel;

/// <summary>An instance, and the user of the key there.</summary>
internal sealed record FlywheelSite
{
    public string? Name { get; init; }

    /// <summary>Its version; null on development sites.</summary>
    public string? Release { get; init; }

    /// <summary>It supports uploads to a signed URL of its storage.</summary>
    public bool TakesSignedUploads { get; init; }

    /// <summary>The user that the key belongs to.</summary>
    public required string UserId { get; init; }
    public bool IsDevice { get; init; }
}
