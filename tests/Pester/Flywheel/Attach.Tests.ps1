BeforeAll {
    . $PSScriptRoot/../Support.ps1
    $folder = New-TestFolder
    New-TestDicom (Join-Path $folder '1.dcm') 1
    'x' > (Join-Path $folder 'no.dcm')
    $double = Start-FlywheelDouble
    $null = Connect-FwInstance $double.Key 3>$null
    $receiver = Start-DicomReceiver -Discard
}

AfterAll {
    Disconnect-FwInstance
    $receiver | Stop-DicomReceiver
    Stop-FlywheelDouble $double
    Remove-Item $folder -Recurse
}

Describe 'A report of which one file is refused by Flywheel' {
    It 'is attached all the same, and what is not is named: <what>' -ForEach @(
        @{ what = 'the list of failures'; after = 0; file = '*_failures.csv'; kept = @('*[0-9].csv') }
        @{ what = 'the report'; after = 1; file = '*[0-9].csv'; kept = @('*_failures.csv') }
    ) {
        $ids = Add-DoubleFile $double 'neuro', 'Attach', 'S001', "refused $after", 't1' @(@{ name = '1.dcm'; disk = Join-Path $folder '1.dcm'; type = 'dicom' }, @{ name = 'no.dcm'; disk = Join-Path $folder 'no.dcm'; type = 'dicom' })
        Add-DoubleFault $double @{ Kind = 'Status'; Method = 'POST'; Path = "sessions/$($ids[3])"; Status = 403; After = $after }
        $report = Get-FwSessionDicom -SessionId $ids[3] -ErrorAction SilentlyContinue | Send-DicomStore $receiver |
            Export-FwSendReport -OutputDirectory $folder -Attach -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem | Should -HaveCount 1
        $problem.FullyQualifiedErrorId | Should -Be 'ReportNotAttached,FlywheelDicom.Cmdlets.ExportFwSendReportCommand'
        "$problem" | Should -BeLike "*$what was not attached*"
        "$problem".Split("'")[1] | Should -BeLike $file
        $names = @((Get-DoubleState $double).uploads | Where-Object id -EQ $ids[3]).name
        $names | Should -HaveCount 1
        $names | Should -BeLike $kept[0]
        [bool] $report.AttachedTo | Should -Be ($after -eq 0)
    }
}
