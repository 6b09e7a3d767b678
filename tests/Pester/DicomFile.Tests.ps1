BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    $path = Join-Path $folder 'a.dcm'
    New-TestDicom $path 1
}

AfterAll { Remove-Item $folder -Recurse }

Describe 'A mistyped keyword' {
    It 'warns once for the word, with the nearest keyword, where PowerShell hides what an indexer throws' {
        $output = Get-DicomFile $path, $path, $path | Where-Object { $_.Dataset['Modaltiy'] -eq 'CT' } 3>&1
        @($output).Count | Should -Be 1
        $output.Message | Should -BeLike "*'Modaltiy' is not a DICOM tag or keyword. Did you mean Modality?*"
        Get-DicomFile $path | Where-Object { $_.Dataset['Modaltiy'] } 3>&1 | Should -BeNullOrEmpty
        (Get-DicomFile $path | Where-Object { $_.Dataset['Modality'] -eq 'CT' }).Count | Should -Be 1
    }

    It 'is an error of the methods' {
        $dataset = (Get-DicomFile $path).Dataset
        { $dataset.GetValue('PatientNaem') } | Should -Throw '*Did you mean PatientName?*'
        { $dataset.GetString('PatientNaem') } | Should -Throw '*Did you mean PatientName?*'
        { $dataset.Contains('PatientNaem') } | Should -Throw '*Did you mean PatientName?*'
        $dataset.GetValue('PatientName') | Should -Be 'SYNTHETIC^SUBJECT'
    }

    It 'is told in another runspace too' {
        $text = Get-DicomFile $path | ForEach-Object -Parallel { $_.Dataset['StudyInstanceUDI'] } 3>&1 | Out-String
        $text | Should -BeLike '*Did you mean StudyInstanceUID?*'
    }
}

Describe 'SetValue' {
    It 'takes what PowerShell gives: dates, numbers, arrays' {
        $file = Get-DicomFile $path
        $file.SetValue('StudyDate', [datetime]'2024-01-31')
        $file.SetValue('AcquisitionDateTime', (Get-Date '2024-01-31T09:30:00'))
        $file.SetValue('PixelSpacing', @(0.5, 0.25))
        $file.SetValue('ImageType', ('ORIGINAL', 'PRIMARY'))
        $file.SetValue('Rows', 12)
        $file.Dataset.GetString('StudyDate') | Should -Be '20240131'
        $file.Dataset.GetString('AcquisitionDateTime') | Should -Be '20240131093000'
        $file.Dataset.GetString('PixelSpacing') | Should -Be '0.5\0.25'
        $file.Dataset.GetString('ImageType') | Should -Be 'ORIGINAL\PRIMARY'
        $file.Dataset['Rows'] | Should -Be 12
    }

    It 'refuses <value> for <keyword> in words' -ForEach @(
        @{ keyword = 'StudyDate'; value = 'hello'; words = '*yyyyMMdd*' }
        @{ keyword = 'StudyDescription'; value = 'x' * 100; words = '*at most 64 characters*' }
        @{ keyword = 'Modality'; value = 'ct'; words = '*capital letters*' }
    ) { { (Get-DicomFile $path).SetValue($keyword, $value) } | Should -Throw $words }
}

Describe 'Save' {
    BeforeEach { Push-Location $folder }
    AfterEach { Pop-Location }

    It 'takes a path relative to PowerShell''s location' {
        $process = [Environment]::CurrentDirectory
        $process | Should -Not -Be $folder
        (Get-DicomFile a.dcm).Save('relative.dcm')
        Test-Path (Join-Path $folder relative.dcm) | Should -BeTrue
        Test-Path (Join-Path $process relative.dcm) | Should -BeFalse
        [FlywheelDicom.DicomFile]::Open('relative.dcm').Name | Should -Be (Join-Path $folder relative.dcm)
    }

    It 'replaces a file only when told to, and never its own source' {
        Copy-Item a.dcm b.dcm
        { (Get-DicomFile a.dcm).Save('b.dcm') } | Should -Throw '*exists already*'
        (Get-DicomFile a.dcm).Save('b.dcm', 'Overwrite')
        { (Get-DicomFile a.dcm).Save('./a.dcm', 'Overwrite') } | Should -Throw '*is read from*'
        Get-ChildItem . -Force -Filter *.partial | Should -BeNullOrEmpty
    }

    It 'takes no file with a problem' {
        [IO.File]::WriteAllBytes((Join-Path $folder cut.dcm), [IO.File]::ReadAllBytes($path)[0..600])
        { (Get-DicomFile cut.dcm -ErrorAction SilentlyContinue).Save('whole.dcm') } | Should -Throw '*is not saved*'
        Test-Path whole.dcm | Should -BeFalse
    }
}
