namespace FlywheelDicom.Network.Wire;

/// <summary>The command field (PS3.7 §E.1).</summary>
internal enum CommandField : ushort
{
    StoreRequest = 0x0001,
    FindRequest = 0x0020,
    EchoRequest = 0x0030,
    EventReportRequest = 0x0100,
    ActionRequest = 0x0130,
    CancelRequest = 0x0FFF,
    StoreResponse = 0x8001,
    FindResponse = 0x8020,
    EchoResponse = 0x8030,
    EventReportResponse = 0x8100,
    ActionResponse = 0x8130,
}
