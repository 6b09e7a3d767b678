using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>The error of a name that no destination has: it tells those that there are.</summary>
internal static class DestinationNotFound
{
    private const int MaxNames = 10;

    public static ErrorRecord Record(string name, IReadOnlyCollection<DicomDestination> registered)
    {
        var names = registered.Select(d => d.Name).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var known = names.Count == 0 ? "None is registered yet: Register-DicomDestination does that."
            : $"Registered are: {string.Join(", ", names.Take(MaxNames))}{(names.Count > MaxNames ? ", ..." : "")}.";
        return DicomErrors.Record(new ItemNotFoundException($"No destination is registered by the name '{name}'. {known}"), "DicomDestinationNotFound", name);
    }
}
