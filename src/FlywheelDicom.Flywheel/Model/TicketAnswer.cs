namespace FlywheelDicom.Flywheel;

internal sealed record TicketAnswer(string? Ticket, IReadOnlyDictionary<string, string>? Urls, IReadOnlyDictionary<string, string>? Headers);
