namespace FlywheelDicom.Network.Scu;

/// <summary>What an instance needs of an association: its SOP class in its own transfer syntax.</summary>
internal readonly record struct StoreNeed(string SopClassUid, string TransferSyntaxUid);
