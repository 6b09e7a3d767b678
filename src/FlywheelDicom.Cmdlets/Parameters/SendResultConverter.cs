using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// Makes results again of what Import-Clixml, Receive-Job and remoting bring, so that they are compared and shown as before. The
/// module's types file names it, which finds public types alone. What it cannot convert stays as it came.
/// </summary>
public sealed class SendResultConverter : PSTypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) => LoadedResult.Of(sourceValue) is not null;
    /// <inheritdoc/>
    public override bool CanConvertFrom(PSObject sourceValue, Type destinationType) => LoadedResult.Of(sourceValue) is not null;
    /// <inheritdoc/>
    public override object? ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) => LoadedResult.Of(sourceValue);
    /// <inheritdoc/>
    public override object? ConvertFrom(PSObject sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) => LoadedResult.Of(sourceValue);
    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;
    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) => throw new NotSupportedException();
}
