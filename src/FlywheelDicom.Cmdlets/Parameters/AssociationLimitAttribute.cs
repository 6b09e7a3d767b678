using System.Globalization;
using System.Management.Automation;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Cmdlets;

/// <summary>Takes the word Auto where a number of associations is asked for.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AssociationLimitAttribute : ArgumentTransformationAttribute
{
    public const string Auto = "Auto";
    private const int Max = 64;

    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is string text && text.Equals(Auto, StringComparison.OrdinalIgnoreCase))
            return StoreOptions.Automatic;
        if (LanguagePrimitives.TryConvertTo<int>(value, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= Max)
            return count;
        throw new ArgumentTransformationMetadataException($"'{value}' is not a number of associations. Give {Auto}, or 1 to {Max}.");
    }
}
