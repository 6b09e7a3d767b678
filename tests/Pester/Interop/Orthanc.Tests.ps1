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
        @{
            Name = 'TEST'; StorageDirectory = "$folder/storage"; IndexDirectory = "$folder/storage"; DicomAet = 'ORTHANC'; DicomPort = $dicomPort
            HttpPort = $httpPort; RemoteAccessAllowed = $false; AuthenticationEnabled = $false; DicomCheckCalledAet = $true
            DeflatedTransferSyntaxAccepted = $true; UnknownSopClassAccepted = $true; Plugins = @()
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
}
