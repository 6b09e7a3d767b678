#requires -Version 7.4
<#
.SYNOPSIS
Makes the module's en-US help from the pages in docs/cmdlets.
.DESCRIPTION
Types, positions, pipeline binding and defaults come from the cmdlets themselves, what goes in and comes out from their types, and links
from the cmdlets and topics that a page speaks of.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $ModulePath,
    [Parameter(Mandatory)] [string] $DocsPath,

    # The project's address, for Get-Help -Online; empty where there is none.
    [string] $ProjectUri
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

# What a parameter is where it is not given: as its page says it ("Default: Auto."), else as a new cmdlet has it.
function Get-DefaultValue($Cmdlet, $Parameter, [string] $Text) {
    if ($Text -match 'Default: ([^;]+?)\.$') { return $Matches[1] }
    if ($Parameter.SwitchParameter) { return 'False' }
    $value = $Cmdlet.GetType().GetProperty($Parameter.Name)?.GetValue($Cmdlet)
    $shown = "$(@($value) -join ', ')"
    $shown ? $shown : 'None'
}

function ConvertTo-ParameterXml($Cmdlet, $Parameter, [hashtable] $Texts, $Set) {
    $inSet = $Set ? $Parameter.ParameterSets[$Set] : @($Parameter.ParameterSets.Values)[0]
    $pipeline = @(
        if ($inSet.ValueFromPipeline) { 'ByValue' }
        if ($inSet.ValueFromPipelineByPropertyName) { 'ByPropertyName' }
    )
    $position = $inSet.Position -ge 0 ? $inSet.Position : 'named'
    $wildcards = [bool]($Parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.SupportsWildcardsAttribute] })
    $isSwitch = $Parameter.SwitchParameter
    $type = $Parameter.ParameterType.Name
    $default = Get-DefaultValue $Cmdlet $Parameter $Texts[$Parameter.Name]
    @"
