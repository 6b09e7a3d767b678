using System.Globalization;
using System.Management.Automation;
using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// Results that were saved and loaded, or came back from a job or another machine, and lines of a journal. They say what they said
/// before, and no more: a run that is not known to have come to its end did not.
/// </summary>
internal static class LoadedResult
{
    /// <summary>The result; null for what is none.</summary>
    public static DicomSendResult? Of(object input)
    {
        if ((input as PSObject)?.BaseObject as DicomSendJournalEntry is { } wrapped)
            return OfJournal(PSObject.AsPSObject(wrapped));
        if (input is DicomSendJournalEntry entry)
            return OfJournal(PSObject.AsPSObject(entry));
        if (input is not PSObject loaded)
            return null;
        return loaded.TypeNames.FirstOrDefault() switch
        {
            "Deserialized.FlywheelDicom.DicomSendResult" => OfResult(loaded),
            "Deserialized.FlywheelDicom.DicomSendJournalEntry" => OfJournal(loaded),
            _ => null,
        };
    }

    private static DicomSendResult? OfResult(PSObject loaded)
    {
        if (Text(loaded, nameof(DicomSendResult.Name)) is not { } name || Named<DicomSendStatus>(loaded, nameof(DicomSendResult.Status)) is not { } status
            || DestinationOf(loaded) is not { } destination)
            return null;
        return new DicomSendResult
        {
            Name = PlainText.Clean(name), Origin = OriginOf(loaded, name), Status = status, Destination = destination,
            SopClassUid = Text(loaded, nameof(DicomSendResult.SopClassUid)), SopInstanceUid = Text(loaded, nameof(DicomSendResult.SopInstanceUid)),
            StudyInstanceUid = Text(loaded, nameof(DicomSendResult.StudyInstanceUid)), SeriesInstanceUid = Text(loaded, nameof(DicomSendResult.SeriesInstanceUid)),
            Confirmation = Named<DicomConfirmation>(loaded, nameof(DicomSendResult.Confirmation)), DicomStatus = StatusCodeOf(loaded),
            TransferSyntaxUid = Text(loaded, nameof(DicomSendResult.TransferSyntaxUid)), Attempts = (int)(Number(loaded, nameof(DicomSendResult.Attempts)) ?? 0),
            Bytes = Number(loaded, nameof(DicomSendResult.Bytes)) ?? 0, Duration = Value(loaded, nameof(DicomSendResult.Duration)) is TimeSpan duration ? duration : TimeSpan.Zero,
            Reason = Text(loaded, nameof(DicomSendResult.Reason)), ErrorComment = Text(loaded, nameof(DicomSendResult.ErrorComment)),
            SameUidAs = Text(loaded, nameof(DicomSendResult.SameUidAs)), HasOtherContent = Value(loaded, nameof(DicomSendResult.HasOtherContent)) as bool?,
            ErrorId = Text(loaded, nameof(DicomSendResult.ErrorId)), Edited = Text(loaded, nameof(DicomSendResult.Edited)), Run = IsAtEnd(loaded) ? DicomSendRun.Ended : DicomSendRun.NotKnown,
        };
    }

    private static DicomSendResult? OfJournal(PSObject line)
    {
        if (Text(line, nameof(DicomSendJournalEntry.SopInstanceUid)) is not { Length: > 0 } uid || Named<DicomSendStatus>(line, nameof(DicomSendJournalEntry.Status)) is not { } status
            || Text(line, nameof(DicomSendJournalEntry.Destination)) is not { } name || Place(name, "@") is not { } destination)
            return null;
        var code = Number(line, nameof(DicomSendJournalEntry.DicomStatus)) is { } number and >= 0 and <= ushort.MaxValue ? new DicomStatus((ushort)number) : (DicomStatus?)null;
        return new DicomSendResult
        {
            Name = PlainText.Clean(uid), Origin = new DicomOrigin { FileName = $"journal of {name}" }, Status = status, Destination = destination,
            SopClassUid = Text(line, nameof(DicomSendJournalEntry.SopClassUid)), SopInstanceUid = uid, DicomStatus = code,
            Bytes = Number(line, nameof(DicomSendJournalEntry.Bytes)) ?? 0, Run = DicomSendRun.NotKnown, IsOfJournal = true,
            Reason = status == DicomSendStatus.Failed ? $"The journal has it as failed{(code is { } c ? $": {c}" : ".")}" : null,
            ErrorId = status == DicomSendStatus.Failed ? "DicomStoreFailed" : null,
        };
    }

