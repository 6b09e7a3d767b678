#requires -Version 7.4
<#
.SYNOPSIS
Makes a .nupkg of the built module that installs from any PSResource repository, a plain folder among them.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $ModulePath,
    [Parameter(Mandatory)] [string] $OutputPath
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$folder = (New-Item (Join-Path $OutputPath 'package') -ItemType Directory -Force).FullName
Remove-Item (Join-Path $folder '*.nupkg') -ErrorAction Ignore
$name = "FlywheelDicomBuild$PID"
Register-PSResourceRepository -Name $name -Uri $folder -Trusted
try { Publish-PSResource -Path $ModulePath -Repository $name } finally { Unregister-PSResourceRepository -Name $name }
(Get-Item (Join-Path $folder '*.nupkg')).FullName
