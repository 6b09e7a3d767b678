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

# The icon lies in the package, and the package's description names it: no address is needed, as an icon's address would be.
function Set-PackageIcon([string] $Path) {
    $zip = [System.IO.Compression.ZipFile]::Open($Path, 'Update')
    try {
        $entry = $zip.Entries.Where({ $_.Name -like '*.nuspec' })[0]
        $reader = [System.IO.StreamReader]::new($entry.Open())
        $text = $reader.ReadToEnd()
        $reader.Dispose()
        $name = $entry.FullName
        $entry.Delete()
        $writer = [System.IO.StreamWriter]::new($zip.CreateEntry($name).Open(), [System.Text.UTF8Encoding]::new($false))
        $writer.Write($text.Replace('</metadata>', "  <icon>icon.png</icon>`n  </metadata>"))
        $writer.Dispose()
    } finally {
        $zip.Dispose()
    }
}

$folder = (New-Item (Join-Path $OutputPath 'package') -ItemType Directory -Force).FullName
Remove-Item (Join-Path $folder '*.nupkg') -ErrorAction Ignore
$name = "FlywheelDicomBuild$PID"
Register-PSResourceRepository -Name $name -Uri $folder -Trusted
try { Publish-PSResource -Path $ModulePath -Repository $name } finally { Unregister-PSResourceRepository -Name $name }
$package = (Get-Item (Join-Path $folder '*.nupkg')).FullName
Set-PackageIcon $package
$package
