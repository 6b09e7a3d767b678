BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    $zip = Join-Path $folder 'series.zip'
    New-TestZip $zip 6
    $receiver = Start-DicomReceiver -Discard
}

AfterAll {
    Get-DicomReceiver | Stop-DicomReceiver
    Remove-Item $folder -Recurse
}

Describe 'What was sent and not handed on when the pipeline ended' {
    BeforeEach {
        $out = (New-Item (Join-Path $folder "out-$([guid]::NewGuid().ToString('N'))") -ItemType Directory).FullName
        $before = $receiver.Instances
    }

    It 'stands in the report: an error upstream under Stop' {
        $ErrorActionPreference = 'Stop'
        { & { Get-DicomFile $zip; Wait-Until { $receiver.Instances -ge $before + 6 }; Start-Sleep -Milliseconds 300; throw 'enough' } | Send-DicomStore $receiver | Export-FwSendReport -OutputDirectory $out } | Should -Throw enough
        $rows = @(Import-Csv (Get-ChildItem $out -Filter *_stopped.csv))
        $rows.'Images Sent' | Should -Be 6
        $rows.Status | Should -Be Incomplete
    }

    It 'stands in the report: an instance whose failure ends the run' {
        $gone = Join-Path $folder 'gone.dcm'
        New-TestDicom $gone 9
        $file = Get-DicomFile $gone
        Remove-Item $gone
        { $file | Send-DicomStore $receiver -ErrorAction Stop | Export-FwSendReport -OutputDirectory $out } | Should -Throw
        $rows = @(Import-Csv (Get-ChildItem $out -Filter *_stopped.csv))
        $rows.Filename | Should -Be gone.dcm
        $rows.Status | Should -Be Failed
    }

    It 'is not taken by a report of another pipeline' {
        $results = Get-DicomFile $zip | Send-DicomStore $receiver
        try { & { Get-DicomFile $zip; Wait-Until { $receiver.Instances -ge $before + 12 }; throw 'enough' } | Send-DicomStore $receiver | ForEach-Object { $_ } } catch { }
        $report = $results | ForEach-Object { $_ } | Export-FwSendReport -OutputDirectory $out
        $report.ImagesInSeries | Should -Be 6
        $report.IsComplete | Should -BeTrue
    }
}
