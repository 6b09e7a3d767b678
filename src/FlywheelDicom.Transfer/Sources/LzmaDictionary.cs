namespace FlywheelDicom.Transfer.Sources;

/// <summary>What LZMA asks for as its dictionary, which is taken from memory before a byte is unpacked.</summary>
internal static class LzmaDictionary
{
    /// <summary>Four times what the strongest usual setting asks for.</summary>
    public const long MaxSize = 256 << 20;

    /// <exception cref="InvalidDataException">It is more than is sane.</exception>
    public static void Check(long size)
    {
        if (size > MaxSize)
            throw new InvalidDataException($"It asks for a dictionary of more than {MaxSize >> 20} MiB.");
    }
}
