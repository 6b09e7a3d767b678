namespace FlywheelDicom.Transfer.Saving;

/// <summary>What became of an instance that was to be saved.</summary>
internal enum SaveState
{
    /// <summary>It was written.</summary>
    Saved,

    /// <summary>A file with the same bytes was there already.</summary>
    AlreadyThere,

    /// <summary>It was not saved.</summary>
    Failed,
}
