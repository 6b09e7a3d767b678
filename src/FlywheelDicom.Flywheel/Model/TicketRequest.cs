using System.Text.Json;

namespace FlywheelDicom.Flywheel;

internal sealed record TicketRequest(JsonElement Metadata, IReadOnlyList<string> Filenames);
