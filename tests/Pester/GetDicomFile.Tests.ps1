BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    New-TestDicom (Join-Path $folder 'a.dcm') 1
    New-TestDicom (Join-Path $folder 'b.dcm') 2 @{ TransferSyntax = '1.2.840.10008.1.2' }
    'hello' > (Join-Path $folder 'notes.txt')
    $null = New-Item (Join-Path $folder 'sub') -ItemType Directory
    New-TestDicom (Join-Path $folder 'sub/c[1].dcm') 3
    New-TestZip (Join-Path $folder 'sub/series.zip') 5
}

AfterAll { Remove-Item $folder -Recurse }

Describe 'Get-DicomFile' {
    It 'reads a folder, and its subfolders when asked' {
        (Get-DicomFile $folder).Count | Should -Be 2
        (Get-DicomFile $folder -Recurse).Count | Should -Be 8
    }

    It 'takes wildcards, literal paths and what Get-ChildItem gives' {
        (Get-DicomFile (Join-Path $folder '*.dcm')).Count | Should -Be 2
        (Get-DicomFile -LiteralPath (Join-Path $folder 'sub/c[1].dcm')).SopInstanceUid | Should -BeLike '*.3'
        (Get-ChildItem $folder -Filter *.dcm | Get-DicomFile).Count | Should -Be 2
        (Get-ChildItem (Join-Path $folder sub) | Get-DicomFile).Count | Should -Be 6
    }

    It 'tells what the header says' {
        $file = Get-DicomFile (Join-Path $folder 'a.dcm')
        $file | Should -BeOfType FlywheelDicom.DicomFile
        $file.Modality | Should -Be CT
        $file.PatientId | Should -Be SUBJ0001
        $file.Origin.FileName | Should -Be a.dcm
        $file.Dataset['PatientName'] | Should -Be 'SYNTHETIC^SUBJECT'
        $file.Dataset['0028,0010'] | Should -Be 16
        $file.Dataset[0x00280010] | Should -Be 16
        $file.Dataset['Modality'] | Should -Be CT
    }

    It 'edits what is to be saved and leaves the source alone' {
        $path = Join-Path $folder 'a.dcm'
        $before = (Get-FileHash $path).Hash
        $file = Get-DicomFile $path
        $file.SetValue('PatientName', 'X')
        $file.Remove('PatientID')
        $copy = Join-Path $folder 'copy.out'
        $file.Save($copy)
        (Get-FileHash $path).Hash | Should -Be $before
        (Get-DicomFile $copy).Dataset['PatientName'] | Should -Be X
        (Get-DicomFile $copy).PatientId | Should -BeNullOrEmpty
        Remove-Item $copy
    }

    It 'writes one error and one file with a problem for <what>' -ForEach @(
        @{ what = 'a path that is not there'; path = 'nope.dcm'; id = 'SourceNotFound'; category = 'ObjectNotFound' }
        @{ what = 'a file that is not DICOM'; path = 'notes.txt'; id = 'DicomNotFound'; category = 'InvalidData' }
        @{ what = 'wildcards that match nothing'; path = '*.nope'; id = 'DicomNotFound'; category = 'InvalidData' }
    ) {
        $files = Get-DicomFile (Join-Path $folder $path) -ErrorVariable problems -ErrorAction SilentlyContinue
        @($files).Count | Should -Be 1
        $files.Problem | Should -Not -BeNullOrEmpty
        $problems.Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -Be "$id,FlywheelDicom.Cmdlets.GetDicomFileCommand"
        $problems[0].CategoryInfo.Category | Should -Be $category
        "$($problems[0])" | Should -BeLike "*$path*"
    }

    It 'says what it left out, when asked' {
        $verbose = Get-DicomFile $folder -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] }
        "$verbose" | Should -BeLike '*notes.txt*not DICOM*'
    }

    It 'stops early where the pipeline does' { (Get-DicomFile $folder -Recurse | Select-Object -First 3).Count | Should -Be 3 }
}
