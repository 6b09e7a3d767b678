#requires -Version 7.4
<#
.SYNOPSIS
A run with an outage, to be recorded: the receiver stops in the middle, and comes back.
#>
$ErrorActionPreference = 'Stop'
$output = [IO.Path]::GetFullPath((Join-Path $PSScriptRoot '../output'))
Import-Module (Join-Path $output 'FlywheelDicom/FlywheelDicom.psd1')
$study = Join-Path $output 'pictures/study'
$receiver = Start-DicomReceiver -Discard -AETitle ARCHIVE
$port = $receiver.Port
$outage = Start-ThreadJob {
    Import-Module (Join-Path $using:output 'FlywheelDicom/FlywheelDicom.psd1')
    # The same process: the receiver's object is at hand.
    Start-Sleep 6
    Stop-DicomReceiver $using:receiver
    Start-Sleep 9
    $again = Start-DicomReceiver -Discard -AETitle ARCHIVE -Port $using:port
    Start-Sleep 30
    Stop-DicomReceiver $again
}
Write-Host "PS> Get-DicomFile ./study -Recurse | Add-FwSendTag | Send-DicomStore ARCHIVE@pacs:$port | Export-FwSendReport -Html"
$report = Get-DicomFile $study -Recurse -ErrorAction Ignore | ForEach-Object { Start-Sleep -Milliseconds 60; $_ } | Add-FwSendTag |
    Send-DicomStore 127.0.0.1 -Port $port -CalledAE ARCHIVE -MaxAssociations 1 -RetryTime 60 -ErrorAction Ignore | Export-FwSendReport -OutputDirectory (Join-Path $output pictures) -Html
$report | Out-Host
Stop-Job $outage
Remove-Job $outage -Force
