namespace FlywheelDicom.Network.Wire;

/// <summary>Which roles the requestor takes for a class (PS3.7 §D.3.3.4).</summary>
internal readonly record struct RoleSelection(string SopClassUid, bool IsScu, bool IsScp);
