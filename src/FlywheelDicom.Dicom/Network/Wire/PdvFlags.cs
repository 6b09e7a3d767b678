namespace FlywheelDicom.Network.Wire;

/// <summary>The message control header of a PDV (PS3.8 Annex E.2).</summary>
[Flags]
internal enum PdvFlags : byte
{
    None = 0,
    Command = 1,
    Last = 2,
}
