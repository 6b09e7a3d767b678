# Set-DicomValue and Remove-DicomValue: edits as stages.
BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    $secret = 'GEHEIM^PATIENT'

    function New-Element([uint32] $Tag, [string] $VR, $Value) { [FlywheelDicom.TestSupport.SyntheticElement]::new($Tag, $VR, $Value) }
    $element = [FlywheelDicom.TestSupport.SyntheticElement]
    $beams = $element::Sequence(0x300A00B0, $false, [FlywheelDicom.TestSupport.SyntheticElement[][]]((, (New-Element 0x300A00C2 LO first)), (, (New-Element 0x300A00C2 LO second))))
    foreach ($n in 1..3) {
        $with = @{ PatientName = $secret }
        if ($n -lt 3) { $with.Extra = [FlywheelDicom.TestSupport.SyntheticElement[]]@($beams, (New-Element 0x00190010 LO ACME), (New-Element 0x00191001 LO private)) }
        New-TestDicom (Join-Path $folder "$n.dcm") $n $with
    }
    function Get-Test { Get-DicomFile $folder }
}

AfterAll { Remove-Item $folder -Recurse }

Describe 'Set-DicomValue' {
    It 'sets keywords, tags and paths, and computes by script block' {
        $files = Get-DicomFile (Join-Path $folder 1.dcm), (Join-Path $folder 2.dcm) | Set-DicomValue @{
            PatientName = 'ANON'; '0008,1030' = 'Study'; 0x00081090 = 'Model'; 'BeamSequence[0].BeamName' = 'A'; '0010,0020' = { "ID-$($_.PatientId)" }
            ImageType = 'DERIVED', 'SECONDARY'; PatientBirthDate = [datetime]'2001-02-03'; '(0021,xx00:Mine)' = 'x'
        }
        @($files | Where-Object Problem) | Should -BeNullOrEmpty
        foreach ($file in $files) {
            $path = Join-Path $folder "$($file.SopInstanceUid).out"
            $file.Save($path)
            $dataset = (Get-DicomFile $path).Dataset
            $dataset['PatientName'] | Should -Be ANON
            $dataset['StudyDescription'] | Should -Be Study
            $dataset['ManufacturerModelName'] | Should -Be Model
            $dataset['BeamSequence'].ForEach{ $_['BeamName'] } | Should -Be A, second
            $dataset['PatientID'] | Should -Be 'ID-SUBJ0001'
            $dataset['ImageType'] | Should -Be DERIVED, SECONDARY
            $dataset['PatientBirthDate'] | Should -Be 20010203
            $dataset['(0021,1000)'] | Should -Be x
            Remove-Item $path
        }
    }

    It 'calls the script block once for each instance, and what it gives out is the value' {
        $script:calls = 0
        $map = @{}
        $files = Get-Test | Set-DicomValue @{ SOPInstanceUID = { $script:calls++; $map[$_.SopInstanceUid] ??= [FlywheelDicom.DicomUID]::Generate(); $map[$_.SopInstanceUid] } }
        $script:calls | Should -Be 3
        $files.SopInstanceUid | Should -Be @($map.Values | Sort-Object { $files.SopInstanceUid.IndexOf($_) })
        $files.SopInstanceUid | Should -Match '^2\.25\.'
    }

    It 'runs the script block for each item of a path, with the item as its argument' {
        $file = Get-DicomFile (Join-Path $folder 1.dcm) | Set-DicomValue @{ 'BeamSequence[*].BeamName' = { param($item) "$($item['BeamName']) of $($_.Modality)" } }
        $file.Dataset['BeamSequence'].ForEach{ $_['BeamName'] } | Should -Be 'first of CT', 'second of CT'
    }

    It 'makes an element present and empty with null' {
        $dataset = (Get-DicomFile (Join-Path $folder 1.dcm) | Set-DicomValue @{ PatientName = $null; PatientID = { } }).Dataset
        $dataset.Contains('PatientName') | Should -BeTrue
        $dataset['PatientName'] | Should -BeNullOrEmpty
        $dataset.Contains('PatientID') | Should -BeTrue
    }

    It 'refuses <why> before the first instance' -ForEach @(
        @{ why = 'a mistyped keyword'; value = @{ PatientNmae = 'X' }; id = 'InvalidDicomTag'; words = 'PatientName' }
        @{ why = 'a date that is none'; value = @{ StudyDate = '31.1.2024' }; id = 'InvalidDicomValue'; words = 'yyyyMMdd' }
        @{ why = 'a UID that is none'; value = @{ SOPInstanceUID = '1.02.x' }; id = 'InvalidDicomValue'; words = 'UID' }
        @{ why = 'a number that does not fit'; value = @{ Rows = 70000 }; id = 'InvalidDicomValue'; words = '65535' }
        @{ why = 'text that is too long'; value = @{ 'BeamSequence[0].BeamName' = 'q' * 65 }; id = 'InvalidDicomValue'; words = '64 characters' }
        @{ why = 'too many values'; value = @{ PatientSex = 'M', 'F' }; id = 'InvalidDicomValue'; words = 'not 2' }
        @{ why = 'two names of one element'; value = @{ PatientID = 'a'; '0010,0020' = 'b' }; id = 'InvalidDicomValue'; words = 'twice' }
        @{ why = 'pixel data'; value = @{ PixelData = [byte[]](1, 2) }; id = 'InvalidDicomValue'; words = 'pixel data' }
        @{ why = 'group 0002'; value = @{ '0002,0010' = '1.2' }; id = 'InvalidDicomValue'; words = '0002' }
        @{ why = 'a sequence'; value = @{ BeamSequence = 'x' }; id = 'InvalidDicomValue'; words = 'sequence' }
        @{ why = 'a table in it'; value = @{ PatientID = @{ a = 1 } }; id = 'InvalidDicomValue'; words = 'table' }
        @{ why = 'an empty table'; value = @{}; id = 'InvalidDicomValue'; words = 'no value' }
        @{ why = 'a path that is none'; value = @{ 'BeamSequence.BeamName' = 'x' }; id = 'InvalidDicomTag'; words = '\[\*\]' }
    ) {
        $came = 0
        $problem = { Get-Test | ForEach-Object { $script:came++; $_ } | Set-DicomValue $value } | Should -Throw -PassThru
        $problem.FullyQualifiedErrorId | Should -Be "$id,FlywheelDicom.Cmdlets.SetDicomValueCommand"
        $problem.Exception.Message | Should -Match $words
        "$problem" | Should -Not -Match 'qqq|31\.1\.2024'
        $came | Should -Be 0
    }

    It 'gives one instance that cannot take a value a Problem, and the others go on' {
        $files = Get-Test | Set-DicomValue @{ 'BeamSequence[0].BeamName' = 'A'; PatientName = 'X' } -ErrorVariable problems -ErrorAction SilentlyContinue
        $files.Count | Should -Be 3
        @($files[0, 1] | Where-Object Problem) | Should -BeNullOrEmpty
        $files[2].Problem | Should -Match 'BeamSequence\[0\] is not there'
        $files[2].Dataset['PatientName'] | Should -Be $secret -Because 'all or none'
        $problems.FullyQualifiedErrorId | Should -Be 'DicomNotEdited,FlywheelDicom.Cmdlets.SetDicomValueCommand'
        $problems[0].TargetObject | Should -Be $files[2]
    }

    It 'takes no object for its text, and an error in a script block for no value: <what>' -ForEach @(
        @{ What = 'a row of a list'; Value = { [pscustomobject]@{ New = '042' } } }
        @{ What = 'a file'; Value = { Get-Item $PSHOME } }
        @{ What = 'an error that does not end it'; Value = { Write-Error 'not in the list' } }
        @{ What = 'nothing found'; Value = { Get-Item (Join-Path $PSHOME no such file) } }
        @{ What = 'break'; Value = { break } }
        @{ What = 'exit'; Value = { exit 3 } }
    ) {
        $file = Get-DicomFile (Join-Path $folder 1.dcm) | Set-DicomValue @{ PatientID = $Value } -ErrorAction SilentlyContinue
        $file.Problem | Should -Match 'PatientID \(0010,0020\): '
        $file.Problem | Should -Not -Match 'System error|042'
    }

    It 'refuses an object that is no value before anything flows' {
        { Get-DicomFile (Join-Path $folder 1.dcm) | Set-DicomValue @{ PatientID = [pscustomobject]@{ New = '042' } } } | Should -Throw '*PatientID*is no value*'
    }

    It 'tells of a script block that fails without what it says' {
        $file = Get-DicomFile (Join-Path $folder 1.dcm) | Set-DicomValue @{ PatientID = { throw "cannot use $($_.Dataset['PatientName'])" } } -ErrorVariable problems -ErrorAction SilentlyContinue
        $file.Problem | Should -Match 'PatientID \(0010,0020\): the script block failed'
        ($problems | Format-List * -Force | Out-String) + $problems[0].Exception | Should -Not -Match 'GEHEIM'
    }

    It 'tells of characters that the instance cannot hold without the value' {
        $file = Get-DicomFile (Join-Path $folder 1.dcm) | Set-DicomValue @{ PatientName = 'Жук' } -ErrorVariable problems -ErrorAction SilentlyContinue
        $file.Problem | Should -Match 'character set'
        "$problems" | Should -Not -Match 'Жук'
        $set = Get-DicomFile (Join-Path $folder 1.dcm) | Set-DicomValue ([ordered]@{ PatientName = 'Жук'; SpecificCharacterSet = 'ISO_IR 192' })
        $set.Problem | Should -BeNullOrEmpty
        $set.Dataset['PatientName'] | Should -Be 'Жук'
    }

    It 'sends what it has set, and the result has the new UID' {
        $receiver = Start-DicomReceiver -Path (Join-Path $folder in)
        try {
            $results = Get-DicomFile (Join-Path $folder 1.dcm) | Set-DicomValue @{ SOPInstanceUID = '1.2.3.4.5'; 'BeamSequence[*].BeamName' = 'all' } | Send-DicomStore localhost -Port $receiver.Port
            $results.Status | Should -Be Sent
            $results.SopInstanceUid | Should -Be '1.2.3.4.5'
            $stored = Get-DicomFile (Join-Path $folder in) -Recurse
            $stored.SopInstanceUid | Should -Be '1.2.3.4.5'
            $stored.Dataset['BeamSequence'].ForEach{ $_['BeamName'] } | Should -Be all, all
        }
        finally { Stop-DicomReceiver -Port $receiver.Port; Remove-Item (Join-Path $folder in) -Recurse }
    }

    It 'lets what had a Problem pass, untold a second time' {
        'no image' | Set-Content (Join-Path $folder bad.dcm)
        try {
            $file = Get-DicomFile (Join-Path $folder bad.dcm) -ErrorAction Ignore | Set-DicomValue @{ PatientName = 'X' } -ErrorVariable problems
            $file.Problem | Should -Not -BeNullOrEmpty
            $problems | Should -BeNullOrEmpty
        }
        finally { Remove-Item (Join-Path $folder bad.dcm) }
    }
}

