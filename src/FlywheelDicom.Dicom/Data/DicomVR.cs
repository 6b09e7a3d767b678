using System.Buffers.Binary;

namespace FlywheelDicom;

/// <summary>A value representation (PS3.5 §6.2): how a value is laid out, padded and read.</summary>
public readonly record struct DicomVR
{
    private readonly byte _first;
    private readonly byte _second;

    private DicomVR(byte first, byte second) => (_first, _second) = (first, second);

    internal static readonly DicomVR AE = Parse("AE"), AS = Parse("AS"), AT = Parse("AT"), CS = Parse("CS"), DA = Parse("DA"), DS = Parse("DS"),
        DT = Parse("DT"), FD = Parse("FD"), FL = Parse("FL"), IS = Parse("IS"), LO = Parse("LO"), LT = Parse("LT"), OB = Parse("OB"), OD = Parse("OD"),
        OF = Parse("OF"), OL = Parse("OL"), OV = Parse("OV"), OW = Parse("OW"), PN = Parse("PN"), SH = Parse("SH"), SL = Parse("SL"), SQ = Parse("SQ"),
        SS = Parse("SS"), ST = Parse("ST"), SV = Parse("SV"), TM = Parse("TM"), UC = Parse("UC"), UI = Parse("UI"), UL = Parse("UL"), UN = Parse("UN"),
        UR = Parse("UR"), US = Parse("US"), UT = Parse("UT"), UV = Parse("UV");

    /// <summary>Two letters as they are in a file. Unknown ones are kept: new VRs have the long form (PS3.5 §7.1.2).</summary>
    public static DicomVR FromBytes(byte first, byte second) => new(first, second);

    /// <summary>A VR from its two letters.</summary>
    public static DicomVR Parse(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        return code.Length == 2 ? new((byte)code[0], (byte)code[1]) : throw new FormatException($"'{code}' is not a value representation.");
    }

    /// <summary>The two letters.</summary>
    public string Code => $"{(char)_first}{(char)_second}";

    internal ushort Packed => (ushort)(_first << 8 | _second);

    internal static DicomVR FromPacked(ushort packed) => new((byte)(packed >> 8), (byte)packed);

    /// <summary>Two capital letters. They show that the header is explicit, also if the VR is unknown here.</summary>
    internal static bool LooksLikeVR(byte first, byte second)
        => first is >= (byte)'A' and <= (byte)'Z' && second is >= (byte)'A' and <= (byte)'Z';

    /// <summary>One of the VRs of PS3.5 §6.2.</summary>
    public bool IsKnown => Kind != VRKind.Unknown;

    /// <summary>Whether the explicit header has a 32-bit length (PS3.5 §7.1.2): future VRs have, two bytes that are no VR have not.</summary>
    public bool IsLongForm => Kind is VRKind.Binary or VRKind.LongText or VRKind.Sequence or VRKind.LongNumber || (Kind == VRKind.Unknown && LooksLikeVR(_first, _second));

    /// <summary>Bytes of each number in the value. Their order differs between little and big endian.</summary>
    public int UnitSize => (_first, _second) switch
    {
        ((byte)'A', (byte)'T') or ((byte)'U', (byte)'S') or ((byte)'S', (byte)'S') or ((byte)'O', (byte)'W') => 2,
        ((byte)'U', (byte)'L') or ((byte)'S', (byte)'L') or ((byte)'F', (byte)'L') or ((byte)'O', (byte)'F') or ((byte)'O', (byte)'L') => 4,
        ((byte)'F', (byte)'D') or ((byte)'O', (byte)'D') or ((byte)'O', (byte)'V') or ((byte)'S', (byte)'V') or ((byte)'U', (byte)'V') => 8,
        _ => 1,
    };

    /// <summary>Text, whatever its character set.</summary>
    public bool IsText => Kind is VRKind.Text or VRKind.LongText;

    /// <summary>Numbers or tags: <see cref="UnitSize"/> bytes for each number.</summary>
    internal bool IsNumber => Kind is VRKind.Number or VRKind.LongNumber;

    /// <summary>Text that (0008,0005) governs (PS3.5 §6.1.2.3).</summary>
    public bool IsEncodedText => Packed is 0x4C4F or 0x5348 or 0x504E or 0x4C54 or 0x5354 or 0x5543 or 0x5554;           // LO SH PN LT ST UC UT

    /// <summary>Text in which a backslash is a character and not a separator.</summary>
    public bool IsSingleText => Packed is 0x4C54 or 0x5354 or 0x5554 or 0x5552;                                         // LT ST UT UR

    internal byte Padding => IsText && this != UI ? (byte)' ' : (byte)0;

    private VRKind Kind => Packed switch
    {
        0x4145 or 0x4153 or 0x4353 or 0x4441 or 0x4453 or 0x4454 or 0x4953 or 0x4C4F or 0x4C54 or 0x504E
            or 0x5348 or 0x5354 or 0x544D or 0x5549 => VRKind.Text,                                   // AE AS CS DA DS DT IS LO LT PN SH ST TM UI
        0x5543 or 0x5552 or 0x5554 => VRKind.LongText,                                                // UC UR UT
        0x4154 or 0x4644 or 0x464C or 0x534C or 0x5353 or 0x554C or 0x5553 => VRKind.Number,          // AT FD FL SL SS UL US
        0x5356 or 0x5556 => VRKind.LongNumber,                                                        // SV UV
        0x4F42 or 0x4F44 or 0x4F46 or 0x4F4C or 0x4F56 or 0x4F57 or 0x554E => VRKind.Binary,          // OB OD OF OL OV OW UN
        0x5351 => VRKind.Sequence,
        _ => VRKind.Unknown,
    };

    internal void Write(Span<byte> target) => BinaryPrimitives.WriteUInt16BigEndian(target, Packed);

    /// <summary>The two letters.</summary>
    public override string ToString() => Code;

    private enum VRKind { Unknown, Text, LongText, Number, LongNumber, Binary, Sequence }
}
