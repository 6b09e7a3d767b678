BeforeDiscovery {
    . $PSScriptRoot/../Support.ps1
    $hasOrthanc = [bool](Find-Peer Orthanc)
    $canCompare = [bool](Find-Pydicom) -and (Test-Path (Join-Path $repo '../shared/data/dicom'))
}

BeforeAll { . $PSScriptRoot/../Support.ps1 }

Describe 'To Orthanc' -Skip:(-not $hasOrthanc) {
    BeforeAll {
        $folder = New-TestFolder
        $dicomPort = Get-FreePort
        $httpPort = Get-FreePort
        $listenPort = Get-FreePort
        @{
            Name = 'TEST'; StorageDirectory = "$folder/storage"; IndexDirectory = "$folder/storage"; DicomAet = 'ORTHANC'; DicomPort = $dicomPort
            HttpPort = $httpPort; RemoteAccessAllowed = $false; AuthenticationEnabled = $false; DicomCheckCalledAet = $true
            DeflatedTransferSyntaxAccepted = $true; UnknownSopClassAccepted = $true; Plugins = @()
            DicomModalities = @{ sender = @('flywheel', '127.0.0.1', $listenPort) }
        } | ConvertTo-Json | Set-Content "$folder/orthanc.json"
        $orthanc = Start-Peer (Find-Peer Orthanc) @("$folder/orthanc.json")
        Wait-Port $dicomPort 60
        Wait-Port $httpPort 60
    }

    AfterAll {
        $orthanc.Kill()
        $orthanc.WaitForExit()
        Remove-Item $folder -Recurse
    }

    It 'answers C-ECHO, and a wrong AE title is named' {
        (Test-DicomEcho 127.0.0.1 $dicomPort ORTHANC).Succeeded | Should -BeTrue
        Test-DicomEcho 127.0.0.1 $dicomPort WRONG -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'DicomAssociationRejected,*'
        "$problem" | Should -BeLike '*called AE title*WRONG*'
    }

    It 'every real file of the data folder arrives as it was, but for the tag' -Skip:(-not $canCompare) {
        $data = (Resolve-Path (Join-Path $repo '../shared/data/dicom')).Path
        $zip = Join-Path $folder 'real.zip'
        [IO.Compression.ZipFile]::CreateFromDirectory($data, $zip)
        $null = Get-DicomFile $zip -ErrorAction SilentlyContinue | Add-FwSendTag |
            Send-DicomStore 127.0.0.1 -Port $dicomPort -CalledAE ORTHANC -RetryTime 1 -ErrorAction SilentlyContinue -OutVariable results |
            Export-FwSendReport -Path (Join-Path $folder real.csv)
        $results.Count | Should -Be (Get-ChildItem $data).Count
        $sent = $results | Where-Object Status -In Sent, Warning
        $sent.Count | Should -BeGreaterOrEqual 60
        $results | Where-Object { $_.Status -eq 'Failed' -and -not $_.Reason } | Should -BeNullOrEmpty
        $sent.Name | ForEach-Object { Join-Path $data $_ } | Set-Content (Join-Path $folder sent.txt)
        $kept = New-Item (Join-Path $folder kept) -ItemType Directory
        $ids = Invoke-RestMethod "http://127.0.0.1:$httpPort/instances"
        foreach ($id in $ids) {
            Invoke-WebRequest "http://127.0.0.1:$httpPort/instances/$id/file" -OutFile (Join-Path $kept "$id.dcm")
        }
        $output = & (Find-Pydicom) (Join-Path $PSScriptRoot compare.py) (Join-Path $folder sent.txt) $kept.FullName --any
        $LASTEXITCODE | Should -Be 0 -Because "$output"
    }

    Context 'asked for what it was sent' {
        BeforeAll {
            New-TestZip (Join-Path $folder 'twenty.zip') 20 @{ Study = 77 }
            $sent = Get-DicomFile (Join-Path $folder 'twenty.zip') | Add-FwSendTag | Send-DicomStore 127.0.0.1 -Port $dicomPort -CalledAE ORTHANC
            $all = Invoke-RestMethod "http://127.0.0.1:$httpPort/instances?expand"
            function Remove-FromArchive([string[]] $Uid) {
                $all | Where-Object { $_.MainDicomTags.SOPInstanceUID -in $Uid } | ForEach-Object { $null = Invoke-RestMethod "http://127.0.0.1:$httpPort/instances/$($_.ID)" -Method Delete }
            }
        }

        It 'commits itself to all, calling back' {
            $results = $sent | Request-DicomCommitment -ListenPort $listenPort -ListenAddress 127.0.0.1 -BatchSize 7
            $results.Count | Should -Be 20
            $results.Confirmation | Should -Be (, 'Committed' * 20)
            $results.Status | Should -Be (, 'Sent' * 20)
        }

        It 'shows all by query' {
            $results = $sent | Confirm-DicomStore
            $results.Confirmation | Should -Be (, 'Found' * 20)
        }

        It 'says which it does not have: they count as not sent' {
            Remove-FromArchive $sent[3, 11].SopInstanceUid
            $report = $sent | Request-DicomCommitment -ListenPort $listenPort -ListenAddress 127.0.0.1 -ErrorVariable problems -ErrorAction SilentlyContinue -OutVariable results |
                Export-FwSendReport -Path (Join-Path $folder committed.csv)
            $lost = $results | Where-Object Confirmation -EQ NotCommitted
            $lost.SopInstanceUid | Sort-Object | Should -Be ($sent[3, 11].SopInstanceUid | Sort-Object)
            $lost.Status | Should -Be 'Failed', 'Failed'
            $lost[0].Reason | Should -BeLike '*0x0112*does not have the instance*'
            @($results | Where-Object Confirmation -EQ Committed).Count | Should -Be 18
            $problems.FullyQualifiedErrorId | Should -Be (, 'DicomNotCommitted,FlywheelDicom.Cmdlets.RequestDicomCommitmentCommand' * 2)
            $report.ImagesSent, $report.ImagesInSeries, $report.Rows[0].Status | Should -Be 18, 20, 'Incomplete'
        }

        It 'by query too' {
            $results = $sent | Confirm-DicomStore -WaitTime 1 -ErrorAction SilentlyContinue
            ($results | Where-Object Confirmation -EQ NotFound).SopInstanceUid | Sort-Object | Should -Be ($sent[3, 11].SopInstanceUid | Sort-Object)
            @($results | Where-Object Confirmation -EQ Found).Count | Should -Be 18
        }

        It 'without a port to call back to, no instance is believed to be kept, and one error says why' {
            $results = $sent | Request-DicomCommitment -WaitTime 2 -ErrorVariable problems -ErrorAction SilentlyContinue
            $results.Confirmation | Should -Be (, 'NotAnswered' * 20)
            $results.Status | Should -Be (, 'Failed' * 20)
            $problems.Count | Should -Be 1
            "$problems" | Should -BeLike '*-ListenPort*'
        }
    }
}
