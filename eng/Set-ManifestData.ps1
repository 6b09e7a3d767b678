#requires -Version 7.4
<#
.SYNOPSIS
Writes into the built module's manifest what a repository shows of it: tags, addresses and release notes. What is empty is left out.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $ModulePath,

    # Directory.Build.props: ModuleProjectUri, ModuleLicenseUri, ModuleIconUri, ModuleTags.
    [Parameter(Mandatory)] [string] $PropertiesPath,

    [Parameter(Mandatory)] [string] $ChangelogPath
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
# As much as a repository shows without harm.
$maxNotes = 4000
$manifest = Join-Path $ModulePath 'FlywheelDicom.psd1'
$text = Get-Content $manifest -Raw
$properties = ([xml](Get-Content $PropertiesPath -Raw)).Project.PropertyGroup

function ConvertTo-Literal([string] $Value) { "'$([System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($Value))'" }

# The section of this version; before it has one, what is unreleased.
function Get-ReleaseNote([string] $Version) {
    $changelog = Get-Content $ChangelogPath -Raw
    foreach ($name in [regex]::Escape($Version), 'Unreleased') {
        if ($changelog -match "(?ms)^## $name\b[^\n]*\n(.*?)(?=^## |\z)") { return $Matches[1].Trim() }
    }
}

$version = if ($text -match "ModuleVersion\s*=\s*'([^']+)'") { $Matches[1] } else { throw "'$manifest' has no version." }
$notes = "$(Get-ReleaseNote $version)"
if ($notes.Length -gt $maxNotes) { $notes = $notes.Substring(0, $notes.LastIndexOf("`n", $maxNotes)) + "`n..." }
$lines = @(
    "Tags = @($((("$($properties.ModuleTags)" -split '\s+').Where({ $_ }) | ForEach-Object { ConvertTo-Literal $_ }) -join ', '))"
    foreach ($name in 'LicenseUri', 'ProjectUri', 'IconUri') {
        $value = "$($properties."Module$name")".Trim()
        if ($value) { "$name = $(ConvertTo-Literal $value)" }
    }
    if ($notes) { "ReleaseNotes = $(ConvertTo-Literal $notes)" }
)
$block = "PSData = @{`n$(($lines | ForEach-Object { "            $_" }) -join "`n")`n        }"
$pattern = [regex]'(?s)PSData = @\{\s*\}'
if (-not $pattern.IsMatch($text)) { throw "'$manifest' has no place for it." }
Set-Content $manifest $pattern.Replace($text, [System.Text.RegularExpressions.MatchEvaluator] { $block }, 1) -NoNewline
