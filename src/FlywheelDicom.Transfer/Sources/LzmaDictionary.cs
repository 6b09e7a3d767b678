namespace FlywheelDicom.Transfer.Sources;

/// <summary>The dictionary of LZMA. The archive states its size, and it is allocated before the first byte is unpacked.</summary>
internal static class LzmaDictionary
{
    /// <summary>Four times the dictionary of the strongest usual setting.</summary>
    public const long MaxSize = 256 << 20;

    /// <exception cref="InvalidDataException">It is too large.</exception>
    public static void Check(long size)
    {
        if (size > MaxSize)
            throw new InvalidDataException($"It asks for a dictionary of more than {MaxSize >> 20} MiB.");
    }
}
