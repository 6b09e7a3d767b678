#requires -Version 7.4
<#
.SYNOPSIS
Builds, tests and shows FlywheelDicom.
.DESCRIPTION
Build    compiles and leaves the importable module as output/FlywheelDicom
Test     runs the unit tests, then the module's tests, with the peers that are installed
Demo     sends sample DICOM to the built-in receiver, and checks what arrived
Bench    measures sending side by side with the peers that are installed
Faults   runs the fault matrix, and writes its table into docs/reliability.md
Fuzz     feeds damaged files, archives and network traffic to what reads them
Soak     sends 200,000 instances through random faults, and watches memory and handles
Mutate   changes the code of one folder, and sees whether the unit tests notice
Pictures makes the guides' pictures: a report's page, and a terminal during a run
Package  makes a .nupkg that installs from a local repository
Clean    removes what the others made
.EXAMPLE
dotnet pwsh ./build.ps1 Test
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Demo', 'Bench', 'Faults', 'Fuzz', 'Soak', 'Mutate', 'Pictures', 'Package', 'Clean')]
    [string] $Task = 'Build',

    # Test: a peer that is not installed is a failure, not a skipped test.
    [switch] $NoSkip,

    # Test: says which lines the unit tests reach, by folder.
    [switch] $Coverage,

    # Mutate: a folder of a project, as in Dicom/IO or Transfer/Sending.
    [string] $Folder,

    # Mutate: which test classes are run, as a regular expression; by default those of the folder of the same name.
    [string] $Filter,

    # Fuzz: damaged inputs in all; Soak: instances.
    [ValidateRange(1, 100000000)]
    [int] $Count
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
$output = Join-Path $PSScriptRoot 'output'
$module = Join-Path $output 'FlywheelDicom'

function Invoke-Build {
    $published = Join-Path $output 'publish'
    dotnet publish (Join-Path $PSScriptRoot 'src/FlywheelDicom.Cmdlets') -c Release -o $published --nologo -v quiet
    Remove-Item $module -Recurse -Force -ErrorAction Ignore
    $null = New-Item (Join-Path $module 'lib') -ItemType Directory -Force
    $public = 'FlywheelDicom.Cmdlets.dll', 'FlywheelDicom.Dicom.dll'
    Get-ChildItem $published -Filter *.dll | ForEach-Object {
        Copy-Item $_ ($_.Name -in $public ? $module : (Join-Path $module 'lib'))
    }
    Copy-Item (Join-Path $PSScriptRoot 'module/*') $module -Recurse
    Copy-Item (Join-Path $PSScriptRoot 'LICENSE'), (Join-Path $PSScriptRoot 'THIRD-PARTY-NOTICES.md') $module
    $properties = Join-Path $PSScriptRoot 'Directory.Build.props'
    & (Join-Path $PSScriptRoot 'eng/Set-ManifestData.ps1') -ModulePath $module -PropertiesPath $properties -ChangelogPath (Join-Path $PSScriptRoot 'CHANGELOG.md')
    & (Join-Path $PSScriptRoot 'eng/New-ModuleHelp.ps1') -ModulePath $module -DocsPath (Join-Path $PSScriptRoot 'docs/cmdlets') -ProjectUri ([xml](Get-Content $properties -Raw)).Project.PropertyGroup.ModuleProjectUri
    Remove-Item $published -Recurse -Force
    "Built $module"
}

function Invoke-BuildSupport {
    dotnet build (Join-Path $PSScriptRoot 'tests/Support') -c Release -o (Join-Path $output 'support') --nologo -v quiet
}

function Invoke-BuildDouble {
    dotnet build (Join-Path $PSScriptRoot 'tests/FlywheelDouble') -c Release -o (Join-Path $output 'double') --nologo -v quiet
}

function Invoke-Test {
    Invoke-BuildSupport
    Invoke-BuildDouble
    dotnet build (Join-Path $PSScriptRoot 'tests/Unit') --nologo -v quiet
    & (Join-Path $PSScriptRoot 'tests/Invoke-Tests.ps1') -NoSkip:$NoSkip -Coverage:$Coverage
}

switch ($Task) {
    'Build' { Invoke-Build }
    'Test' { Invoke-Build; Invoke-Test }
    'Demo' { Invoke-Build; Invoke-BuildSupport; & (Join-Path $PSScriptRoot 'eng/Invoke-Demo.ps1') }
    'Bench' { Invoke-Build; Invoke-BuildSupport; & (Join-Path $PSScriptRoot 'bench/Invoke-Bench.ps1') }
    'Faults' { dotnet build (Join-Path $PSScriptRoot 'tests/Unit') --nologo -v quiet; & (Join-Path $PSScriptRoot 'eng/Update-FaultTable.ps1') }
    'Fuzz' { dotnet build (Join-Path $PSScriptRoot 'tests/Unit') -c Release --nologo -v quiet; & (Join-Path $PSScriptRoot 'eng/Invoke-Fuzz.ps1') -Count ($Count ? $Count : 1000000) }
    'Soak' { Invoke-Build; Invoke-BuildSupport; & (Join-Path $PSScriptRoot 'bench/Invoke-Soak.ps1') -Count ($Count ? $Count : 200000) }
    'Mutate' { & (Join-Path $PSScriptRoot 'eng/Invoke-Mutation.ps1') -Folder $Folder -OutputPath $output -Filter $Filter }
    'Pictures' { Invoke-Build; Invoke-BuildSupport; & (Join-Path $PSScriptRoot 'eng/New-Pictures.ps1') }
    'Package' { Invoke-Build; & (Join-Path $PSScriptRoot 'eng/New-Package.ps1') -ModulePath $module -OutputPath $output }
    'Clean' {
        Remove-Item $output -Recurse -Force -ErrorAction Ignore
        Get-ChildItem $PSScriptRoot -Recurse -Directory -Force | Where-Object Name -In 'bin', 'obj' | Remove-Item -Recurse -Force
    }
}