Describe 'Remove-DicomValue' {
    It 'removes keywords, tags, private elements and groups' {
        $dataset = (Get-DicomFile (Join-Path $folder 1.dcm) | Remove-DicomValue PatientName, '0008,0020', '(0019,xx01:acme)' -Group 0x300A).Dataset
        'PatientName', 'StudyDate', '(0019,1001)', 'BeamSequence' | ForEach-Object { $dataset.Contains($_) | Should -BeFalse }
        $dataset.Contains('(0019,0010)') | Should -BeTrue
        (Get-DicomFile (Join-Path $folder 1.dcm) | Remove-DicomValue -Private).Dataset.Contains('(0019,0010)') | Should -BeFalse
    }

    It 'looks into sequences with -Recurse, or by a path' {
        $paths = { param($file) $file.Dataset['BeamSequence'].ForEach{ $_['BeamName'] } | Where-Object { $_ } }
        & $paths (Get-DicomFile (Join-Path $folder 1.dcm) | Remove-DicomValue BeamName) | Should -Be first, second
        & $paths (Get-DicomFile (Join-Path $folder 1.dcm) | Remove-DicomValue BeamName -Recurse) | Should -BeNullOrEmpty
        & $paths (Get-DicomFile (Join-Path $folder 1.dcm) | Remove-DicomValue 'BeamSequence[1].BeamName') | Should -Be first
        & $paths (Get-DicomFile (Join-Path $folder 1.dcm) | Remove-DicomValue 'BeamSequence[*].BeamName', 'BeamSequence[7].BeamName') | Should -BeNullOrEmpty
    }

    It 'refuses <_>' -ForEach 'SOPInstanceUID', 'SOPClassUID', '(0002,0003)', 'PixelData', 'PatientNmae' {
        $problem = { Get-Test | Remove-DicomValue $_ } | Should -Throw -PassThru
        $problem.FullyQualifiedErrorId | Should -Be 'InvalidDicomTag,FlywheelDicom.Cmdlets.RemoveDicomValueCommand'
    }

    It 'refuses groups that hold what must stay, and nothing at all' {
        { Get-Test | Remove-DicomValue -Group 0x0008 } | Should -Throw '*SOP Instance UID*'
        { Get-Test | Remove-DicomValue -Group 0x7FE0 } | Should -Throw '*pixel data*'
        { Get-Test | Remove-DicomValue } | Should -Throw '*nothing to remove*'
    }

    It 'completes keywords' {
        $line = 'Remove-DicomValue -Tag PatientBirth'
        $found = TabExpansion2 $line $line.Length
        $found.CompletionMatches.CompletionText | Should -Contain PatientBirthDate
        ($found.CompletionMatches | Where-Object CompletionText -EQ PatientBirthDate).ToolTip | Should -Be "(0010,0030) DA Patient's Birth Date"
    }
}

