BeforeDiscovery {
    . $PSScriptRoot/../Support.ps1
    $hasDcmtk = [bool](Find-Peer storescp)
    $hasPydicom = [bool](Find-Pydicom)
    $hasData = Test-Path (Join-Path $repo '../shared/data/dicom')
}

BeforeAll {
    . $PSScriptRoot/../Support.ps1
    $folder = New-TestFolder
}

AfterAll {
    Get-DicomReceiver | Stop-DicomReceiver
    Remove-Item $folder -Recurse
}

Describe 'To DCMTK''s storescp' -Skip:(-not $hasDcmtk) {
    BeforeEach {
        $received = New-TestFolder
        $port = Get-FreePort
        $storescp = Start-Peer (Find-Peer storescp) @('+xa', '+B', '+uf', '-od', $received, '-aet', 'STORESCP', "$port")
        Wait-Port $port
    }

    AfterEach {
        $storescp.Kill()
        Remove-Item $received -Recurse
    }

    It 'every real file of the data folder arrives as it was, but for the tag' -Skip:(-not ($hasData -and $hasPydicom)) {
        $data = (Resolve-Path (Join-Path $repo '../shared/data/dicom')).Path
        $zip = Join-Path $folder 'real.zip'
        [IO.Compression.ZipFile]::CreateFromDirectory($data, $zip)
        $report = Get-DicomFile $zip -ErrorAction SilentlyContinue | Add-FwSendTag |
            Send-DicomStore 127.0.0.1 -Port $port -CalledAE STORESCP -ErrorAction SilentlyContinue -OutVariable results |
            Export-FwSendReport -Path (Join-Path $folder real.csv)
        # One result for each file there.
        $results.Count | Should -Be (Get-ChildItem $data).Count
        $report.ImagesInSeries | Should -Be $results.Count
        ($results | Where-Object Status -EQ Failed | Where-Object { -not $_.Reason }) | Should -BeNullOrEmpty
        $sent = $results | Where-Object Status -In Sent, Warning
        $sent.Count | Should -BeGreaterOrEqual 70
        $sent.Name | ForEach-Object { Join-Path $data $_ } | Set-Content (Join-Path $folder sent.txt)
        $output = & (Find-Pydicom) (Join-Path $PSScriptRoot compare.py) (Join-Path $folder sent.txt) $received
        $LASTEXITCODE | Should -Be 0 -Because "$output"
    }

    It 'generated files of every kind arrive' {
        $source = New-TestFolder
        $n = 0
        foreach ($syntax in '1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.2', '1.2.840.10008.1.2.5', '1.2.840.10008.1.2.4.50', '1.2.840.10008.1.2.4.70', '1.2.840.10008.1.2.4.90') {
            foreach ($class in '1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.5.1.4.1.1.4', '1.2.840.10008.5.1.4.1.1.481.8', '1.2.840.10008.5.1.4.1.1.66.4') {
                $n++
                New-TestDicom (Join-Path $source "$n.dcm") $n @{ TransferSyntax = $syntax; SopClass = $class; Rows = 64; Columns = 64 }
            }
        }
        $results = Get-DicomFile $source | Add-FwSendTag | Send-DicomStore 127.0.0.1 -Port $port
        ($results | Where-Object Status -EQ Sent).Count | Should -Be $n
        (Get-ChildItem $received).Count | Should -Be $n
        Remove-Item $source -Recurse
    }
}

