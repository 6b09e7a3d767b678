using System.Text;

namespace FlywheelDicom;

/// <summary>
/// The character sets that (0008,0005) names (PS3.3 §C.12.1.1.2), with the code extensions of ISO 2022 (PS3.5 §6.1.2.5).
/// Bytes that a set does not define become U+FFFD, so that the rest of a name stays readable.
/// </summary>
internal sealed class DicomCharacterSet
{
    private const byte Escape = 0x1B;

    /// <summary>ISO 646: for data sets without (0008,0005). Other bytes are read as Latin-1, as most readers do.</summary>
    public static readonly DicomCharacterSet Default = new([]);

    private readonly string[] _terms;
    private readonly Encoding _initial;

    private DicomCharacterSet(string[] terms)
    {
        _terms = terms;
        _initial = terms.Length == 0 ? Encoding.Latin1 : Initial(terms[0]);
    }

    /// <summary>Whether ISO 2022 escapes may switch sets inside a value.</summary>
    private bool HasExtensions => _terms.Length > 1 || (_terms.Length == 1 && _terms[0].StartsWith("ISO 2022", StringComparison.Ordinal));

    /// <summary>From the text of (0008,0005), its values separated by backslashes.</summary>
    public static DicomCharacterSet Parse(string? specificCharacterSet)
    {
        var terms = (specificCharacterSet ?? "").Split('\\').Select(t => t.Trim(' ', '\0')).ToArray();
        return terms is [""] ? Default : new DicomCharacterSet(terms);
    }

    /// <summary>Reads text. The padding at the end stays.</summary>
    public string Decode(ReadOnlySpan<byte> bytes)
    {
        if (!HasExtensions || bytes.IndexOf(Escape) < 0)
            return Decode(_initial, bytes);
        var text = new StringBuilder(bytes.Length);
        var current = _initial;
        while (!bytes.IsEmpty)
        {
            if (bytes[0] == Escape)
            {
                current = Switch(ref bytes, current);
                continue;
            }
            var length = RunLength(bytes, current, out var resets);
            text.Append(Decode(current, bytes[..length]));
            bytes = bytes[length..];
            if (resets)
                current = _initial;
        }
        return text.ToString();
    }

    /// <summary>Writes text. False if the first set of the data set lacks one of its characters.</summary>
    public bool TryEncode(string text, out byte[] bytes)
    {
        // ASCII is the same in all sets, and the tables of the others are slow to load.
        if (Ascii.IsValid(text))
        {
            bytes = Encoding.ASCII.GetBytes(text);
            return true;
        }
        var strict = Encoding.GetEncoding(
            _terms.Length == 0 ? Encoding.ASCII.CodePage : _initial.CodePage, EncoderFallback.ExceptionFallback, DecoderFallback.ReplacementFallback);
        try
        {
            bytes = strict.GetBytes(text);
            // ISO_IR 13 has half-width letters only. Its code page here has more, which take two bytes.
            return _initial.CodePage != 932 || bytes.Length == text.Length;
        }
        catch (EncoderFallbackException)
        {
            bytes = [];
            return false;
        }
    }

    /// <summary>A run ends before the next escape, or after a delimiter. After a delimiter the first set is used again.</summary>
    private static int RunLength(ReadOnlySpan<byte> bytes, Encoding current, out bool resets)
    {
        resets = false;
        var step = current is SevenBitEncoding ? 2 : 1;
        for (var i = 0; i < bytes.Length; i += step)
        {
            if (bytes[i] == Escape)
                return i;
            if (bytes[i] is (byte)'\r' or (byte)'\n' or (byte)'\f' or (byte)'\t'
                || (step == 1 && bytes[i] is (byte)'^' or (byte)'=' or (byte)'\\'))
            {
                resets = true;
                return i + 1;
            }
        }
        return bytes.Length;
    }

    private static Encoding Switch(ref ReadOnlySpan<byte> bytes, Encoding current)
    {
        if (bytes.Length >= 4 && Designation((char)bytes[1], (char)bytes[2], (char)bytes[3]) is { } wide)
        {
            bytes = bytes[4..];
            return wide;
        }
        if (bytes.Length >= 3 && Designation((char)bytes[1], (char)bytes[2], '\0') is { } narrow)
        {
            bytes = bytes[3..];
            return narrow;
        }
        bytes = bytes[1..];
        return current;
    }