Describe 'The step of docs/deidentify.md' {
    It 'runs as it stands, and leaves nothing of what it names' {
        $site = New-TestFolder
        $null = New-Item (Join-Path $site study) -ItemType Directory
        $references = [FlywheelDicom.TestSupport.SyntheticElement[]]((New-Element 0x00081155 UI '1.2.3.4'), (New-Element 0x00191001 LO private))
        foreach ($n in 1..2) {
            New-TestDicom (Join-Path $site "study/$n.dcm") $n @{ PatientName = $secret; Extra = [FlywheelDicom.TestSupport.SyntheticElement[]]@(
                    $element::Sequence(0x00081140, $false, [FlywheelDicom.TestSupport.SyntheticElement[][]](, $references)), (New-Element 0x00100030 DA '19620101')) }
        }
        New-TestDicom (Join-Path $site study/other.dcm) 1 @{ Study = 2 }
        $step = [regex]::Match((Get-Content (Join-Path $repo docs/deidentify.md) -Raw), '(?s)```powershell\r?\n(.*?)```').Groups[1].Value
        $ErrorActionPreference = 'SilentlyContinue'
        Push-Location $site
        try { $sums = & ([scriptblock]::Create($step)) } finally { Pop-Location }
        $ErrorActionPreference = 'Stop'
        $sums.Saved, $sums.Failed | Should -Be 2, 1
        $saved = @(Get-DicomFile (Join-Path $site out) -Recurse)
        $saved.Count | Should -Be 2
        @($saved.StudyInstanceUid | Sort-Object -Unique).Count | Should -Be 1
        foreach ($file in $saved) {
            $file.PatientId | Should -Be TRIAL-001
            $file.SopInstanceUid | Should -BeLike '2.25.*'
            $file.Dataset['ReferencedImageSequence'][0]['ReferencedSOPInstanceUID'] | Should -BeLike '2.25.*'
            [Text.Encoding]::Latin1.GetString([IO.File]::ReadAllBytes($file.Name)) | Should -Not -Match 'GEHEIM|19620101|private|SUBJ0001|1\.2\.3\.4'
        }
        Remove-Item $site -Recurse
    }
}
