#requires -Version 7.4
<#
.SYNOPSIS
Runs the unit tests and the module's tests, and ends with one line that counts them all.
#>
[CmdletBinding()]
param(
    # A skipped test fails the run: for machines on which every peer is installed.
    [switch] $NoSkip,

    # Says which lines the unit tests reach, by folder.
    [switch] $Coverage,

    # Module tests alone, and of these only these files; several are separated by commas.
    [string[]] $PesterPath
)

# Tests read properties of what may be one object or many.
Set-StrictMode -Off
$ErrorActionPreference = 'Stop'
$results = Join-Path $PSScriptRoot '../output/test-results'
Remove-Item $results -Recurse -Force -ErrorAction Ignore

$PSNativeCommandUseErrorActionPreference = $false
$null = New-Item $results -ItemType Directory -Force
$started = Get-Date
$null = Start-Transcript (Join-Path $results transcript.txt)
$passed = $failed = $skipped = 0
if (-not $PesterPath) {
    $collect = $Coverage ? @('--collect', 'XPlat Code Coverage') : @()
    dotnet test (Join-Path $PSScriptRoot 'Unit') --no-build --nologo --logger 'trx;LogFileName=unit.trx' --results-directory $results @collect | Out-Host
    $counters = ([xml](Get-Content (Join-Path $results 'unit.trx'))).TestRun.ResultSummary.Counters
    $passed = [int]$counters.passed
    $failed = [int]$counters.total - [int]$counters.passed - [int]$counters.notExecuted
    $skipped = [int]$counters.notExecuted
    if ($Coverage) { & (Join-Path $PSScriptRoot 'Show-Coverage.ps1') -ResultsPath $results | Out-Host }
}

dotnet restore (Join-Path $PSScriptRoot 'Pester/Packages.csproj') --nologo -v quiet | Out-Host
$packages = ((dotnet nuget locals global-packages --list) -replace '^[^:]*:\s*').Trim()
$version = ([xml](Get-Content (Join-Path $PSScriptRoot 'Pester/Packages.csproj'))).SelectSingleNode('//PackageDownload').Version.Trim('[', ']')
Import-Module (Join-Path $packages "pester/$version/tools/Pester.psd1")
$configuration = New-PesterConfiguration
$configuration.Run.Path = $PesterPath ? @($PesterPath -split ',') : (Join-Path $PSScriptRoot 'Pester')
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$pester = Invoke-Pester -Configuration $configuration
$Error | Format-List * -Force | Out-String -Width 500 | Set-Content (Join-Path $results errors.txt)
$null = Stop-Transcript

# The whole run is searched for what must appear nowhere: the API key, a password, the patient's name of the synthetic images.
$places = @(Get-ChildItem $results -File) + @(Get-ChildItem ([IO.Path]::GetTempPath()) -Filter 'fwdicom*' -Recurse -File -Force -ErrorAction Ignore | Where-Object LastWriteTime -GE $started)
$leaks = @(foreach ($place in $places) {
    try { $place | Select-String -Pattern 's3cr3t-of-the-double', 's3same', 'SYNTHETIC^SUBJECT' -SimpleMatch -List }
    # A file of another run that ended meanwhile.
    catch { if ($place.FullName | Test-Path) { throw } }
})
$leaks | ForEach-Object { Write-Output "leak: '$($_.Pattern)' in $($_.Path), line $($_.LineNumber)" }
Write-Output "Searched $($places.Count) files of output, errors and temporary folders for the key, a password and the patient's name: $($leaks.Count) hold one."

$pester.Skipped | ForEach-Object { Write-Output "skipped: $($_.ExpandedPath) (what it needs is not installed here)" }

$passed += $pester.PassedCount
$failed += $leaks.Count + $pester.FailedCount + $pester.FailedBlocksCount + $pester.FailedContainersCount
$skipped += $pester.SkippedCount + $pester.NotRunCount
Write-Output "$passed passed, $failed failed, $skipped skipped"
if ($failed -gt 0 -or $passed -eq 0) { throw "$failed tests failed." }
if ($NoSkip -and $skipped -gt 0) { throw "$skipped tests were skipped, though none may be." }
