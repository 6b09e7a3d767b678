#requires -Version 7.4
<#
.SYNOPSIS
The main job on sample data: a zip of generated DICOM goes to the built-in receiver, and what arrived is held against what was sent.
#>
Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$output = Join-Path $PSScriptRoot '../output'
Import-Module (Join-Path $output 'FlywheelDicom/FlywheelDicom.psd1')
Add-Type -Path (Join-Path $output 'support/FlywheelDicom.TestSupport.dll')

$demo = Join-Path ([IO.Path]::GetFullPath($output)) 'demo'
Remove-Item $demo -Recurse -Force -ErrorAction Ignore
$null = New-Item (Join-Path $demo 'sample') -ItemType Directory -Force
'Making sample DICOM ...'
[FlywheelDicom.TestSupport.SampleStudy]::Save((Join-Path $demo 'sample'))
$zip = Join-Path $demo 'sample.zip'
[IO.Compression.ZipFile]::CreateFromDirectory((Join-Path $demo 'sample'), $zip)

$receiver = Start-DicomReceiver -Path (Join-Path $demo 'received') -AETitle DEMO
"A receiver listens at $receiver. Sending $zip ..."
try {
    $report = Get-DicomFile $zip | Add-FwSendTag |
        Send-DicomStore -Destination $receiver.Address -Port $receiver.Port -CalledAE DEMO |
        Export-FwSendReport -OutputDirectory $demo
} finally {
    Stop-DicomReceiver $receiver
}
$report | Format-List

'Comparing what arrived with what was sent ...'
$checked = 0
foreach ($sent in Get-ChildItem (Join-Path $demo 'sample') -Recurse -File | Get-DicomFile) {
    $arrived = Join-Path $receiver.Path "$($sent.SopInstanceUid).dcm"
    $difference = [FlywheelDicom.TestSupport.DatasetComparison]::Difference($sent.Name, $arrived, $sent.TransferSyntaxUid)
    if ($difference) { throw "$($sent.Name) did not arrive as it was sent: $difference" }
    $checked++
}
if ($checked -eq 0 -or $checked -ne $report.ImagesSent -or -not $report.IsComplete) { throw "$checked instances were checked, $($report.ImagesSent) of $($report.ImagesInSeries) were sent." }
"All $checked instances arrived: each data set equals the sent one plus the tag, byte for byte."
"Sent from:   $zip"
"Received in: $($receiver.Path)"
"Report:      $($report.Path)"
