#requires -Version 7.4
<#
.SYNOPSIS
Writes the list of error ids into docs/troubleshooting.md, from the page in the sources.
#>
[CmdletBinding()]
param([string] $Path = (Join-Path $PSScriptRoot '../docs/troubleshooting.md'))

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$words = @{
    InvalidData = 'the data'; ReadError = 'reading'; WriteError = 'writing'; OpenError = 'opening'; ObjectNotFound = 'not there'; NotImplemented = 'not supported'
    ConnectionError = 'the connection'; OperationTimeout = 'no answer in time'; ProtocolError = 'what the other side said'; InvalidResult = 'what the other side answered'
    SecurityError = 'trust'; AuthenticationError = 'who you are'; PermissionDenied = 'a permission'; ResourceUnavailable = 'not to be had now'; ResourceBusy = 'in use'
    ResourceExists = 'there already'; InvalidArgument = 'how it was called'; InvalidOperation = 'not possible so'; InvalidType = 'what was piped in'; LimitsExceeded = 'no room'
    OperationStopped = 'it was stopped'
}
$lines = @()
foreach ($line in Get-Content (Join-Path $PSScriptRoot '../src/FlywheelDicom.Cmdlets/Errors/DicomErrors.cs')) {
    if ($line -match '^    \}\.ToFrozen') { break }
    if ($line -match '^        // (.+?)\.?$') { $lines += "", "### $($Matches[1])", '', '| id | about | try |', '|---|---|---|' }
    elseif ($line -match '^        new\("(\w+)", (\w+), "((?:[^"\\]|\\.)*)"\)') { $lines += "| ``$($Matches[1])`` | $($words[$Matches[2]] ?? $Matches[2]) | $($Matches[3].Replace('|', '\|')) |" }
}
$page = Get-Content $Path -Raw
$mark = "<!-- ids: eng/Update-ErrorTable.ps1 -->"
if (-not $page.Contains($mark)) { throw "'$Path' has no mark where the list goes." }
Set-Content $Path ($page.Substring(0, $page.IndexOf($mark) + $mark.Length) + "`n" + ($lines -join "`n") + "`n") -NoNewline
