#requires -Version 7.4
<#
.SYNOPSIS
The built-in receiver in a process of its own, which discards all; it says its port, and ends with its input.
#>
param([Parameter(Mandatory)] [string] $Module)
Import-Module $Module
[Console]::Out.WriteLine((Start-DicomReceiver -Discard).Port)
$null = [Console]::In.ReadLine()
