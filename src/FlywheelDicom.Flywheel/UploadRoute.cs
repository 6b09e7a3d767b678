namespace FlywheelDicom.Flywheel;

/// <summary>How a file gets to an instance.</summary>
internal enum UploadRoute
{
    /// <summary>In a request to the API.</summary>
    Api,

    /// <summary>To a signed URL of the instance's storage. If the instance refuses that, the API is used.</summary>
    SignedUrl,
}
