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

Describe 'A run that was cut off before the report' {
    BeforeEach { $out = (New-Item (Join-Path $folder "out-$([guid]::NewGuid().ToString('N'))") -ItemType Directory).FullName }

    It 'is called stopped, never complete: <what>' -TestCases @(
        @{ what = 'Select-Object between'; run = { Get-DicomFile $zip | Send-DicomStore $receiver | Select-Object -First 2 | Export-FwSendReport -OutputDirectory $out -Html } }
        @{ what = 'Select-Object before a variable'; run = { $some = Get-DicomFile $zip | Send-DicomStore $receiver | Select-Object -First 2; $some | Export-FwSendReport -OutputDirectory $out -Html } }
        @{ what = 'Select-Object behind the query'; run = { $all = Get-DicomFile $zip | Send-DicomStore $receiver; $all | Confirm-DicomStore $receiver -WaitTime 0 -ErrorAction Ignore | Select-Object -First 2 | Export-FwSendReport -OutputDirectory $out -Html } }
        @{ what = 'results kept of a run that threw'; run = { try { Get-DicomFile $zip | Send-DicomStore $receiver -OutVariable kept | ForEach-Object { if (++$script:seen -eq 3) { throw 'enough' } } } catch { }; $kept | Export-FwSendReport -OutputDirectory $out -Html } }
    ) {
        $script:seen = 0
        $report = & $run 3>$null
        $report.IsComplete | Should -BeFalse
        $report.IsStopped | Should -BeTrue
        $report.Path | Should -BeLike '*_stopped.csv'
        (Import-Csv $report.Path).Status | Should -Not -Contain Complete
        Get-Content $report.HtmlPath -Raw | Should -BeLike '*was stopped*'
    }

    It 'says why in a warning' {
        $null = Get-DicomFile $zip | Send-DicomStore $receiver | Select-Object -First 2 | Export-FwSendReport -OutputDirectory $out -WarningVariable warning 3>$null
        "$warning" | Should -BeLike '*cut off*Select-Object -First*'
    }

    It 'is complete where all of it was sent: <what>' -TestCases @(
        @{ what = 'at once'; run = { Get-DicomFile $zip | Send-DicomStore $receiver | Export-FwSendReport -OutputDirectory $out } }
        @{ what = 'from a variable'; run = { $all = Get-DicomFile $zip | Send-DicomStore $receiver; $all | Export-FwSendReport -OutputDirectory $out } }
        @{ what = 'run by run'; run = { Get-Item $zip | ForEach-Object { Get-DicomFile $_ | Send-DicomStore $receiver } | Export-FwSendReport -OutputDirectory $out } }
        @{ what = 'only some were asked for'; run = { Get-DicomFile $zip | Select-Object -First 2 | Send-DicomStore $receiver | Export-FwSendReport -OutputDirectory $out } }
    ) {
        $report = & $run
        $report.IsComplete | Should -BeTrue
        $report.IsStopped | Should -BeFalse
    }
}

Describe 'What is no result' {
    It 'is told in words, and fails the report: <what>' -TestCases @(
        @{ what = 'text'; make = { 'some text' }; text = '*is a System.String, not a result of Send-DicomStore*' }
        @{ what = 'a file that was not sent'; make = { Get-DicomFile $zip | Select-Object -First 1 }; text = '*was not sent*' }
        @{ what = 'a file that came back from a job'; make = { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize(@(Get-DicomFile $zip)[0])) }; text = '*nor one that was saved and loaded*' }
    ) {
        $good = Get-DicomFile $zip | Send-DicomStore $receiver
        $report = @($good) + @(& $make) | Export-FwSendReport -OutputDirectory $folder -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem | Should -HaveCount 1
        $problem.FullyQualifiedErrorId | Should -Be 'InputNotSendResult,FlywheelDicom.Cmdlets.ExportFwSendReportCommand'
        "$problem" | Should -BeLike $text
        $report.IsComplete | Should -BeFalse
        $report.ImagesInSeries | Should -Be 7
        $report.ImagesSent | Should -Be 6
    }

    It 'passes the query, and is told once' {
        $results = 'some text' | Confirm-DicomStore $receiver -ErrorVariable first -ErrorAction SilentlyContinue | Export-FwSendReport -OutputDirectory $folder -ErrorVariable second -ErrorAction SilentlyContinue
        $first | Should -HaveCount 1
        $second | Should -HaveCount 0
        $results.ImagesInSeries | Should -Be 1
    }
}
