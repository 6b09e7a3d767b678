#requires -Version 7.4
<#
.SYNOPSIS
Times sending side by side with DCMTK's dcmsend, where that is installed, against one receiver, in turn.
.DESCRIPTION
Both send the same generated files to the built-in receiver, which discards them: our time is that of the pipeline in a session that
is warm, theirs that of the whole process. The ratio is taken pair by pair; its median is what counts.
#>
[CmdletBinding()]
param([ValidateRange(1, 100)] [int] $Pairs = 5)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$output = [IO.Path]::GetFullPath((Join-Path $PSScriptRoot '../output'))
Import-Module (Join-Path $output 'FlywheelDicom/FlywheelDicom.psd1')
Add-Type -Path (Join-Path $output 'support/FlywheelDicom.TestSupport.dll')

function Get-Median([double[]] $Values) { ($Values | Sort-Object)[[int][math]::Floor($Values.Count / 2)] }

$work = Join-Path $output 'bench'
$sets = @(
    @{ Name = 'small: 2000 x 9 KB'; Folder = 'small'; Count = 2000; Size = 64; Frames = 1 }
    @{ Name = 'ct: 400 x 525 KB'; Folder = 'ct'; Count = 400; Size = 512; Frames = 1 }
    @{ Name = 'large: 1 x 512 MiB'; Folder = 'large'; Count = 1; Size = 512; Frames = 1024 }
)
$dcmsend = (Get-Command dcmsend -CommandType Application -ErrorAction Ignore | Select-Object -First 1).Source
# Without it DCMTK waits for a delayed acknowledgement at each small instance.
$env:TCP_NODELAY = '1'
$receiver = Start-DicomReceiver -Discard
try {
    $rows = foreach ($set in $sets) {
        $folder = Join-Path $work $set.Folder
        if (-not (Test-Path $folder)) { [FlywheelDicom.TestSupport.BenchmarkSet]::Save($folder, $set.Count, $set.Size, $set.Frames) }
        $ours, $theirs = [Collections.Generic.List[double]]::new(), [Collections.Generic.List[double]]::new()
        foreach ($pair in 0..$Pairs) {
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $results = Get-DicomFile $folder | Add-FwSendTag | Send-DicomStore $receiver
            $mine = $watch.Elapsed.TotalSeconds
            if (@($results | Where-Object Status -NE Sent).Count -or @($results).Count -ne $set.Count) { throw "Not all of $($set.Name) were sent." }
            if ($dcmsend) {
                $watch.Restart()
                & $dcmsend +sd -pdu 131072 127.0.0.1 $receiver.Port $folder
                $other = $watch.Elapsed.TotalSeconds
            }
            # The first pair warms up.
            if ($pair -eq 0) { continue }
            $ours.Add($mine)
            if ($dcmsend) { $theirs.Add($other) }
        }
        $median = Get-Median $ours
        [pscustomobject]@{
            Set = $set.Name; Seconds = [math]::Round($median, 3); PerSecond = [math]::Round($set.Count / $median)
            dcmsend = $dcmsend ? [math]::Round((Get-Median $theirs), 3) : $null
            Ratio = $dcmsend ? [math]::Round((Get-Median (0..($ours.Count - 1) | ForEach-Object { $ours[$_] / $theirs[$_] })), 2) : $null
        }
    }
} finally {
    Stop-DicomReceiver $receiver
}
$rows | Format-Table -AutoSize
"Peak memory of this process: $([math]::Round([Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64 / 1MB)) MB"
if (-not $dcmsend) { 'dcmsend is not installed here: no comparison.' }
