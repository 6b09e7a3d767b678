using System.Management.Automation;
using System.Net;
using System.Security;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// Takes plain text where a secret is wanted, for scripts that have it so; it is held as a SecureString from here on. Lines of a file
/// are taken where one of them alone is not blank. What it cannot take is refused here: PowerShell's own refusal would show the value.
/// </summary>
internal sealed class SecretTransformationAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => Base(inputData) switch
    {
        null => null,
        SecureString secret => secret,
        string text => Hidden(text),
        object[] lines when lines.Select(Base).All(l => l is string or null) => OnlyLine(lines.Select(l => Base(l) as string)),
        _ => throw Refused(),
    };

    internal static string? Reveal(SecureString? secret) => secret is null ? null : new NetworkCredential("", secret).Password;

    private static object? Base(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static SecureString OnlyLine(IEnumerable<string?> lines)
    {
        var filled = lines.Where(l => !string.IsNullOrWhiteSpace(l)).ToList();
        return filled.Count == 1 ? Hidden(filled[0]!) : throw Refused();
    }

    private static SecureString Hidden(string text) => new NetworkCredential("", text).SecurePassword;

    private static ArgumentTransformationMetadataException Refused() => new("A secret is one text or a SecureString.");
}
