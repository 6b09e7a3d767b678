using System.Net;

namespace FlywheelDicom.Transfer.Destinations;

/// <summary>The names that destinations may be registered by: none that could be read as something else.</summary>
internal static class DestinationName
{
    private const int MaxLength = 64;

    /// <summary>Whether a text may be such a name. What has a colon or an at sign in it is an address.</summary>
    public static bool IsValid(string name)
        => name.Length is > 0 and <= MaxLength && name == name.Trim()
            && name.All(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_' or '.') && !IPAddress.TryParse(name, out _);

    /// <summary>The name without blanks at its ends.</summary>
    /// <exception cref="ArgumentException">It cannot be one.</exception>
    public static string Checked(string name)
    {
        var trimmed = name.Trim();
        return IsValid(trimmed) ? trimmed
            : throw new ArgumentException($"'{name}' cannot be the name of a destination: it must be 1 to {MaxLength} letters, digits, blanks, dots, '-' or '_', and no IP address.");
    }
}
