#requires -Version 7.4
<#
.SYNOPSIS
Sends very many instances to an SCP that misbehaves at random, and watches memory and handles.
.DESCRIPTION
The SCP runs in a process of its own and remembers which instances it has stored. Each 10,000 results, this process's managed memory
after a collection, its resident memory, its open handles and threads are noted. At the end all instances must be there, each with one
result, and memory and handles must be what they were after the first 10,000, give or take a tenth and what a run remembers of each
instance, so as to see a SOP Instance UID that comes again. It runs once for each number of associations that is given.
#>
[CmdletBinding()]
param(
    [ValidateRange(1, 10000000)] [int] $Count = 200000,
    [ValidateRange(0.0, 1.0)] [double] $FaultRate = 0.01,
    # Numbers from 1 to 64, or Auto, which finds its own.
    [ValidatePattern('^(Auto|[1-9]|[1-5][0-9]|6[0-4])$')] [string[]] $MaxAssociations = @('Auto', '2')
)
Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$output = [IO.Path]::GetFullPath((Join-Path $PSScriptRoot '../output'))
$support = Join-Path $output 'support/FlywheelDicom.TestSupport.dll'
Import-Module (Join-Path $output 'FlywheelDicom/FlywheelDicom.psd1')
Add-Type -Path $support
$work = (New-Item (Join-Path $output 'soak') -ItemType Directory -Force).FullName
$archive = Join-Path $work "$Count.tar"
if (-not (Test-Path $archive)) { [FlywheelDicom.TestSupport.BenchmarkSet]::SaveTar($archive, $Count, 16) }
# Hashes and the name of each instance, and room to grow.
$remembered = 100

function Get-Footprint([int] $Done, [double] $Seconds) {
    $self = [Diagnostics.Process]::GetCurrentProcess()
    [pscustomobject]@{
        Done = $Done; Seconds = [math]::Round($Seconds, 1); ManagedMB = [math]::Round([GC]::GetTotalMemory($true) / 1MB, 1); ResidentMB = [math]::Round($self.WorkingSet64 / 1MB)
        Handles = $IsLinux ? [IO.Directory]::GetFileSystemEntries('/proc/self/fd').Count : $self.HandleCount; Threads = $self.Threads.Count
    }
}

function Invoke-Run([string] $Associations) {
    $journal = Join-Path $work 'journal.tsv'
    Remove-Item $journal -ErrorAction Ignore

    $info = [Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
    if ([IO.Path]::GetFileNameWithoutExtension($info.FileName) -eq 'dotnet') { $info.ArgumentList.Add([Environment]::GetCommandLineArgs()[0]) }
    foreach ($argument in '-NoProfile', '-File', (Join-Path $PSScriptRoot 'Start-FaultyPeer.ps1'), '-Support', $support, '-FaultRate', "$FaultRate") { $info.ArgumentList.Add($argument) }
    $info.RedirectStandardInput = $info.RedirectStandardOutput = $true
    $peer = [Diagnostics.Process]::Start($info)

    try {
        $port = [int] $peer.StandardOutput.ReadLine()
        $counts = @{ Sent = 0; Warning = 0; Skipped = 0; Failed = 0; Retried = 0 }
        $done = 0
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $footprints = Get-DicomFile $archive | Add-FwSendTag |
            Send-DicomStore 127.0.0.1 -Port $port -CalledAE PEER -MaxAssociations $Associations -Journal $journal -ErrorAction SilentlyContinue |
            ForEach-Object {
                $done++
                $counts["$($_.Status)"]++
                if ($_.Attempts -gt 1) { $counts.Retried++ }
                if ($done % 10000 -eq 0) { Get-Footprint $done $watch.Elapsed.TotalSeconds }
            }
        $peer.StandardInput.WriteLine('report')
        $seen = $peer.StandardOutput.ReadLine() | ConvertFrom-Json
    } finally {
        $peer.StandardInput.Close()
        if (-not $peer.WaitForExit(5000)) { $peer.Kill() }
    }
    $footprints | Format-Table -AutoSize | Out-String
    "$Associations associations: $done results of $Count instances in $([math]::Round($watch.Elapsed.TotalSeconds)) s: $($counts.Sent) sent, $($counts.Failed) failed, $($counts.Retried) tried more than once."
    "The SCP misbehaved $($seen.faults) times in $($seen.associations) associations; $($seen.deliveries) instances reached it, and it has $($seen.stored) different ones."
    $lines = @([IO.File]::ReadLines($journal)).Count - 1
    "The journal has $lines lines."
    $problems = @(
        if ($done -ne $Count -or $counts.Sent -ne $Count) { 'Not each instance was sent.' }
        if ($seen.stored -ne $Count) { 'The SCP does not have each instance.' }
        if ($lines -ne $Count) { 'The journal does not have a line for each.' }
        if (@($footprints).Count -gt 1) {
            $first, $last = $footprints[0], $footprints[-1]
            if ($last.ManagedMB -gt 1.1 * $first.ManagedMB + 1 + ($last.Done - $first.Done) * $remembered / 1MB) { "Managed memory grew from $($first.ManagedMB) to $($last.ManagedMB) MB." }
            # Auto may come to its 16 associations after the first 10,000.
            if ($last.Handles -gt $first.Handles + ($Associations -eq 'Auto' ? 20 : 5)) { "Handles grew from $($first.Handles) to $($last.Handles)." }
        }
    )
    if ($problems) { throw ($problems -join ' ') }
}

foreach ($associations in $MaxAssociations) { Invoke-Run $associations }
