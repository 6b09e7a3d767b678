BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    $receiver = Start-DicomReceiver -Path (Join-Path $folder received)

    # Results of files that are away while they are sent, and back again afterwards.
    function Send-WhileAway([object[]] $File, [string] $Path) {
        Rename-Item $Path "$Path.away"
        try { $File | Send-DicomStore $receiver -ErrorAction SilentlyContinue } finally { Rename-Item "$Path.away" $Path }
    }
}

AfterAll {
    $receiver | Stop-DicomReceiver
    Remove-Item $folder -Recurse
}

Describe 'Results of Send-DicomStore' {
    It 'are sent again where they failed: of <what>' -ForEach @(@{ what = 'a file' }, @{ what = 'a zip' }) {
        $path = Join-Path $folder 'again.zip'
        $place = $path
        switch ($what) {
            'a file' { $place = $path = Join-Path $folder 'again.dcm'; New-TestDicom $path 1 }
            'a zip' { New-TestZip $path 3 }
        }
        $results = Send-WhileAway (Get-DicomFile $path) $place
        $results | ForEach-Object { $_.Status | Should -Be Failed }
        $before = $receiver.Instances
        $again = $results | Where-Object Status -EQ Failed | Send-DicomStore $receiver
        $again | ForEach-Object { $_.Status | Should -Be Sent }
        $again.Name | Should -Be $results.Name
        $receiver.Instances | Should -Be ($before + @($results).Count)
    }

    It 'hold no temporary file, and what was unpacked is unpacked again' {
        $inner = New-TestFolder
        1..3 | ForEach-Object { New-TestDicom (Join-Path $inner "$_.dcm") (10 + $_) }
        $path = Join-Path $folder 'again.tar.gz'
        & tar -czf $path -C $inner .
        Remove-Item $inner -Recurse
        $results = Get-DicomFile $path | Send-DicomStore $receiver
        if ($IsLinux) { Get-ChildItem "/proc/$PID/fd" | Where-Object { "$($_.Target)" -like '*fwdicom-*.spool*' } | Should -BeNullOrEmpty }
        $again = $results | Send-DicomStore $receiver
        $again | ForEach-Object { $_.Status | Should -Be Sent }
    }

    It 'keep the edits that were made before' {
        $path = Join-Path $folder 'edited.dcm'
        New-TestDicom $path 21
        $file = Get-DicomFile $path | Add-FwSendTag
        $file.SetValue('PatientID', 'EDITED')
        $results = Send-WhileAway $file $path
        $again = $results | Add-FwSendTag | Send-DicomStore $receiver
        $again.Status | Should -Be Sent
        $arrived = Get-DicomFile (Join-Path $folder received) -Recurse | Where-Object SopInstanceUid -EQ $again.SopInstanceUid
        $arrived.PatientId | Should -Be EDITED
        $arrived.Dataset.GetString('(0021,1000)') | Should -Be 'DICOM send'
        ($arrived.Dataset | Where-Object { "$($_.Tag)" -like '(0021,*' }).Count | Should -Be 2
    }

    It 'are sent again where what was given was no file: it fails again, with words' {
        $result = Join-Path $folder 'no.dcm' | ForEach-Object { 'text' > $_; Get-DicomFile $_ -ErrorAction SilentlyContinue } | Send-DicomStore $receiver
        $again = $result | Send-DicomStore $receiver
        $again.Status | Should -Be Failed
        $again.ErrorId | Should -Be DicomNotFound
    }

    It 'are measured as the instances they are about' {
        $path = Join-Path $folder 'measured.zip'
        New-TestZip $path 4
        (Get-DicomFile $path | Send-DicomStore $receiver | Measure-DicomFile).Count | Should -Be 4
    }
}

