#requires -Version 7.4
<#
.SYNOPSIS
A scripted SCP in a process of its own, which misbehaves at random; it says its port, and at each line of input what it has stored.
#>
param([Parameter(Mandatory)] [string] $Support, [double] $FaultRate = 0.01, [int] $Seed = 1)
Add-Type -Path $Support
$faults = [FlywheelDicom.TestSupport.RandomFaults]::new($FaultRate, $Seed)
$peer = $faults.Peer
[Console]::Out.WriteLine($peer.Port)
while ($null -ne [Console]::In.ReadLine()) {
    [Console]::Out.WriteLine((ConvertTo-Json -Compress @{ stored = $peer.DistinctStored; deliveries = $peer.Stores; faults = $faults.Count; associations = $peer.Associations }))
}
