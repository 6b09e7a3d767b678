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
}