<command:parameter required="$("$($inSet.IsMandatory)".ToLower())" variableLength="true" globbing="$("$wildcards".ToLower())" pipelineInput="$($pipeline ? "True ($($pipeline -join ', '))" : 'False')" position="$position" aliases="$($Parameter.Aliases -join ', ')">
<maml:name>$($Parameter.Name)</maml:name><maml:description>$(ConvertTo-Para $Texts[$Parameter.Name])</maml:description>
$(if (-not $isSwitch) { "<command:parameterValue required=`"true`" variableLength=`"false`">$type</command:parameterValue>" })
<dev:type><maml:name>$type</maml:name></dev:type>
<dev:defaultValue>$(ConvertTo-Escaped $default)</dev:defaultValue>
</command:parameter>
"@
}

function ConvertTo-TypeXml([string] $Element, [string] $Name, [string] $Description) {
    "<command:$Element><dev:type><maml:name>$Name</maml:name></dev:type><maml:description>$(ConvertTo-Para $Description)</maml:description></command:$Element>"
}

# The online page first, which is where Get-Help -Online looks; then the cmdlets and topics that the page speaks of.
function Get-LinkXml($Command, [string] $Page) {
    $links = @(
        if ($ProjectUri) { , @('Online version', "$($ProjectUri.TrimEnd('/'))/blob/main/docs/cmdlets/$($Command.Name).md") }
        [regex]::Matches($Page, "\b($($exported -join '|'))\b").Value | Sort-Object -Unique | Where-Object { $_ -ne $Command.Name } | ForEach-Object { , @($_, '') }
        $exported | Where-Object { ($_ -split '-')[1] -eq $Command.Noun -and $_ -ne $Command.Name -and $Page -notmatch "\b$_\b" } | ForEach-Object { , @($_, '') }
        if ($Command.Parameters.ContainsKey('UseTls')) { , @('about_FlywheelDicom_Tls', '') }
        if ($Command.Noun -like 'Fw*' -or $Command.Parameters.ContainsKey('Attach')) { , @('about_FlywheelDicom_Flywheel', '') }
        if ($Page -match 'Export-FwSendReport') { , @('about_FlywheelDicom_Reports', '') }
        if ($Page -match '-Journal') { , @('about_FlywheelDicom_Recovery', '') }
        , @('about_FlywheelDicom', '')
    )
    ($links | ForEach-Object { "<maml:navigationLink><maml:linkText>$(ConvertTo-Escaped $_[0])</maml:linkText><maml:uri>$(ConvertTo-Escaped $_[1])</maml:uri></maml:navigationLink>" }) -join ''
}

$shared = @{
    WhatIf  = 'Says what would be done, and does not do it.'
    Confirm = 'Asks before each thing that is done. Without it, $ConfirmPreference decides.'
}
$common = [System.Management.Automation.Cmdlet]::CommonParameters
$commands = Get-Command -Module FlywheelDicom
$exported = $commands.Name
$pages = foreach ($command in $commands) {
    $page = Get-Content (Join-Path $DocsPath "$($command.Name).md") -Raw
    $synopsis = if ($page -match '(?ms)^# .*?\n+(.*?)\n+^## ') { $Matches[1] } else { throw "$($command.Name) has no synopsis." }
    $texts = @{}
    foreach ($line in (Get-Section $page 'Parameters') -split '\r?\n') {
        if ($line -match '^- `-(\w+)`: (.+)$') { $texts[$Matches[1]] = $Matches[2] }
    }
    foreach ($name in $texts.Keys) { if (-not $command.Parameters.ContainsKey($name)) { throw "$($command.Name) has no -$name." } }
    foreach ($name in $shared.Keys) { if ($command.Parameters.ContainsKey($name) -and -not $texts[$name]) { $texts[$name] = $shared[$name] } }
    $parameters = $command.Parameters.Values | Where-Object Name -NotIn $common
    foreach ($parameter in $parameters) { if (-not $texts[$parameter.Name]) { throw "$($command.Name) -$($parameter.Name) is not described." } }
    $cmdlet = [Activator]::CreateInstance($command.ImplementingType)
    $syntax = foreach ($set in $command.ParameterSets) {
        $inSet = $set.Parameters | Where-Object Name -NotIn $common
        "<command:syntaxItem><maml:name>$($command.Name)</maml:name>$(($inSet | ForEach-Object {
            $p = $command.Parameters[$_.Name]
            ConvertTo-ParameterXml $cmdlet $p $texts ($p.ParameterSets.ContainsKey($set.Name) ? $set.Name : $null) }) -join '')</command:syntaxItem>"
    }
    $number = 0
    $examples = foreach ($match in [regex]::Matches((Get-Section $page 'Examples'), '(?ms)^```powershell\r?\n(.*?)^```\s*(.*?)(?=^```|\z)')) {
        $number++
        "<command:example><maml:title>Example $number</maml:title><dev:code>$(ConvertTo-Escaped $match.Groups[1].Value)</dev:code><dev:remarks>$(ConvertTo-Para $match.Groups[2].Value)</dev:remarks></command:example>"
    }
    $inputs = $parameters | Where-Object { $_.ParameterSets.Values.ValueFromPipeline -contains $true } | ForEach-Object { ConvertTo-TypeXml inputType $_.ParameterType.FullName "-$($_.Name): $($texts[$_.Name])" }
    $inputs = $inputs ? $inputs : (ConvertTo-TypeXml inputType None 'Nothing is taken from the pipeline by value.')
    $outputs = @($command.OutputType) | Where-Object { $_ } | ForEach-Object { ConvertTo-TypeXml returnValue $_.Name '' }
    $outputs = $outputs ? $outputs : (ConvertTo-TypeXml returnValue None 'Nothing is put out.')
    @"
<command:command>
<command:details><command:name>$($command.Name)</command:name><command:verb>$($command.Verb)</command:verb><command:noun>$($command.Noun)</command:noun><maml:description>$(ConvertTo-Para $synopsis)</maml:description></command:details>
<maml:description>$(ConvertTo-Para (Get-Section $page 'Description'))</maml:description>
<command:syntax>$($syntax -join '')</command:syntax>
<command:parameters>$(($parameters | ForEach-Object { ConvertTo-ParameterXml $cmdlet $_ $texts $null }) -join '')</command:parameters>
<command:inputTypes>$($inputs -join '')</command:inputTypes>
<command:returnValues>$($outputs -join '')</command:returnValues>
<command:examples>$($examples -join '')</command:examples>
<maml:relatedLinks>$(Get-LinkXml $command $page)</maml:relatedLinks>
</command:command>
"@
    $cmdlet.Dispose()
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
