#requires -Version 7.4
<#
.SYNOPSIS
A scripted SCP in a process of its own, which misbehaves at random; it says its port, and at each line of input what it has stored.
#>
param([Parameter(Mandatory)] [string] $Support, [double] $FaultRate = 0.01, [int] $Seed = 1)
Add-Type -Path $Support
$peer = [FlywheelDicom.TestSupport.RandomFaults]::Start($FaultRate, $Seed)
[Console]::Out.WriteLine($peer.Port)
while ($null -ne [Console]::In.ReadLine()) {
    [Console]::Out.WriteLine((ConvertTo-Json -Compress @{ stored = $peer.DistinctStored; deliveries = $peer.Stores; faults = $peer.Faults; associations = $peer.Associations }))
}