Describe 'Results that were saved and loaded' {
    BeforeAll {
        function Restore-Result($Result) {
            $Result | Export-Clixml (Join-Path $folder results.xml)
            Import-Clixml (Join-Path $folder results.xml)
        }
        $zip = Join-Path $folder 'loaded.zip'
        New-TestZip $zip 3
    }

    It 'are sent again from where they came, also tagged' {
        $file = Join-Path $folder 'loaded.dcm'
        New-TestDicom $file 31
        $loaded = Restore-Result (Send-WhileAway (Get-DicomFile $zip, $file) $file)
        $loaded | Where-Object Status -EQ Failed | Should -HaveCount 1
        $again = $loaded | Where-Object Status -EQ Failed | Add-FwSendTag | Send-DicomStore $receiver
        $again.Status | Should -Be Sent
        $again.Name | Should -Be $file
        $all = $loaded | Send-DicomStore $receiver
        $all | ForEach-Object { $_.Status | Should -Be Sent }
        $all.SopInstanceUid | Should -Be $loaded.SopInstanceUid
    }

    It 'fail in words where <what>' -ForEach @(
        @{ what = 'the file is gone'; reason = '*does not exist any more*' }
        @{ what = 'the file holds another image'; reason = '*no longer holds it*' }
        @{ what = 'the file is no file any more'; reason = '*no longer holds it*' }
    ) {
        $file = Join-Path $folder 'other.dcm'
        New-TestDicom $file 41
        $loaded = Restore-Result (Get-DicomFile $file | Send-DicomStore $receiver)
        switch -Wildcard ($what) {
            '*gone' { Remove-Item $file }
            '*another image' { New-TestDicom $file 42 }
            '*no file*' { 'text' > $file }
        }
        $again = $loaded | Send-DicomStore $receiver -ErrorVariable problem -ErrorAction SilentlyContinue
        $again.Status | Should -Be Failed
        $again.ErrorId | Should -Be ResultNotReopened
        $again.Reason | Should -BeLike $reason
        $problem.FullyQualifiedErrorId | Should -Be 'ResultNotReopened,FlywheelDicom.Cmdlets.SendDicomStoreCommand'
    }

    It 'are not sent without the edits that they had: <what>' -ForEach @(
        @{ what = 'values that were set'; edit = { Set-DicomValue ([ordered]@{ PatientName = 'SECRET^EDIT'; PatientID = '042' }) -InputObject $_ }; named = 'PatientName, PatientID' }
        @{ what = 'a tag'; edit = { Add-FwSendTag -InputObject $_ }; named = '(0021,xx00:Flywheel)' }
        @{ what = 'elements that were removed'; edit = { Remove-DicomValue PatientName -Private -Recurse -InputObject $_ }; named = 'PatientName, private elements' }
        @{ what = 'an edit of a stage of the user'; edit = { $_.SetValue('PatientName', 'SECRET^EDIT'); $_ }; named = 'PatientName' }
        @{ what = 'an edit that was not possible'; edit = { Set-DicomValue @{ PatientName = { throw 'no' } } -InputObject $_ -ErrorAction SilentlyContinue }; named = 'PatientName' }
        @{ what = 'a copy of an edited file'; edit = { Set-DicomValue @{ PatientName = 'SECRET^EDIT' } -InputObject $_ | Save-DicomFile (Join-Path $folder copies) -PassThru -Force }; named = 'PatientName' }
    ) {
        $file = Join-Path $folder 'unsent.dcm'
        New-TestDicom $file 61
        $result = Get-DicomFile $file | ForEach-Object $edit | Send-DicomStore $receiver -ErrorAction SilentlyContinue
        $result.Edited | Should -Be $named
        $before = $receiver.Instances
        $loaded = Restore-Result $result
        foreach ($run in { $loaded | Send-DicomStore $receiver @quiet }, { $loaded | Save-DicomFile (Join-Path $folder again) -PassThru @quiet }, { $loaded | Add-FwSendTag @quiet | Send-DicomStore $receiver @quiet }) {
            $quiet = @{ ErrorAction = 'SilentlyContinue' }
            $again = & $run
            if ($again.psobject.TypeNames[0] -like '*SendResult') { $again.ErrorId | Should -Be ResultNotReopened; $text = $again.Reason } else { $again.ProblemDetail.Id | Should -Be ResultNotReopened; $text = $again.Problem }
            $text | Should -BeLike '*edited before it was sent*edits are not saved with a result. Get the file again and apply the same steps.'
            $text | Should -BeLike "*($([WildcardPattern]::Escape($named)))*"
            $text | Should -Not -BeLike '*SECRET*'
        }
        $receiver.Instances | Should -Be $before
        Join-Path $folder again | Get-ChildItem -Recurse -File | Should -BeNullOrEmpty
        Get-Content (Join-Path $folder results.xml) -Raw | Should -Not -BeLike '*SECRET*'
    }

    It 'are not sent where they do not say whether they were edited, as those of an older version' {
        $file = Join-Path $folder 'older.dcm'
        New-TestDicom $file 62
        $path = Join-Path $folder older.xml
        Get-DicomFile $file | Send-DicomStore $receiver | Export-Clixml $path
        $text = Get-Content $path -Raw
        $text | Should -BeLike '*N="Edited"*'
        $text -replace '<S N="Edited">[^<]*</S>|<S N="Edited" ?/>' | Set-Content $path
        Get-Content $path -Raw | Should -Not -BeLike '*N="Edited"*'
        $again = Import-Clixml $path | Send-DicomStore $receiver -ErrorAction SilentlyContinue
        $again.ErrorId | Should -Be ResultNotReopened
        $again.Reason | Should -BeLike 'Whether it was edited before it was sent is not known*'
    }

    It 'are not sent where the file could not be read, since nobody knows what a stage would have edited' {
        $file = Join-Path $folder 'late.dcm'
        'text' > $file
        $result = Get-DicomFile $file -ErrorAction SilentlyContinue | Set-DicomValue @{ PatientName = 'X' } | Send-DicomStore $receiver -ErrorAction SilentlyContinue
        New-TestDicom $file 63
        $again = Restore-Result $result | Send-DicomStore $receiver -ErrorAction SilentlyContinue
        $again.ErrorId | Should -Be ResultNotReopened
    }

    It 'give the report that they would have given' {
        $results = Get-DicomFile $zip | Send-DicomStore $receiver
        $report = Restore-Result $results | Export-FwSendReport (Join-Path $folder 'loaded.csv')
        $report.IsComplete | Should -BeTrue
        $report.ImagesInSeries | Should -Be 3
        $report.DistinctImages | Should -Be 3
        $null = $results | Export-FwSendReport (Join-Path $folder 'live.csv')
        Get-Content (Join-Path $folder 'loaded.csv') | Should -Be (Get-Content (Join-Path $folder 'live.csv'))
    }

    It 'are complete nowhere where their run was cut off' {
        $loaded = Restore-Result (Get-DicomFile $zip | Send-DicomStore $receiver | Select-Object -First 2)
        $report = $loaded | Export-FwSendReport (Join-Path $folder 'cut.csv') -WarningVariable warnings -WarningAction SilentlyContinue
        $report.IsComplete | Should -BeFalse
        $report.IsStopped | Should -BeTrue
        "$warnings" | Should -BeLike '*Nothing says that the run of these results came to its end*'
    }

    It 'lose nothing in depth: Export-Clixml -Depth 1 says less, and not more' {
        Get-DicomFile $zip | Send-DicomStore $receiver | Export-Clixml (Join-Path $folder shallow.xml) -Depth 1
        $report = Import-Clixml (Join-Path $folder shallow.xml) | Export-FwSendReport (Join-Path $folder 'shallow.csv') -WarningAction SilentlyContinue
        $report.ImagesInSeries | Should -Be 3
        $report.ImagesSent | Should -Be 3
    }

    It 'come back from a job: <what>' -ForEach @(
        @{ what = 'as they are made, and nothing says that the run ended'; code = { Get-DicomFile $zip | Send-DicomStore 127.0.0.1 -Port $port }; isComplete = $false }
        @{ what = 'once all are made'; code = { $all = Get-DicomFile $zip | Send-DicomStore 127.0.0.1 -Port $port; $all }; isComplete = $true }
    ) {
        $module = Join-Path $repo 'output/FlywheelDicom/FlywheelDicom.psd1'
        $job = Start-Job { param($module, $zip, $port, $code) Import-Module $module; . ([scriptblock]::Create($code)) } -ArgumentList $module, $zip, $receiver.Port, "$code"
        $report = $job | Receive-Job -Wait -AutoRemoveJob | Export-FwSendReport (Join-Path $folder "job-$isComplete.csv") -WarningAction SilentlyContinue
        $report.ImagesSent | Should -Be 3
        $report.Rows[0].FileName | Should -Be loaded.zip
        $report.IsComplete | Should -Be $isComplete
    }

    It 'are taken by Confirm-DicomStore' {
        $loaded = Restore-Result (Get-DicomFile $zip | Send-DicomStore $receiver)
        $confirmed = $loaded | Confirm-DicomStore -WaitTime 1 -ErrorAction SilentlyContinue
        $confirmed | Should -HaveCount 3
        $confirmed | ForEach-Object { $_.Confirmation | Should -Not -BeNullOrEmpty }
    }

    It 'are not made of what was made up' {
        $made = [pscustomobject]@{ PSTypeName = 'Deserialized.FlywheelDicom.DicomSendResult'; Name = 'x'; Status = 'Sent' }
        $report = $made | Export-FwSendReport (Join-Path $folder 'made.csv') -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'InputNotSendResult,*'
        $report.ImagesSent | Should -Be 0
    }
}

