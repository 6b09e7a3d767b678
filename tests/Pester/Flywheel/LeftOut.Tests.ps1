BeforeAll {
    . $PSScriptRoot/../Support.ps1
    $folder = New-TestFolder
    foreach ($n in 1..2) { New-TestDicom (Join-Path $folder "$n.dcm") $n }
    $double = Start-FlywheelDouble
    $null = Connect-FwInstance $double.Key 3>$null
}

AfterAll {
    Disconnect-FwInstance
    Stop-FlywheelDouble $double
    Remove-Item $folder -Recurse
}

Describe 'What a run over a project leaves out' {
    It 'is told once, with its number: sessions without DICOM, and files without a type' {
        $ids = foreach ($n in 1..3) {
            , (Add-DoubleFile $double 'neuro', 'Left out', 'S001', "visit $n", 't1' @(@{ name = "a.dcm"; disk = Join-Path $folder '1.dcm'; type = $n -eq 2 ? 'dicom' : 'nifti' }))
        }
        $null = Add-DoubleFile $double 'neuro', 'Left out', 'S001', 'visit 2', 't2' @(@{ name = 'b.dcm'; disk = Join-Path $folder '2.dcm'; type = $null })
        $files = Get-FwSessionDicom -ProjectId $ids[0][1] -WarningVariable warning -Verbose 3>$null 4>&1
        $lines = ($files | Where-Object { $_ -is [Management.Automation.VerboseRecord] }).Message
        @($files | Where-Object { $_ -is [FlywheelDicom.DicomFile] }) | Should -HaveCount 1
        $warning | Should -HaveCount 2
        "$($warning[0])" | Should -BeLike '2 of 3 sessions hold no file of type dicom*'
        "$($warning[1])" | Should -BeLike '1 files without a type*-IncludeUntyped*'
        $lines -match "visit 1.*$($ids[0][3])" | Should -HaveCount 1
        $lines -match 'b\.dcm' | Should -HaveCount 1
    }

    It 'is nothing where all was taken' {
        $ids = Add-DoubleFile $double 'neuro', 'All', 'S001', 'visit 1', 't1' @(@{ name = 'a.dcm'; disk = Join-Path $folder '1.dcm'; type = 'dicom' }, @{ name = 'x.nii'; disk = Join-Path $folder '1.dcm'; type = $null })
        $null = Get-FwSessionDicom -ProjectId $ids[1] -WarningVariable warning
        $warning | Should -BeNullOrEmpty
    }
}