Describe 'Over several associations at once' {
    BeforeAll {
        # Small, common and large ones, of several syntaxes; the large in a zip are unpacked ahead.
        $source = New-TestFolder
        $n = 0
        foreach ($shape in @(200, 24, 1), @(40, 300, 1), @(3, 512, 12)) {
            foreach ($i in 1..$shape[0]) {
                $n++
                $syntax = '1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.5' | Select-Object -Index ($n % 3)
                New-TestDicom (Join-Path $source "$n.dcm") $n @{ Rows = $shape[1]; Columns = $shape[1]; Frames = $shape[2]; TransferSyntax = $syntax }
            }
        }
        $zip = Join-Path $folder 'many.zip'
        [IO.Compression.ZipFile]::CreateFromDirectory($source, $zip)
        function Assert-ArrivedByteForByte($Results, [string] $Received) {
            @($Results | Where-Object Status -NE Sent) | Should -BeNullOrEmpty
            $Results.Count | Should -Be $n
            $files = @{}
            Get-ChildItem $Received -File -Recurse | ForEach-Object { $files[([FlywheelDicom.DicomFile]::Open($_.FullName).SopInstanceUid)] = $_.FullName }
            $files.Count | Should -Be $n
            foreach ($result in $Results) {
                [FlywheelDicom.TestSupport.DatasetComparison]::Difference((Join-Path $source (Split-Path $result.Name -Leaf)), $files[$result.SopInstanceUid], $result.TransferSyntaxUid) | Should -BeNullOrEmpty
            }
        }
    }

    AfterAll { Remove-Item $source -Recurse }

    It 'all arrive at storescp byte for byte' -Skip:(-not $hasDcmtk) {
        $received = New-TestFolder
        $port = Get-FreePort
        # Bit preserving: what is written is what came.
        $storescp = Start-Peer (Find-Peer storescp) @('--fork', '+xa', '+B', '+uf', '-od', $received, "$port")
        try {
            Wait-Port $port
            Assert-ArrivedByteForByte (Get-DicomFile $zip | Add-FwSendTag | Send-DicomStore 127.0.0.1 -Port $port -MaxAssociations 4) $received
        } finally { $storescp.Kill($true) }
        Remove-Item $received -Recurse
    }

    It 'and at the built-in receiver, with <Associations> associations and its operations window' -ForEach @(@{ Associations = 1 }, @{ Associations = 4 }, @{ Associations = 'Auto' }) {
        $receiver = Start-DicomReceiver -Path (New-TestFolder)
        Assert-ArrivedByteForByte (Get-DicomFile $zip | Add-FwSendTag | Send-DicomStore $receiver -MaxAssociations $Associations) $receiver.Path
        Stop-DicomReceiver $receiver
        Remove-Item $receiver.Path -Recurse
    }
}

Describe 'To a storescp that takes uncompressed syntaxes only' -Skip:(-not $hasDcmtk) {
    It 'big endian and deflated files are converted, and what arrives has the same values' {
        $received = New-TestFolder
        $port = Get-FreePort
        $storescp = Start-Peer (Find-Peer storescp) @('+xi', '+uf', '-od', $received, "$port")
        try {
            Wait-Port $port
            $source = New-TestFolder
            New-TestDicom (Join-Path $source '1.dcm') 1 @{ TransferSyntax = '1.2.840.10008.1.2.2' }
            New-TestDicom (Join-Path $source '2.dcm') 2 @{ TransferSyntax = '1.2.840.10008.1.2.1.99' }
            New-TestDicom (Join-Path $source '3.dcm') 3
            New-TestDicom (Join-Path $source '4.dcm') 4 @{ TransferSyntax = '1.2.840.10008.1.2.5' }
            $results = Get-DicomFile $source | Send-DicomStore 127.0.0.1 -Port $port -ErrorAction SilentlyContinue
            $results.Status | Should -Be Sent, Sent, Sent, Failed
            $results[0].TransferSyntaxUid | Should -Be '1.2.840.10008.1.2'
            $results[3].Reason | Should -BeLike '*RLE*'
            $dumps = Get-ChildItem $received | ForEach-Object { (& (Find-Peer dcmdump) -q +L $_.FullName | Where-Object { $_ -match '^\((?!0002|0008,0018|0020,0013|7fe0)' }) -join "`n" }
            ($dumps | Sort-Object -Unique).Count | Should -Be 1
            Remove-Item $source -Recurse
        } finally {
            $storescp.Kill()
            Remove-Item $received -Recurse
        }
    }
}

