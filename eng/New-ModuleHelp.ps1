#requires -Version 7.4
<#
.SYNOPSIS
Makes the module's en-US help from the pages in docs/cmdlets; types, positions and pipeline binding come from the cmdlets themselves.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $ModulePath,
    [Parameter(Mandatory)] [string] $DocsPath
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $ModulePath 'FlywheelDicom.psd1')

function ConvertTo-Escaped([string] $Text) { [System.Security.SecurityElement]::Escape($Text.Trim()) }

function ConvertTo-Para([string] $Text) {
    ($Text.Trim() -split '(\r?\n){2,}' | Where-Object { $_.Trim() } | ForEach-Object { "<maml:para>$(ConvertTo-Escaped $_)</maml:para>" }) -join ''
}

function Get-Section([string] $Page, [string] $Name) {
    if ($Page -match ('(?ms)^## ' + $Name + '\s*?\n(.*?)(?=^## |\z)')) { $Matches[1].Trim() } else { throw "A section '$Name' is missing." }
}

function ConvertTo-ParameterXml($Command, $Parameter, [hashtable] $Texts, $Set) {
    $inSet = $Set ? $Parameter.ParameterSets[$Set] : @($Parameter.ParameterSets.Values)[0]
    $pipeline = @(
        if ($inSet.ValueFromPipeline) { 'ByValue' }
        if ($inSet.ValueFromPipelineByPropertyName) { 'ByPropertyName' }
    )
    $position = $inSet.Position -ge 0 ? $inSet.Position : 'named'
    $wildcards = [bool]($Parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.SupportsWildcardsAttribute] })
    $isSwitch = $Parameter.SwitchParameter
    $type = $Parameter.ParameterType.Name
    @"
<command:parameter required="$("$($inSet.IsMandatory)".ToLower())" variableLength="true" globbing="$("$wildcards".ToLower())" pipelineInput="$($pipeline ? "True ($($pipeline -join ', '))" : 'False')" position="$position" aliases="$($Parameter.Aliases -join ', ')">
<maml:name>$($Parameter.Name)</maml:name><maml:description>$(ConvertTo-Para $Texts[$Parameter.Name])</maml:description>
$(if (-not $isSwitch) { "<command:parameterValue required=`"true`" variableLength=`"false`">$type</command:parameterValue>" })
<dev:type><maml:name>$type</maml:name></dev:type>
</command:parameter>
"@
}

$common = [System.Management.Automation.Cmdlet]::CommonParameters + [System.Management.Automation.Cmdlet]::OptionalCommonParameters
$pages = foreach ($command in Get-Command -Module FlywheelDicom) {
    $page = Get-Content (Join-Path $DocsPath "$($command.Name).md") -Raw
    $synopsis = if ($page -match '(?ms)^# .*?\n+(.*?)\n+^## ') { $Matches[1] } else { throw "$($command.Name) has no synopsis." }
    $texts = @{}
    foreach ($line in (Get-Section $page 'Parameters') -split '\r?\n') {
        if ($line -match '^- `-(\w+)`: (.+)$') { $texts[$Matches[1]] = $Matches[2] }
    }
    $parameters = $command.Parameters.Values | Where-Object Name -NotIn $common
    foreach ($parameter in $parameters) { if (-not $texts[$parameter.Name]) { throw "$($command.Name) -$($parameter.Name) is not described." } }
    foreach ($name in $texts.Keys) { if (-not $command.Parameters.ContainsKey($name)) { throw "$($command.Name) has no -$name." } }
    $syntax = foreach ($set in $command.ParameterSets) {
        $inSet = $set.Parameters | Where-Object Name -NotIn $common
        "<command:syntaxItem><maml:name>$($command.Name)</maml:name>$(($inSet | ForEach-Object {
            $p = $command.Parameters[$_.Name]
            ConvertTo-ParameterXml $command $p $texts ($p.ParameterSets.ContainsKey($set.Name) ? $set.Name : $null) }) -join '')</command:syntaxItem>"
    }
    $number = 0
    $examples = foreach ($match in [regex]::Matches((Get-Section $page 'Examples'), '(?ms)^```powershell\r?\n(.*?)^```\s*(.*?)(?=^```|\z)')) {
        $number++
        "<command:example><maml:title>Example $number</maml:title><dev:code>$(ConvertTo-Escaped $match.Groups[1].Value)</dev:code><dev:remarks>$(ConvertTo-Para $match.Groups[2].Value)</dev:remarks></command:example>"
    }
    $outputs = @($command.OutputType) | ForEach-Object { "<command:returnValue><dev:type><maml:name>$($_.Name)</maml:name></dev:type></command:returnValue>" }
    @"
<command:command>
<command:details><command:name>$($command.Name)</command:name><command:verb>$($command.Verb)</command:verb><command:noun>$($command.Noun)</command:noun><maml:description>$(ConvertTo-Para $synopsis)</maml:description></command:details>
<maml:description>$(ConvertTo-Para (Get-Section $page 'Description'))</maml:description>
<command:syntax>$($syntax -join '')</command:syntax>
<command:parameters>$(($parameters | ForEach-Object { ConvertTo-ParameterXml $command $_ $texts $null }) -join '')</command:parameters>
<command:returnValues>$($outputs -join '')</command:returnValues>
<command:examples>$($examples -join '')</command:examples>
</command:command>
"@
}
$folder = New-Item (Join-Path $ModulePath 'en-US') -ItemType Directory -Force
$xml = @"
<?xml version="1.0" encoding="utf-8"?>
<helpItems schema="maml" xmlns="http://msh" xmlns:maml="http://schemas.microsoft.com/maml/2004/10" xmlns:command="http://schemas.microsoft.com/maml/dev/command/2004/10" xmlns:dev="http://schemas.microsoft.com/maml/dev/2004/10">
$($pages -join "`n")
</helpItems>
"@
$null = [xml] $xml
Set-Content (Join-Path $folder 'FlywheelDicom.Cmdlets.dll-Help.xml') $xml
