using System.Collections.ObjectModel;
using FlywheelDicom.IO;

namespace FlywheelDicom;

/// <summary>
/// The values of an element that has several, in order. Its text is the whole of them, so that <c>Export-Csv</c> and
/// <c>Compare-Object -Property Value</c> see more than the name of a type.
/// </summary>
public sealed class DicomValues<T> : ReadOnlyCollection<T>
{
    private readonly T[] _values;

    internal DicomValues(T[] values) : base(values) => _values = values;

    /// <summary>The number of values, as an array tells it.</summary>
    public int Length => _values.Length;

    /// <summary>The values with a backslash between them; bytes in hexadecimal; items with their elements.</summary>
    public override string ToString() => ElementText.Whole(_values);
}

/// <summary>Makes lists of values.</summary>
internal static class DicomValues
{
    public static object Of(Array values) => values switch
    {
        ushort[] many => new DicomValues<ushort>(many),
        short[] many => new DicomValues<short>(many),
        uint[] many => new DicomValues<uint>(many),
        int[] many => new DicomValues<int>(many),
        ulong[] many => new DicomValues<ulong>(many),
        long[] many => new DicomValues<long>(many),
        float[] many => new DicomValues<float>(many),
        double[] many => new DicomValues<double>(many),
        DicomTag[] many => new DicomValues<DicomTag>(many),
        _ => new DicomValues<object>([.. values.Cast<object>()]),
    };
}