    private static DicomOrigin OriginOf(PSObject loaded, string name)
    {
        var value = Value(loaded, nameof(DicomSendResult.Origin));
        if (value is not PSObject origin || Text(origin, nameof(DicomOrigin.FileName)) is not { } fileName)
            return new DicomOrigin { FileName = value?.ToString() is { Length: > 0 } text ? text : name };
        return new DicomOrigin
        {
            FileName = fileName, GivenPath = Text(origin, nameof(DicomOrigin.GivenPath)), LocalPath = Text(origin, nameof(DicomOrigin.LocalPath)),
            FlywheelPath = Text(origin, nameof(DicomOrigin.FlywheelPath)), GroupId = Text(origin, nameof(DicomOrigin.GroupId)),
            ProjectId = Text(origin, nameof(DicomOrigin.ProjectId)), ProjectLabel = Text(origin, nameof(DicomOrigin.ProjectLabel)),
            SubjectId = Text(origin, nameof(DicomOrigin.SubjectId)), SubjectLabel = Text(origin, nameof(DicomOrigin.SubjectLabel)),
            SessionId = Text(origin, nameof(DicomOrigin.SessionId)), SessionLabel = Text(origin, nameof(DicomOrigin.SessionLabel)),
            AcquisitionId = Text(origin, nameof(DicomOrigin.AcquisitionId)), AcquisitionLabel = Text(origin, nameof(DicomOrigin.AcquisitionLabel)),
            Scope = ScopeOf(origin),
        };
    }

    private static DicomOriginScope? ScopeOf(PSObject origin)
        => Value(origin, nameof(DicomOrigin.Scope)) is PSObject scope && Text(scope, nameof(DicomOriginScope.Kind)) is { } kind
            && Enum.TryParse<FlywheelContainerKind>(kind, ignoreCase: true, out _) && Text(scope, nameof(DicomOriginScope.Id)) is { } id
            ? new DicomOriginScope(kind, id, Text(scope, nameof(DicomOriginScope.Label)) ?? id) : null;

    /// <summary>
    /// Host, port and AE titles. Of TLS it keeps the profile and the name to be expected; certificates have to be given again, and that
    /// none was checked then is no reason to check none now.
    /// </summary>
    private static DicomDestination? DestinationOf(PSObject loaded)
    {
        var value = Value(loaded, nameof(DicomSendResult.Destination));
        if (value is not PSObject place || Text(place, nameof(DicomDestination.Host)) is not { } host)
            return value is null ? null : Place(value.ToString() ?? "", " at ");
        var tls = Value(place, nameof(DicomDestination.Tls));
        return Checked(host, Number(place, nameof(DicomDestination.Port)), Text(place, nameof(DicomDestination.CalledAE)),
            Text(place, nameof(DicomDestination.CallingAE)), tls is null ? null : new DicomTls
            {
                Profile = tls is PSObject known ? Named<DicomTlsProfile>(known, nameof(DicomTls.Profile)) ?? DicomTlsProfile.BCP195 : DicomTlsProfile.BCP195,
                ServerName = tls is PSObject named ? Text(named, nameof(DicomTls.ServerName)) : null,
            });
    }

    /// <summary>Called AE title, separator, host, colon, port.</summary>
    private static DicomDestination? Place(string text, string separator)
    {
        var at = text.LastIndexOf(separator, StringComparison.Ordinal);
        var colon = text.LastIndexOf(':');
        return at > 0 && colon > at && int.TryParse(text.AsSpan(colon + 1), CultureInfo.InvariantCulture, out var port)
            ? Checked(text[(at + separator.Length)..colon], port, text[..at], null, null) : null;
    }

    private static DicomDestination? Checked(string host, long? port, string? calledAE, string? callingAE, DicomTls? tls)
    {
        try
        {
            return new DicomDestination
            {
                Host = host, Port = (int)(port ?? DicomDestination.DefaultPort), CalledAE = calledAE ?? DicomDestination.DefaultCalledAE,
                CallingAE = callingAE ?? DicomDestination.DefaultCallingAE, Tls = tls,
            };
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static DicomStatus? StatusCodeOf(PSObject loaded)
        => Value(loaded, nameof(DicomSendResult.DicomStatus)) is PSObject status && Number(status, nameof(DicomStatus.Code)) is { } code and >= 0 and <= ushort.MaxValue
            ? new DicomStatus((ushort)code) : null;

    private static bool IsAtEnd(PSObject loaded)
    {
        var run = Value(loaded, nameof(DicomSendResult.Run));
        return run is PSObject known && Value(known, nameof(DicomSendRun.IsAtEnd)) is bool isAtEnd ? isAtEnd : run?.ToString() == DicomSendRun.Ended.ToString();
    }

    /// <summary>A value of its own type, or what came of an object: properties, or a text.</summary>
    private static object? Value(PSObject from, string property)
        => from.Properties[property]?.Value is { } value ? value is PSObject { BaseObject: not PSCustomObject and { } simple } && simple is string or bool or TimeSpan ? ((PSObject)value).BaseObject : value : null;

    private static string? Text(PSObject from, string property) => from.Properties[property]?.Value?.ToString();

    private static long? Number(PSObject from, string property)
        => Value(from, property) is { } value && LanguagePrimitives.TryConvertTo<long>(value, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static T? Named<T>(PSObject from, string property) where T : struct, Enum
        => Enum.TryParse<T>(Text(from, property), out var value) && Enum.IsDefined(value) ? value : null;
}