Describe 'From DCMTK to the built-in receiver' -Skip:(-not $hasDcmtk) {
    BeforeAll {
        $source = New-TestFolder
        $n = 0
        foreach ($syntax in '1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2', '1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.5', '1.2.840.10008.1.2.4.50', '1.2.840.10008.1.2.4.70', '1.2.840.10008.1.2.4.90') {
            $n++
                New-TestDicom (Join-Path $source "$n.dcm") $n @{ TransferSyntax = $syntax; Rows = 256; Columns = 256 }
        }
        $env:TCP_NODELAY = '1'
    }

    AfterAll { Remove-Item $source -Recurse }

    It 'echoscu has its answer' {
        $receiver = Start-DicomReceiver -Discard -AETitle HERE
        & (Find-Peer echoscu) -aec HERE 127.0.0.1 $receiver.Port
        $LASTEXITCODE | Should -Be 0
        & (Find-Peer echoscu) -aec WRONG 127.0.0.1 $receiver.Port 2>$null
        $LASTEXITCODE | Should -Not -Be 0
        Stop-DicomReceiver $receiver
    }

    It 'dcmsend sends all syntaxes with PDUs of <_> bytes' -ForEach 4096, 16384, 65536, 131072 {
        $received = New-TestFolder
        $receiver = Start-DicomReceiver -Path $received -MaxPduLength $_
        & (Find-Peer dcmsend) --no-halt -dn +sd -pdu $_ --max-send-pdu $_ 127.0.0.1 $receiver.Port $source
        $LASTEXITCODE | Should -Be 0
        $arrived = Get-DicomFile $received
        $arrived.Count | Should -Be 8
        $arrived.TransferSyntaxUid | Sort-Object -Unique | Should -HaveCount 6 -Because "dcmsend turns uncompressed syntaxes into one"
        foreach ($file in $arrived) {
            # DCMTK reads each back without a complaint.
            & (Find-Peer dcmdump) -q $file.Name > $null
            $LASTEXITCODE | Should -Be 0
        }
        Stop-DicomReceiver $receiver
        Remove-Item $received -Recurse
    }

    It 'storescu sends <name>' -ForEach @(
        @{ name = 'implicit'; file = 1; option = '-xi' }
        @{ name = 'explicit'; file = 2; option = '-xe' }
        @{ name = 'big endian'; file = 3; option = '-xb' }
        @{ name = 'deflated'; file = 4; option = '-xd' }
        @{ name = 'RLE'; file = 5; option = '-xr' }
        @{ name = 'JPEG baseline'; file = 6; option = '-xy' }
        @{ name = 'JPEG lossless'; file = 7; option = '-xs' }
        @{ name = 'JPEG 2000'; file = 8; option = '-xv' }
    ) {
        $receiver = Start-DicomReceiver -Discard
        & (Find-Peer storescu) $option 127.0.0.1 $receiver.Port (Join-Path $source "$file.dcm")
        $LASTEXITCODE | Should -Be 0
        $receiver.Instances | Should -Be 1
        Stop-DicomReceiver $receiver
    }

    It 'eight associations at once are served' {
        $received = New-TestFolder
        $receiver = Start-DicomReceiver -Path $received
        $senders = 1..8 | ForEach-Object {
            $own = Join-Path $folder "sender$_"
            $null = New-Item $own -ItemType Directory
            foreach ($k in 1..25) { New-TestDicom (Join-Path $own "$k.dcm") ($_ * 1000 + $k) }
            Start-Peer (Find-Peer storescu) @('+sd', '127.0.0.1', "$($receiver.Port)", $own)
        }
        $senders | ForEach-Object { $_.WaitForExit(); $_.ExitCode | Should -Be 0 }
        (Get-ChildItem $received).Count | Should -Be 200
        Stop-DicomReceiver $receiver
        Remove-Item $received -Recurse
    }
}
