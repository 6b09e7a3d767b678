BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    $zip = Join-Path $folder 'series.zip'
    New-TestZip $zip 4
    New-TestDicom (Join-Path $folder 'one.dcm') 50
    'x' > (Join-Path $folder 'broken.dcm')
    $receiver = Start-DicomReceiver -Discard
    $results = Get-DicomFile $folder -ErrorAction SilentlyContinue | Send-DicomStore $receiver -ErrorAction SilentlyContinue
}

AfterAll {
    Get-DicomReceiver | Stop-DicomReceiver
    Remove-Item $folder -Recurse
}

Describe 'Export-FwSendReport' {
    It 'writes a row for each file or archive' {
        $report = $results | Export-FwSendReport -Path (Join-Path $folder report.csv)
        $report.IsComplete | Should -BeFalse
        $report.ImagesInSeries | Should -Be 6
        $report.ImagesSent | Should -Be 5
        Get-Content $report.Path -TotalCount 1 | Should -Be 'Acquisition ID,FW Path,Filename,Images in Series,Images Sent,Status'
        $rows = Import-Csv $report.Path
        $rows.Filename | Should -Be broken.dcm, one.dcm, series.zip
        $rows.Status | Should -Be Failed, Complete, Complete
        $rows[2].'Images Sent' | Should -Be 4
    }

    It 'names the file after the input in an output directory' {
        $report = $results | Select-Object -Last 4 | Export-FwSendReport -OutputDirectory $folder
        Split-Path -Leaf $report.Path | Should -Match '^dicom-send_report-series\.zip_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.csv$'
        $report.IsComplete | Should -BeTrue
    }

    It 'writes a page beside it' {
        $report = $results | Export-FwSendReport -Path (Join-Path $folder page.csv) -Html
        Get-Content $report.HtmlPath -Raw | Should -BeLike '*series.zip</th>*Complete*'
    }

    It 'finds a folder that is not there before anything is sent' {
        $script:isRead = $false
        { & { $script:isRead = $true; $results } | Export-FwSendReport -Path (Join-Path $folder 'nope/report.csv') } |
            Should -Throw -ErrorId 'ReportFolderNotFound,FlywheelDicom.Cmdlets.ExportFwSendReportCommand'
        $isRead | Should -BeFalse
    }

    It 'writes nothing with -WhatIf' {
        $null = $results | Export-FwSendReport -Path (Join-Path $folder whatif.csv) -WhatIf
        Join-Path $folder whatif.csv | Should -Not -Exist
    }

    It 'shows a summary first, then only what is not complete' {
        $report = $results | Export-FwSendReport -Path (Join-Path $folder shown.csv) -WarningAction SilentlyContinue
        $lines = ($report | Out-String -Width 200).Trim() -split '\r?\n'
        ($lines | Where-Object { $_ -match '^\w+ +: ' }) -replace ' +:.*' | Should -Be Complete, Images, Data, Destination, Path, Failures, Incomplete
        $lines[1] | Should -Match ': 5 of 6 sent, 1 failed$'
        $lines[3] | Should -BeLike "*: ANY-SCP at 127.0.0.1:$($receiver.Port)"
        "$lines" | Should -BeLike '*broken.dcm*Failed*'
        "$lines" | Should -Not -BeLike '*one.dcm*'
    }

    It 'shows the first 20 of these' {
        $rows = 1..23 | ForEach-Object { [FlywheelDicom.FwSendReportRow]::new('', '', "f$_.dcm", 1, 0) }
        $report = ($results | Export-FwSendReport -Path (Join-Path $folder many.csv) -WarningAction SilentlyContinue)
        Set-InitProperty $report Rows ([FlywheelDicom.FwSendReportRow[]] $rows)
        $text = $report | Out-String -Width 200
        $text | Should -Match 'f20\.dcm'
        $text | Should -Not -Match 'f21\.dcm'
        $text | Should -Match 'and 3 more'
    }

    It 'says in one line where it is and how to go on, also where it goes to a variable' {
        $report = $results | Export-FwSendReport -Path (Join-Path $folder said.csv) -WarningVariable told -WarningAction SilentlyContinue
        $told | Should -HaveCount 1
        "$told" | Should -BeLike "5 of 6 images sent to*1 failed*the report is at '$($report.Path)'. What failed is listed in '*said_failures.csv'. Run the same line again*"
        $whole = $results | Select-Object -Last 4 | Export-FwSendReport -Path (Join-Path $folder whole.csv) -InformationVariable said -WarningVariable none
        $none | Should -BeNullOrEmpty
        "$said" | Should -Be $whole.Summary
    }

    It 'leaves a file of another kind as it is, and says so before anything is sent' {
        $image = Join-Path $folder 'one.dcm'
        $before = (Get-FileHash $image).Hash
        $page = Join-Path $folder 'mine.html'
        $failures = Join-Path $folder 'list_failures.csv'
        'mine' > $page
        'mine' > $failures
        $places = @{ Path = $image }, @{ Path = (Join-Path $folder mine.csv); Html = $true }, @{ Path = (Join-Path $folder mine.csv); IncludePatient = $true }, @{ Path = (Join-Path $folder list.csv) }
        foreach ($place in $places) {
            $script:isRead = $false
            { & { $script:isRead = $true; $results } | Export-FwSendReport @place } |
                Should -Throw '*of this module; it is left as it is*' -ErrorId 'ReportPlaceUnusable,FlywheelDicom.Cmdlets.ExportFwSendReportCommand'
            $isRead | Should -BeFalse
        }
        (Get-FileHash $image).Hash | Should -Be $before
        Get-Content $page, $failures | Should -Be mine, mine
        Join-Path $folder mine.csv | Should -Not -Exist
        Join-Path $folder list.csv | Should -Not -Exist
    }

    It 'writes over its own report, and leaves no failures of the run before' {
        $path = Join-Path $folder nightly.csv
        $first = $results | Export-FwSendReport -Path $path -Html -WarningAction SilentlyContinue
        $first.FailuresPath | Should -Exist
        $again = $results | Export-FwSendReport -Path $path -Html -WarningAction SilentlyContinue
        $again.FailuresPath | Should -Be $first.FailuresPath
        $second = $results | Select-Object -Last 4 | Export-FwSendReport -Path $path -Html
        $second.IsComplete | Should -BeTrue
        $second.FailuresPath | Should -BeNullOrEmpty
        $first.FailuresPath | Should -Not -Exist
        (Import-Csv $path).Filename | Should -Be series.zip
    }

    It 'does not write over the journal of the run' {
        $journal = Join-Path $folder 'run.tsv'
        { Get-DicomFile $zip | Send-DicomStore $receiver -Journal $journal | Export-FwSendReport -Path $journal } |
            Should -Throw "*is a journal of what was sent*" -ErrorId 'ReportPlaceUnusable,FlywheelDicom.Cmdlets.ExportFwSendReportCommand'
        $null = Get-DicomFile $zip | Send-DicomStore $receiver -Journal $journal
        { $results | Export-FwSendReport -Path $journal } | Should -Throw '*is a journal*'
        @(Get-DicomSendJournal $journal) | Should -HaveCount 4
    }
}