Describe 'Results of a run that was cut off' {
    It 'are no complete report when they are sent again, loaded or not' {
        $zip = Join-Path $folder 'cut.zip'
        New-TestZip $zip 3
        $results = Get-DicomFile $zip | Send-DicomStore $receiver | Select-Object -First 2
        $again = $results | Send-DicomStore $receiver | Export-FwSendReport (Join-Path $folder 'cut.csv') -WarningAction SilentlyContinue
        $again.IsComplete | Should -BeFalse
        $saved = Join-Path $folder 'cut.xml'
        $results | Export-Clixml $saved
        $again = Import-Clixml $saved | Send-DicomStore $receiver | Export-FwSendReport (Join-Path $folder 'cut2.csv') -WarningAction SilentlyContinue
        $again.IsComplete | Should -BeFalse
        # The instances themselves are whole.
        $all = Get-DicomFile $zip | Send-DicomStore $receiver
        ($all | Send-DicomStore $receiver | Export-FwSendReport (Join-Path $folder 'all.csv')).IsComplete | Should -BeTrue
    }
}

Describe 'Lines of a journal' {
    It 'are a report: each instance once, stored where any line says so, complete nowhere' {
        $file = Join-Path $folder 'journal.dcm'
        New-TestDicom $file 51
        $zip = Join-Path $folder 'journal.zip'
        New-TestZip $zip 2
        $journal = Join-Path $folder 'journal.tsv'
        $files = Get-DicomFile $file, $zip
        Rename-Item $file "$file.away"
        $null = $files | Send-DicomStore $receiver -Journal $journal -ErrorAction SilentlyContinue
        $report = Get-DicomSendJournal $journal | Export-FwSendReport (Join-Path $folder 'first.csv') -WarningAction SilentlyContinue
        $report.ImagesInSeries | Should -Be 3
        $report.ImagesSent | Should -Be 2
        Rename-Item "$file.away" $file
        $null = $files | Send-DicomStore $receiver -Journal $journal
        $report = Get-DicomSendJournal $journal | Export-FwSendReport (Join-Path $folder 'second.csv') -WarningAction SilentlyContinue -WarningVariable warnings
        $report.ImagesInSeries | Should -Be 3
        $report.ImagesSent | Should -Be 3
        $report.IsComplete | Should -BeFalse
        $report.Rows | Should -HaveCount 1
        "$warnings" | Should -BeLike '*lines of a journal*'
    }
}
