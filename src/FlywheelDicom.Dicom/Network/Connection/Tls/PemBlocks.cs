using System.Text;

namespace FlywheelDicom.Network.Connection.Tls;

/// <summary>
/// Reads the blocks of a PEM file (RFC 7468). A byte order mark, text around the blocks, and any line ends and white space are accepted.
/// </summary>
internal static class PemBlocks
{
    private const string Begin = "-----BEGIN ";
    private const string End = "-----END ";
    private const string Dashes = "-----";

    public static bool IsPem(ReadOnlySpan<byte> bytes) => bytes.IndexOf("-----BEGIN "u8) >= 0;

    /// <summary>Text with two bytes for each character, as older Windows tools write it.</summary>
    public static bool IsUtf16(ReadOnlySpan<byte> bytes)
        => bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] || bytes.IndexOf("-\0-\0-\0-\0-\0B\0"u8) >= 0 || bytes.IndexOf("\0-\0-\0-\0-\0-\0B"u8) >= 0;

    /// <exception cref="FormatException">A block is cut off or damaged. The message names it.</exception>
    public static IReadOnlyList<CertificateContent> Parse(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.Latin1.GetString(bytes);
        var blocks = new List<CertificateContent>();
        for (var at = text.IndexOf(Begin, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Begin, at, StringComparison.Ordinal))
        {
            var label = LabelAt(text, at + Begin.Length);
            var start = at + Begin.Length + label.Length + Dashes.Length;
            var ending = End + label + Dashes;
            var end = text.IndexOf(ending, start, StringComparison.Ordinal);
            if (end < 0)
                throw new FormatException($"its block '{label}' has no end");
            blocks.Add(Block(label, text[start..end]));
            at = end + ending.Length;
        }
        return blocks;
    }

    private static string LabelAt(string text, int start)
    {
        var end = text.IndexOf(Dashes, start, StringComparison.Ordinal);
        var label = end < 0 ? "" : text[start..end];
        return label.Length is > 0 and < 64 && label.AsSpan().IndexOfAny('\r', '\n') < 0 ? label : throw new FormatException("it has a BEGIN line without its end");
    }

    private static CertificateContent Block(string label, string body)
    {
        var kind = CertificateContent.KindOf(label);
        var headers = body.LastIndexOf(':') is var colon && colon < 0 ? 0 : AfterHeaders(body, colon);
        if (body.AsSpan(0, headers).Contains("ENCRYPTED", StringComparison.Ordinal))
            return new CertificateContent(CertificateContentKind.OldEncryptedPrivateKey, label, default);
        var digits = string.Concat(body.Skip(headers).Where(c => !char.IsWhiteSpace(c)));
        var data = new byte[digits.Length];
        return Convert.TryFromBase64String(digits, data, out var length)
            ? new CertificateContent(kind, label, data.AsMemory(0, length))
            : throw new FormatException($"its block '{label}' is damaged");
    }

    /// <summary>Headers such as Proc-Type end with an empty line (RFC 1421 §4.4).</summary>
    private static int AfterHeaders(string body, int lastColon)
    {
        var end = body.IndexOf('\n', lastColon);
        return end < 0 ? body.Length : end + 1;
    }
}
