using System.Globalization;

namespace FlywheelDicom;

/// <summary>A DIMSE status as C-STORE and C-ECHO use it (PS3.4 §B.2.3, PS3.7 Annex C).</summary>
public readonly record struct DicomStatus(ushort Code)
{
    internal static readonly DicomStatus Success = new(0x0000);
    internal static readonly DicomStatus SopClassNotSupported = new(0x0122);
    internal static readonly DicomStatus DuplicateSopInstance = new(0x0111);
    internal static readonly DicomStatus ProcessingFailure = new(0x0110);
    internal static readonly DicomStatus UnrecognizedOperation = new(0x0211);
    internal static readonly DicomStatus OutOfResources = new(0xA700);
    internal static readonly DicomStatus CannotUnderstand = new(0xC000);

    /// <summary>Success, warning or failure. 0111 (duplicate SOP instance) counts as a warning.</summary>
    public DicomState State => Code switch
    {
        0x0000 => DicomState.Success,
        0x0001 or 0x0107 or 0x0111 or 0x0116 or (>= 0xB000 and <= 0xBFFF) => DicomState.Warning,
        _ => DicomState.Failure,
    };

    /// <summary>The meaning of the code in English.</summary>
    public string Meaning => Code switch
    {
        0x0000 => "Success",
        0x0105 => "No such attribute",
        0x0106 => "Invalid attribute value",
        0x0107 => "Attribute list warning",
        0x0110 => "Processing failure",
        0x0111 => "Duplicate SOP instance: it is already there",
        0x0112 => "No such SOP instance",
        0x0115 => "Invalid argument value",
        0x0116 => "Attribute value out of range",
        0x0117 => "Invalid SOP instance",
        0x0118 => "No such SOP class",
        0x0119 => "Class and instance conflict",
        0x0120 => "Missing attribute",
        0x0121 => "Missing attribute value",
        0x0122 or 0xA800 => "SOP class not supported",
        0x0124 => "Not authorized",
        0x0210 => "Duplicate invocation",
        0x0211 => "Unrecognized operation",
        0x0212 => "Mistyped argument",
        0x0213 => "Resource limitation",
        0x0214 => "Not authorized",
        0xB000 => "Stored, with coercion of data elements",
        0xB006 => "Stored, elements discarded",
        0xB007 => "Stored, though the data set does not match the SOP class",
        >= 0xA700 and <= 0xA7FF => "Refused: out of resources",
        >= 0xA900 and <= 0xA9FF => "Data set does not match SOP class",
        >= 0xB000 and <= 0xBFFF or 0x0001 => "Stored, with a warning",
        >= 0xC000 and <= 0xCFFF => "Cannot understand",
        0xFE00 => "Cancelled",
        0xFF00 or 0xFF01 => "Pending, which C-STORE does not allow",
        _ => "Failure",
    };

    /// <summary>Whether the same instance should be sent again.</summary>
    internal RetryAdvice Retry => Code switch
    {
        (>= 0xA700 and <= 0xA7FF) or 0x0213 => RetryAdvice.BackOff,
        0x0110 or 0x0210 or 0xC000 => RetryAdvice.Once,
        _ => RetryAdvice.Never,
    };

    /// <summary>The code in hexadecimal, and its meaning.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{Code:X4} {Meaning}");
}
