#requires -Version 7.4
<#
.SYNOPSIS
Feeds damaged files, archives, answers, requests and reports to what reads them, a fifth of the count each.
.DESCRIPTION
The real files of a data folder beside the clone are among what is damaged, where there is one. The same seed gives the same cases.
#>
[CmdletBinding()]
param(
    [ValidateRange(5, 100000000)] [int] $Count = 1000000,
    [int] $Seed = 20260131
)
Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$env:FLYWHEELDICOM_FUZZ_CASES = [math]::Ceiling($Count / 5)
$env:FLYWHEELDICOM_FUZZ_SEED = $Seed
try {
    dotnet test (Join-Path $PSScriptRoot '../tests/Unit') -c Release --no-build --nologo --filter FullyQualifiedName~FuzzTests --logger 'console;verbosity=detailed' |
        Where-Object { $_ -match 'cases of seed|Passed:|Failed|Case ' }
    if ($LASTEXITCODE) { throw 'A case failed.' }
} finally {
    Remove-Item Env:FLYWHEELDICOM_FUZZ_CASES, Env:FLYWHEELDICOM_FUZZ_SEED
}
