# Dot-sourced by tests that type what a user types: a folder with sample files, and something at the other end of each name.
#
# The host names of examples lead to loopback because they are registered destinations of the sandbox: a registered name goes before a
# host of the same name. So no example names a port where it connects. Questions at the prompt, and a vault, are answered by functions.

function New-Sandbox {
    $at = New-TestFolder
    $sandbox = @{
        Folder = $at; Config = Join-Path $at '.config'; Double = $null; Orthanc = $null; Module = Join-Path $repo 'output/FlywheelDicom/FlywheelDicom.psd1'
        Receiver = Start-DicomReceiver -Path (Join-Path $at '.received') -AETitle PACS
    }
    $study = (New-Item (Join-Path $at study/S1) -ItemType Directory -Force).Parent.FullName
    foreach ($n in 1..3) { New-TestDicom (Join-Path $study "$n.dcm") $n @{ Modality = 'MR' } }
    foreach ($n in 4..6) { New-TestDicom (Join-Path $study "S1/IM000$n") $n @{ Series = 2 } }
    foreach ($name in 'series.zip', 'study.zip') { New-TestZip (Join-Path $at $name) 5 @{ Modality = 'MR' } }
    foreach ($name in 'image.dcm', 'old.dcm') { New-TestDicom (Join-Path $at $name) 20 }
    foreach ($name in 'out', 'reports') { $null = New-Item (Join-Path $at $name) -ItemType Directory }
    'pacs.local' | Set-Content (Join-Path $at hosts.txt)
    $env:FLYWHEELDICOM_CONFIG = $sandbox.Config
    foreach ($name in 'pacs.local', 'PACS1', 'TEST1') { Register-DicomDestination $name 127.0.0.1 -Port $sandbox.Receiver.Port -CalledAE PACS }
    $sandbox
}

function Add-SandboxTls($Sandbox) {
    $c = New-TestCertificate $Sandbox.Folder ec
    foreach ($pair in @{ 'me.pem' = $c.Client; 'me.key' = $c.ClientKey; 'ca.pem' = $c.Ca; 'server.pem' = $c.Server; 'server.key' = $c.ServerKey }.GetEnumerator()) {
        Copy-Item $pair.Value (Join-Path $Sandbox.Folder $pair.Key)
    }
    $Sandbox.Secure = Start-DicomReceiver -Discard -CertificatePath $c.Server -KeyPath $c.ServerKey -TrustedCertificatePath $c.Ca
    Register-DicomDestination secure.local localhost -Port $Sandbox.Secure.Port
}

function Add-SandboxFlywheel($Sandbox) {
    $at = $Sandbox.Folder
    $Sandbox.Double = Start-FlywheelDouble
    $ids = Add-DoubleFile $Sandbox.Double 'neuro', 'Trial A', 'S001', 'Baseline', 't1' @(@{ name = 'head.dicom.zip'; disk = "$at/series.zip"; type = 'dicom' })
    $Sandbox.Group, $Sandbox.Project, $Sandbox.Subject, $Sandbox.Session, $Sandbox.Acquisition = $ids
    $env:FW_API_KEY = $Sandbox.Double.Key
}

# An archive that answers queries and commits itself, which the built-in receiver does not.
function Add-SandboxOrthanc($Sandbox, [int] $CallBackPort = 11113) {
    $at = $Sandbox.Folder
    $port, $http = (Get-FreePort), (Get-FreePort)
    @{
        Name = 'SANDBOX'; StorageDirectory = "$at/.orthanc"; IndexDirectory = "$at/.orthanc"; DicomAet = 'ORTHANC'; DicomPort = $port
        HttpPort = $http; RemoteAccessAllowed = $false; AuthenticationEnabled = $false; UnknownSopClassAccepted = $true; Plugins = @()
        DicomModalities = @{ sender = @('flywheel', '127.0.0.1', $CallBackPort) }
    } | ConvertTo-Json | Set-Content "$at/.orthanc.json"
    $Sandbox.Orthanc = Start-Peer (Find-Peer Orthanc) @("$at/.orthanc.json")
    Wait-Port $port 60
    Register-DicomDestination archive.local 127.0.0.1 -Port $port -CalledAE ORTHANC -Force
}

function Remove-Sandbox($Sandbox) {
    Get-DicomReceiver | Stop-DicomReceiver
    if ($Sandbox.Double) { Disconnect-FwInstance; Stop-FlywheelDouble $Sandbox.Double }
    if ($Sandbox.Orthanc) { $Sandbox.Orthanc.Kill(); $Sandbox.Orthanc.WaitForExit() }
    $env:FLYWHEELDICOM_CONFIG = $env:FW_API_KEY = $null
    Remove-Item $Sandbox.Folder -Recurse -Force
}
