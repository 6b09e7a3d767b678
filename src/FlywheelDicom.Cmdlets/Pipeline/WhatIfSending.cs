using System.Globalization;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Cmdlets;

/// <summary>Counts what Send-DicomStore would send, and what it would not.</summary>
/// <param name="destination">Where to.</param>
/// <param name="accepted">What the journal says is there already.</param>
internal sealed class WhatIfSending(DicomDestination destination, AcceptedInstances accepted)
{
    private long _instances;
    private long _bytes;
    private long _problems;
    private long _skipped;

    /// <summary>Whether it would be sent. One that cannot be read to compare it with the journal would be tried.</summary>
    public bool WouldSend(DicomFile file)
    {
        if (file.ProblemDetail is not null)
            _problems++;
        else if (IsAccepted(file))
            _skipped++;
        else
        {
            _instances++;
            _bytes += file.Length;
            return true;
        }
        return false;
    }

    /// <summary>One line about all.</summary>
    public string Summary(WhatIfRun? run)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{_instances} {(_instances == 1 ? "instance" : "instances")} ({WhatIfRun.Size(_bytes)}) would be sent to {destination}.");
        if (run is { Files: > 0 })
            text = $"What is in {run.Fetched} of Flywheel would be sent to {destination}; nothing was fetched to look." + (_instances + _problems + _skipped > 0 ? $" And {text}" : "");
        if (_problems > 0)
            text += string.Create(CultureInfo.InvariantCulture, $" {_problems} cannot be sent, for the reason in Problem.");
        if (_skipped > 0)
            text += string.Create(CultureInfo.InvariantCulture, $" {_skipped} would be skipped: the journal has them as stored there.");
        return text;
    }

    private bool IsAccepted(DicomFile file)
    {
        try
        {
            return accepted.DigestOf(file) is not null;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
