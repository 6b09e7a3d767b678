#requires -Version 7.4
<#
.SYNOPSIS
Changes the code of one folder a little at a time, and sees whether the unit tests notice. What no test notices is a test that is missing, or code that does nothing.
.DESCRIPTION
Stryker makes the changes, called mutants, and compiles all of them into one assembly, where each has a switch. eng/mutation/Runner then runs the tests in one process,
mutant after mutant. (Stryker itself starts a process for each: thousands of mutants take hours.)
#>
[CmdletBinding()]
param(
    # A folder of a project, as in Dicom/IO, Dicom/Network/Wire, Transfer/Sending.
    [Parameter(Mandatory)] [string] $Folder,
    [Parameter(Mandatory)] [string] $OutputPath,

    # A regular expression: of which test classes the full name matches. By default those of the folder of the same name.
    [string] $Filter
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
$root = Split-Path $PSScriptRoot
$project, $below = $Folder.Replace('\', '/').Split('/', 2)
$assembly = "FlywheelDicom.$project"
$source = Join-Path $root "src/$assembly"
if (-not $below -or -not (Test-Path (Join-Path $source $below))) { throw "There is no folder src/$assembly/$below." }
if (-not $Filter) { $Filter = "Unit\.$(($project -eq 'Dicom' ? $below : $Folder).Replace('/', '\.'))\." }
$report = Join-Path $OutputPath "mutation/$($Folder.Replace('/', '.'))"
$bin = Join-Path $report bin
Remove-Item $report -Recurse -Force -ErrorAction Ignore
$null = New-Item $report -ItemType Directory -Force

# The tool is heavy and seldom used, so the README's commands do not install it.
Push-Location (Join-Path $PSScriptRoot mutation)
try {
    dotnet tool restore | Out-Null
    # Stryker only makes the mutants here, so it gets one quick test that reaches few of them.
    $arguments = @(
        'stryker', '--config-file', 'stryker-config.yaml', '--project', "$assembly.csproj", '--test-project', (Join-Path $root 'tests/Unit/FlywheelDicom.Unit.csproj')
        '--mutate', (Join-Path $source "$below/**/*.cs"), '--output', $report, '--reporter', 'json', '--skip-version-check'
        '--test-case-filter', 'FullyQualifiedName~RowNamesTests.One_file'
    )
    $log = Join-Path $report 'stryker.log'
    $stryker = Start-Process dotnet -ArgumentList ($arguments | ForEach-Object { "`"$_`"" }) -RedirectStandardOutput $log -RedirectStandardError "$log.error" -PassThru
    # The changed assembly is in place only while its tests run.
    while (-not $stryker.HasExited -and -not (Test-Path $bin)) {
        Start-Sleep -Milliseconds 200
        if ((Test-Path $log) -and (Select-String 'Capture mutant coverage' $log -Quiet)) { Copy-Item (Join-Path $root 'tests/Unit/bin/Debug/net10.0') $bin -Recurse }
    }
    $stryker.WaitForExit()
    if ($stryker.ExitCode -ne 0) { throw "Stryker failed: see $log." }
} finally {
    Pop-Location
}

$runner = Join-Path $report runner
dotnet build (Join-Path $PSScriptRoot 'mutation/Runner') -c Release -o $runner --nologo -v quiet
$PSNativeCommandUseErrorActionPreference = $false
$results = Join-Path $report 'results.tsv'
# It ends where a mutant hangs or takes the process along, and goes on with the next one.
do {
    dotnet exec --runtimeconfig (Join-Path $bin 'FlywheelDicom.Unit.runtimeconfig.json') --depsfile (Join-Path $bin 'FlywheelDicom.Unit.deps.json') `
        (Join-Path $runner 'MutantRunner.dll') $bin $assembly $Filter (Join-Path $report 'reports/mutation-report.json') "$assembly/$below/" $results
} while ($LASTEXITCODE -ne 0 -and (Test-Path $results) -and ($LASTEXITCODE -eq 3 -or (Test-Path "$results.pending")))
if ($LASTEXITCODE -ne 0) { throw 'The mutants could not be run.' }
