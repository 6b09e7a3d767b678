using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>What there is to know of an error id.</summary>
/// <param name="Id">Stable: scripts go by it.</param>
/// <param name="Category">As PowerShell sorts errors.</param>
/// <param name="Action">What to try, in one sentence.</param>
internal sealed record DicomErrorKind(string Id, ErrorCategory Category, string Action);
