#requires -Version 7.4
<#
.SYNOPSIS
One whole job in a process of its own, file to report; the last line is its peak memory in MB. Without a path it only imports the module.
#>
param([Parameter(Mandatory)] [string] $Module, [string] $Path, [int] $Port, [string] $ReportPath)
$ErrorActionPreference = 'Stop'
Import-Module $Module
if ($Path) {
    $report = Get-DicomFile $Path | Add-FwSendTag | Send-DicomStore 127.0.0.1 -Port $Port | Export-FwSendReport -Path $ReportPath
    if (-not $report.IsComplete) { throw 'Not all was sent.' }
} else {
    # What importing alone does not load: the cmdlets' own binding.
    $null = Get-Command Send-DicomStore
}
[math]::Round([Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64 / 1MB, 1)
