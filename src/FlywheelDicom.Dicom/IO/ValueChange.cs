namespace FlywheelDicom.IO;

/// <summary>An element that is to get a value.</summary>
/// <param name="Path">Where it stands.</param>
/// <param name="Value">
/// As <see cref="DicomFile.SetValue"/> takes it, null makes it present and empty; or a function that gives it for the data set, or the
/// item, that the element stands in.
/// </param>
internal readonly record struct ValueChange(ElementPath Path, object? Value)
{
    /// <summary>The value in one data set or item.</summary>
    public object? In(DicomDataset dataset) => Value is Func<DicomDataset, object?> computed ? computed(dataset) : Value;
}