    /// <summary>The escape sequences of PS3.3 tables C.12-3 and C.12-4. A set in G1 also reads the ASCII in G0.</summary>
    private static Encoding? Designation(char first, char second, char third) => (first, second, third) switch
    {
        ('(', 'B', '\0') => Encoding.Latin1,
        ('-', 'A', '\0') => Encoding.Latin1,
        ('-', 'B', '\0') => Of(28592),
        ('-', 'C', '\0') => Of(28593),
        ('-', 'D', '\0') => Of(28594),
        ('-', 'L', '\0') => Of(28595),
        ('-', 'G', '\0') => Of(28596),
        ('-', 'F', '\0') => Of(28597),
        ('-', 'H', '\0') => Of(28598),
        ('-', 'M', '\0') => Of(28599),
        ('-', 'b', '\0') => Of(28605),
        ('-', 'T', '\0') => Of(874),
        ('(', 'J', '\0') or (')', 'I', '\0') => Of(932),
        ('$', 'B', '\0') => new SevenBitEncoding("\u001b$B"),
        ('$', '(', 'D') => new SevenBitEncoding("\u001b$(D"),
        ('$', ')', 'C') => Of(51949),
        ('$', ')', 'A') => Of(936),
        _ => null,
    };

    private static Encoding Initial(string term) => term.Replace("ISO 2022 IR ", "ISO_IR ", StringComparison.Ordinal) switch
    {
        "" or "ISO_IR 6" or "ISO_IR 100" => Encoding.Latin1,
        "ISO_IR 101" => Of(28592),
        "ISO_IR 109" => Of(28593),
        "ISO_IR 110" => Of(28594),
        "ISO_IR 144" => Of(28595),
        "ISO_IR 127" => Of(28596),
        "ISO_IR 126" => Of(28597),
        "ISO_IR 138" => Of(28598),
        "ISO_IR 148" => Of(28599),
        "ISO_IR 203" => Of(28605),
        "ISO_IR 166" => Of(874),
        "ISO_IR 13" => Of(932),
        "ISO_IR 149" => Of(51949),
        "ISO_IR 58" or "GBK" => Of(936),
        "GB18030" => Of(54936),
        "ISO_IR 192" => new UTF8Encoding(false),
        _ => Encoding.Latin1,
    };

    private static Encoding Of(int codePage)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return Encoding.GetEncoding(codePage);
    }

    private static string Decode(Encoding encoding, ReadOnlySpan<byte> bytes)
    {
        if (encoding is SevenBitEncoding japanese)
            return japanese.Read(bytes);
        return encoding.GetString(bytes);
    }

    /// <summary>JIS X 0208 or 0212 in G0: two 7-bit bytes for each character, as in ISO-2022-JP.</summary>
    private sealed class SevenBitEncoding(string designation) : Encoding
    {
        public string Read(ReadOnlySpan<byte> bytes)
        {
            var japanese = designation.Length == 3 ? Of(50220) : null;
            if (japanese is null)
                return ReadSupplementary(bytes);
            var escaped = new byte[designation.Length + bytes.Length];
            Latin1.GetBytes(designation, escaped);
            bytes.CopyTo(escaped.AsSpan(designation.Length));
            return japanese.GetString(escaped);
        }

        // JIS X 0212 is found in code page 20932 only: there the top bit of the first byte is set, that of the second is not.
        private static string ReadSupplementary(ReadOnlySpan<byte> bytes)
        {
            var moved = bytes.ToArray();
            for (var i = 0; i < moved.Length; i += 2)
                moved[i] |= 0x80;
            return Of(20932).GetString(moved);
        }

        public override int GetByteCount(char[] chars, int index, int count) => throw new NotSupportedException();
        public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => throw new NotSupportedException();
        public override int GetCharCount(byte[] bytes, int index, int count) => Read(bytes.AsSpan(index, count)).Length;
        public override int GetMaxByteCount(int charCount) => charCount * 2;
        public override int GetMaxCharCount(int byteCount) => byteCount;

        public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
        {
            var text = Read(bytes.AsSpan(byteIndex, byteCount));
            text.CopyTo(0, chars, charIndex, text.Length);
            return text.Length;
        }
    }
}
