#requires -Version 7.4
<#
.SYNOPSIS
Sums up by folder which lines the unit tests reached.
#>
[CmdletBinding()]
param([Parameter(Mandatory)] [string] $ResultsPath)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$source = [IO.Path]::GetFullPath((Join-Path $PSScriptRoot '../src'))
$file = Get-ChildItem $ResultsPath -Filter coverage.cobertura.xml -Recurse | Select-Object -First 1
$coverage = [xml](Get-Content $file -Raw)
$roots = @($coverage.coverage.sources.source)
$lines = foreach ($class in $coverage.SelectNodes('//class')) {
    $path = $roots | ForEach-Object { [IO.Path]::GetFullPath((Join-Path $_ $class.filename)) } | Where-Object { Test-Path $_ } | Select-Object -First 1
    if (-not $path -or -not $path.StartsWith($source, [StringComparison]::Ordinal)) { continue }
    $folder = [IO.Path]::GetRelativePath($source, (Split-Path $path)).Replace('\', '/').Replace('FlywheelDicom.', '')
    foreach ($line in $class.SelectNodes('lines/line')) { [pscustomobject]@{ Folder = $folder; Line = "$path $($line.number)"; IsReached = [int]$line.hits -gt 0 } }
}
# Parts of one line may be told apart; the line counts once.
$lines | Group-Object Folder | Sort-Object Name | ForEach-Object {
    $byLine = $_.Group | Group-Object Line
    $reached = @($byLine | Where-Object { $_.Group.IsReached -contains $true }).Count
    [pscustomobject]@{ Folder = $_.Name; Lines = $byLine.Count; Reached = $reached; Percent = [math]::Round(100.0 * $reached / $byLine.Count, 1) }
} | Format-Table -AutoSize
