BeforeDiscovery {
    . $PSScriptRoot/Support.ps1
    $peers = @(
        @{ peer = 'the built-in receiver'; start = { $null } }
        if (Find-Peer storescp) {
            @{ peer = 'a storescp that takes Implicit VR alone'; start = { Start-Peer (Find-Peer storescp) @('--fork', '+xi', '--ignore', "$port") } }
            @{ peer = 'a storescp that takes JPEG too'; start = { Start-Peer (Find-Peer storescp) @('--fork', '+xy', '--ignore', "$port") } }
            @{ peer = 'a storescp that takes all'; start = { Start-Peer (Find-Peer storescp) @('--fork', '+xa', '--ignore', "$port") } }
        }
        if (Find-Peer dcmqrscp) {
            @{ peer = 'dcmqrscp'; start = {
                    $null = New-Item "$folder/qr" -ItemType Directory -Force
                    "MaxPDUSize = 16384`nMaxAssociations = 16`nHostTable BEGIN`nHostTable END`nVendorTable BEGIN`nVendorTable END`nAETable BEGIN`nANY-SCP $folder/qr RW (500, 1024mb) ANY`nAETable END" | Set-Content "$folder/qr.cfg"
                    Start-Peer (Find-Peer dcmqrscp) @('-c', "$folder/qr.cfg", "$port")
                }
            }
        }
        if (Find-Peer Orthanc) {
            @{ peer = 'Orthanc'; start = {
                    @{ Name = 'TEST'; StorageDirectory = "$folder/storage"; IndexDirectory = "$folder/storage"; DicomPort = $port; HttpPort = Get-FreePort; RemoteAccessAllowed = $false; AuthenticationEnabled = $false; Plugins = @() } | ConvertTo-Json | Set-Content "$folder/orthanc.json"
                    Start-Peer (Find-Peer Orthanc) @("$folder/orthanc.json")
                }
            }
        }
    )
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    $source = New-TestFolder
    $n = 0
    foreach ($class in '1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.5.1.4.1.1.4', '2.25.4711') {
        foreach ($syntax in '1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2', '1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.5', '1.2.840.10008.1.2.4.50', '1.2.840.10008.1.2.4.90') {
            foreach ($twice in 1, 2) { $n++; New-TestDicom (Join-Path $source "$n.dcm") $n @{ SopClass = $class; TransferSyntax = $syntax } }
        }
    }
    New-TestDicom (Join-Path $source 'bad.dcm') 900 @{ HasSopInstance = $false; HasMeta = $false }

    # What sending makes of a file, in the words of Test-DicomStore.
    function Get-Kind($Result, $File) {
        $outcome = if ($Result.Status -ne 'Failed') { if ($Result.TransferSyntaxUid -eq $File.TransferSyntaxUid) { 'SentAsIs' } else { 'Converted' } } elseif ($File.Problem) { 'Problem' } else { 'Refused' }
        if ($outcome -eq 'Problem') { "||Problem||$($Result.ErrorId)" } else { "$($File.SopClassUid)|$($File.TransferSyntaxUid)|$outcome|$($Result.TransferSyntaxUid)|$($Result.ErrorId)" }
    }
}

AfterAll { Remove-Item $source -Recurse }

Describe 'What Test-DicomStore says' {
    It 'is what sending then does: to <peer>' -ForEach $peers {
        $folder = New-TestFolder
        $port = Get-FreePort
        $process = . $start
        $receiver = $null
        if ($process) { Wait-Port $port 60 } else { $receiver = Start-DicomReceiver -Discard; $port = $receiver.Port }
        try {
            $files = Get-DicomFile $source -ErrorAction SilentlyContinue
            $rows = $files | Test-DicomStore 127.0.0.1 -Port $port
            if ($receiver) { $receiver.Instances | Should -Be 0 }
            $results = $files | Send-DicomStore 127.0.0.1 -Port $port -MaxAssociations 1 -RetryTime 1 -ErrorAction SilentlyContinue
            $did = 0..($files.Count - 1) | ForEach-Object { Get-Kind $results[$_] $files[$_] } | Group-Object -CaseSensitive
            $said = $rows | ForEach-Object { "$($_.SopClassUid)|$($_.TransferSyntaxUid)|$($_.Outcome)|$($_.SentAsUid)|$($_.ErrorId) $($_.Count)" } | Sort-Object
            $said | Should -Be ($did | ForEach-Object { "$($_.Name) $($_.Count)" } | Sort-Object)
            ($rows | Measure-Object Count -Sum).Sum | Should -Be $files.Count
            ($rows | Measure-Object Bytes -Sum).Sum | Should -Be ($files | Measure-Object Length -Sum).Sum
            foreach ($row in $rows | Where-Object Outcome -EQ Refused) { $row.Reason | Should -BeIn $results.Reason }
            $rows | Where-Object { $_.Outcome -in 'Refused', 'Problem' -and -not $_.Reason } | Should -BeNullOrEmpty
        } finally {
            if ($process) { $process.Kill($true); $process.WaitForExit() } else { $receiver | Stop-DicomReceiver }
            Remove-Item $folder -Recurse
        }
    }

    It 'holds for more kinds than an association has contexts' {
        $many = New-TestFolder
        $n = 0
        foreach ($class in 1..50) { foreach ($syntax in '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.5', '1.2.840.10008.1.2.4.50') { $n++; New-TestDicom (Join-Path $many "$n.dcm") $n @{ SopClass = "1.2.840.10008.5.1.4.1.1.$class"; TransferSyntax = $syntax } } }
        $receiver = Start-DicomReceiver -Discard
        $rows = Get-DicomFile $many | Test-DicomStore $receiver
        $receiver.Instances | Should -Be 0
        $rows | Should -HaveCount 150
        $results = Get-DicomFile $many | Send-DicomStore $receiver -ErrorAction SilentlyContinue
        ($rows | Where-Object Outcome -EQ SentAsIs).Count | Should -Be @($results | Where-Object Status -EQ Sent).Count
        $receiver | Stop-DicomReceiver
        Remove-Item $many -Recurse
    }

    It 'is an error where the destination cannot be used, before anything is read' {
        { Get-DicomFile $source -ErrorAction SilentlyContinue | Test-DicomStore 127.0.0.1 -Port (Get-FreePort) } | Should -Throw -ErrorId 'DicomConnectionRefused,FlywheelDicom.Cmdlets.TestDicomStoreCommand'
    }
}
