#requires -Version 7.4
<#
.SYNOPSIS
Makes the pictures of the guides: docs/report.png, the page of a run with failures, and docs/demo.svg, a terminal during a run with an outage.
.DESCRIPTION
The screenshot needs Chromium, and the recording Python 3 on Linux or macOS. What is missing is said, and its picture stays as it is.
#>
[CmdletBinding()]
param()
Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$output = [IO.Path]::GetFullPath((Join-Path $PSScriptRoot '../output'))
$docs = Join-Path $PSScriptRoot '../docs'
Import-Module (Join-Path $output 'FlywheelDicom/FlywheelDicom.psd1')
Add-Type -Path (Join-Path $output 'support/FlywheelDicom.TestSupport.dll')

# A study with images of several series, and a few that cannot be sent.
$work = Join-Path $output pictures
Remove-Item $work -Recurse -Force -ErrorAction Ignore
$null = New-Item $work -ItemType Directory -Force
$study = Join-Path $work study
[FlywheelDicom.TestSupport.SampleStudy]::SaveDescribed($study)
foreach ($path in (Get-ChildItem (Join-Path $study ct) | Select-Object -Last 2).FullName) { [IO.File]::WriteAllBytes($path, [IO.File]::ReadAllBytes($path)[0..20000]) }
Set-Content (Join-Path $study 'ct/0061.dcm') 'not an image'

function Save-ReportPicture {
    $chromium = Get-Command chromium, chromium-browser, google-chrome -CommandType Application -ErrorAction Ignore | Select-Object -First 1
    if (-not $chromium) { Write-Warning 'Chromium is not installed: docs/report.png stays as it is.'; return }
    $receiver = Start-DicomReceiver -Discard -AETitle ARCHIVE
    try {
        # Slowly, so that the rate over time is something to look at.
        $report = Get-DicomFile $study -Recurse -ErrorAction Ignore | ForEach-Object { Start-Sleep -Milliseconds (Get-Random -Minimum 10 -Maximum 60); $_ } | Add-FwSendTag |
            Send-DicomStore $receiver -MaxAssociations 2 -ErrorAction Ignore | Export-FwSendReport -OutputDirectory $work -Html
    } finally {
        Stop-DicomReceiver $receiver
    }
    $profilePath = Join-Path $work profile
    $options = '--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', "--user-data-dir=$profilePath", '--force-device-scale-factor=1', '--window-size=980,1650'
    & $chromium.Source @options "--screenshot=$(Join-Path $work report.png)" "file://$($report.HtmlPath)" 2>$null
    Copy-Item (Join-Path $work report.png) (Join-Path $docs report.png)
    "docs/report.png: $((Get-Item (Join-Path $docs report.png)).Length) bytes"
}

function Save-DemoPicture {
    $python = Get-Command python3 -CommandType Application -ErrorAction Ignore | Select-Object -First 1
    if ($IsWindows -or -not $python) { Write-Warning 'A terminal cannot be recorded here: docs/demo.svg stays as it is.'; return }
    & $python.Source (Join-Path $PSScriptRoot record-terminal.py) (Join-Path $docs demo.svg) -- dotnet pwsh -NoLogo -NoProfile -File (Join-Path $PSScriptRoot Show-Outage.ps1)
}

Save-ReportPicture
Save-DemoPicture
