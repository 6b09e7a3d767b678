BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    $receiver = Start-DicomReceiver -Discard
    New-TestZip (Join-Path $folder 'a.zip') 3
    'no DICOM' > (Join-Path $folder 'no.dcm')
    $out = (New-Item (Join-Path $folder out) -ItemType Directory).FullName
}

AfterAll {
    $receiver | Stop-DicomReceiver
    Remove-Item $folder -Recurse
}

Describe 'Send-DicomStore -WhatIf' {
    It 'sums up what would be sent, and what would not' {
        $null = Get-DicomFile $folder/a.zip, $folder/no.dcm -ErrorAction SilentlyContinue | Send-DicomStore $receiver -WhatIf -InformationVariable said 6>$null
        @($said) | Should -HaveCount 1
        "$said" | Should -BeLike "What if: 3 instances (* MB) would be sent to ANY-SCP at 127.0.0.1:$($receiver.Port). 1 cannot be sent, for the reason in Problem."
        $receiver.Instances | Should -Be 0
    }

    It 'has a line for each that would be sent, and none for others' {
        $lines = @(& pwsh -NoProfile -Command "Import-Module '$repo/output/FlywheelDicom/FlywheelDicom.psd1'; Get-DicomFile '$folder/a.zip', '$folder/no.dcm' -ErrorAction SilentlyContinue | Send-DicomStore 127.0.0.1 -Port $($receiver.Port) -WhatIf" | Where-Object { $_ -like 'What if:*' })
        $lines | Should -HaveCount 4
        $lines[0] | Should -BeLike '*Send to ANY-SCP*000?.dcm*'
        $lines[3] | Should -BeLike 'What if: 3 instances*'
    }

    It 'knows what a journal would skip, and leaves it as it is' {
        $journal = Join-Path $folder 'run.tsv'
        $null = Get-DicomFile $folder/a.zip | Select-Object -First 2 | Send-DicomStore $receiver -Journal $journal
        $before = (Get-FileHash $journal).Hash
        $null = Get-DicomFile $folder/a.zip | Send-DicomStore $receiver -Journal $journal -WhatIf -InformationVariable said 6>$null
        "$said" | Should -BeLike 'What if: 1 instance (*2 would be skipped: the journal has them as stored there.'
        (Get-FileHash $journal).Hash | Should -Be $before
        $null = Get-DicomFile $folder/a.zip | Send-DicomStore $receiver -Journal (Join-Path $folder 'new.tsv') -WhatIf 6>$null
        Join-Path $folder 'new.tsv' | Should -Not -Exist
        Test-Path (Join-Path $folder 'new.tsv.lock') | Should -BeFalse
    }

    It 'refuses a journal that is none, as a run would' {
        { Get-DicomFile $folder/a.zip | Send-DicomStore $receiver -Journal "$folder/no.dcm" -WhatIf } | Should -Throw -ErrorId 'JournalUnusable,FlywheelDicom.Cmdlets.SendDicomStoreCommand'
    }

    It 'leaves no report: <what>' -ForEach @(
        @{ what = 'right behind it'; code = { Get-DicomFile $folder/a.zip | Send-DicomStore $receiver -WhatIf | Export-FwSendReport -OutputDirectory $out } }
        @{ what = 'behind a confirmation'; code = { Get-DicomFile $folder/a.zip | Send-DicomStore $receiver -WhatIf | Confirm-DicomStore | Export-FwSendReport -OutputDirectory $out } }
        @{ what = 'with $WhatIfPreference'; code = { $WhatIfPreference = $true; Get-DicomFile $folder/a.zip | Send-DicomStore $receiver | Export-FwSendReport -OutputDirectory $out } }
    ) {
        & $code 6>$null | Should -BeNullOrEmpty
        Get-ChildItem $out | Should -BeNullOrEmpty
    }

    It 'says nothing to the pipelines after it' {
        $null = Get-DicomFile $folder/a.zip | Send-DicomStore $receiver -WhatIf | Export-FwSendReport -OutputDirectory $out 6>$null
        $report = Get-DicomFile $folder/a.zip | Send-DicomStore $receiver | Export-FwSendReport (Join-Path $folder after.csv)
        $report.ImagesSent | Should -Be 3
    }

    It 'says nothing to a pipeline around it' {
        $report = 1 | ForEach-Object { $null = Get-DicomFile $folder/a.zip | Send-DicomStore $receiver -WhatIf 6>$null; Get-DicomFile $folder/a.zip } |
            Send-DicomStore $receiver | Export-FwSendReport (Join-Path $folder around.csv)
        $report.ImagesSent | Should -Be 3
    }
}
