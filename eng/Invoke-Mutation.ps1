#requires -Version 7.4
<#
.SYNOPSIS
Changes the code of one folder a little at a time, and sees whether the unit tests notice. What no test notices is a test that is missing, or code that does nothing.
#>
[CmdletBinding()]
param(
    # A folder of a project, as in Dicom/IO, Dicom/Network/Wire, Transfer/Sending.
    [Parameter(Mandatory)] [string] $Folder,
    [Parameter(Mandatory)] [string] $OutputPath,

    # Which unit tests are run; by default those of the folder of the same name.
    [string] $Filter
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
$root = Split-Path $PSScriptRoot
$project, $below = $Folder.Replace('\', '/').Split('/', 2)
$source = Join-Path $root "src/FlywheelDicom.$project"
if (-not $below -or -not (Test-Path (Join-Path $source $below))) { throw "There is no folder src/FlywheelDicom.$project/$below." }
$report = Join-Path $OutputPath "mutation/$($Folder.Replace('/', '.'))"

# The tool is heavy and seldom used, so the README's commands do not install it.
Push-Location (Join-Path $PSScriptRoot mutation)
try {
    dotnet tool restore | Out-Null
    $arguments = @(
        '--project', "FlywheelDicom.$project.csproj", '--test-project', (Join-Path $root 'tests/Unit/FlywheelDicom.Unit.csproj')
        '--mutate', (Join-Path $source "$below/**/*.cs"), '--output', $report
        '--reporter', 'json', '--reporter', 'html', '--reporter', 'cleartext', '--concurrency', '2', '--mutation-level', 'Standard'
        '--configuration', 'Debug', '--skip-version-check'
    )
    if ($Filter) { $arguments += '--test-case-filter', $Filter }
    dotnet stryker @arguments
} finally {
    Pop-Location
}
