#requires -Version 7.4
<#
.SYNOPSIS
Where the time of a first run goes: import, first and later runs, and how much of each is compiling. Run it in a new process, with the built-in receiver.
#>
param([Parameter(Mandatory)] [string] $Path, [string] $Module = (Join-Path $PSScriptRoot '../output/FlywheelDicom/FlywheelDicom.psd1'))
$started = [datetime]::Now - [Diagnostics.Process]::GetCurrentProcess().StartTime
function Measure-Phase([string] $Phase, [scriptblock] $Action) {
    $jit, $methods, $watch = [Runtime.JitInfo]::GetCompilationTime(), [Runtime.JitInfo]::GetCompiledMethodCount(), [Diagnostics.Stopwatch]::StartNew()
    $null = . $Action
    [pscustomobject]@{
        Phase = $Phase; Milliseconds = [int] $watch.ElapsedMilliseconds
        CompilingMilliseconds = [int] ([Runtime.JitInfo]::GetCompilationTime() - $jit).TotalMilliseconds; Methods = [Runtime.JitInfo]::GetCompiledMethodCount() - $methods
    }
}
[pscustomobject]@{ Phase = 'PowerShell until this script'; Milliseconds = [int] $started.TotalMilliseconds; CompilingMilliseconds = [int] [Runtime.JitInfo]::GetCompilationTime().TotalMilliseconds; Methods = [Runtime.JitInfo]::GetCompiledMethodCount() }
Measure-Phase 'import' { Import-Module $Module }
$receiver = Start-DicomReceiver -Discard
foreach ($run in 1..8) {
    Measure-Phase "run $run" { Get-DicomFile $Path | Add-FwSendTag | Send-DicomStore $receiver -MaxAssociations 1 | Export-FwSendReport -Path (Join-Path (Split-Path $Path) 'cold.csv') }
}
