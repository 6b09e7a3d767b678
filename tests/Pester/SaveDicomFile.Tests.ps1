# Save-DicomFile: a pipeline that sends nothing.
BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    $source = Join-Path $folder in
    $null = New-Item $source -ItemType Directory
    foreach ($n in 1..3) { New-TestDicom (Join-Path $source "$n.dcm") $n }
}

AfterAll {
    Get-DicomReceiver | Stop-DicomReceiver
    Remove-Item $folder -Recurse
}

Describe 'Save-DicomFile' {
    BeforeEach { $out = Join-Path $folder ([guid]::NewGuid().ToString('N')) }

    It 'writes by patient, study, series and instance, and sums up' {
        $sums = Get-DicomFile $source | Save-DicomFile $out
        $sums | Should -BeOfType FlywheelDicom.DicomSaveSummary
        $sums.Saved, $sums.AlreadyThere, $sums.Failed, $sums.IsComplete | Should -Be 3, 0, 0, $true
        $files = Get-ChildItem $out -Recurse -File
        $sums.Bytes | Should -Be ($files | Measure-Object Length -Sum).Sum
        [IO.Path]::GetRelativePath($out, $files[0].FullName).Replace('\', '/') | Should -BeLike 'SUBJ0001/2.25.*.1/2.25.*.1.1/2.25.*.1.1.1.dcm'
        $files | Sort-Object Name | ForEach-Object { (Get-FileHash $_).Hash } | Should -Be (Get-ChildItem $source | Sort-Object Name | ForEach-Object { (Get-FileHash $_).Hash })
        (Get-DicomFile $source | Save-DicomFile $out).AlreadyThere | Should -Be 3
        ($sums | Out-String) | Should -Match 'AlreadyThere'
    }

    It 'saves edits, and gives the copies on with -PassThru' {
        $receiver = Start-DicomReceiver -Discard
        $files = Get-DicomFile $source | Set-DicomValue @{ PatientID = 'NEW' } | Save-DicomFile $out -PassThru -InformationVariable told
        $files.Count | Should -Be 3
        $files[0].Name | Should -BeLike "$out*NEW*"
        $files[0].Dataset['PatientID'] | Should -Be NEW
        $files[0].Origin.FileName | Should -Be 1.dcm
        $told.MessageData.Saved | Should -Be 3
        ($files | Send-DicomStore localhost -Port $receiver.Port).Status | Should -Be Sent, Sent, Sent
    }

    It 'writes nothing with -WhatIf' {
        # Nor does an original flow on, which a stage behind it would send.
        Get-DicomFile $source | Save-DicomFile $out -WhatIf -PassThru | Should -BeNullOrEmpty
        $out | Should -Not -Exist
        Get-DicomFile $source | Save-DicomFile $out -WhatIf | Should -BeNullOrEmpty
    }

    It 'never writes over what other instances are read from, even with -Force' {
        $own = Join-Path $folder own
        $null = New-Item $own -ItemType Directory
        # Each wants the name of one that is still to be read.
        1, 2, 3 | ForEach-Object { New-TestDicom (Join-Path $own "$($_ % 3 + 1).dcm") $_ }
        $before = (Get-ChildItem $own | Get-FileHash).Hash
        $sums = Get-DicomFile $own | Save-DicomFile $own -Layout '{InstanceNumber}.dcm' -Force -ErrorVariable problems -ErrorAction SilentlyContinue
        $sums.Failed, $sums.Saved | Should -Be 3, 0
        @($problems.FullyQualifiedErrorId) -like 'DicomSaveNameTaken*' | Should -HaveCount 3
        (Get-ChildItem $own | Get-FileHash).Hash | Should -Be $before
        # Nor where it is below the folder that is read.
        $below = Join-Path $own below
        $null = New-Item $below -ItemType Directory
        Copy-Item (Join-Path $own 1.dcm) (Join-Path $below 2.dcm)
        $null = Get-DicomFile $own | Save-DicomFile $below -Layout '{InstanceNumber}.dcm' -Force -ErrorAction SilentlyContinue
        (Get-FileHash (Join-Path $below 2.dcm)).Hash | Should -Be (Get-FileHash (Join-Path $own 1.dcm)).Hash
        # An older copy of the same instance is replaced.
        $sums = Get-DicomFile $own | Set-DicomValue @{ PatientName = 'NEW' } | Save-DicomFile (Join-Path $folder copies) -Force
        $sums = Get-DicomFile $own | Set-DicomValue @{ PatientName = 'NEWER' } | Save-DicomFile (Join-Path $folder copies) -Force
        $sums.Saved | Should -Be 3
    }

    It 'tells of a name that is taken, passes it on with a Problem, and leaves the object as it was' {
        $all = @(Get-DicomFile $source)
        $files = $all | Save-DicomFile $out -Layout '{PatientId}.dcm' -PassThru -ErrorVariable problems -ErrorAction SilentlyContinue
        $files.Count | Should -Be 3
        @($files | Where-Object Problem).Count | Should -Be 2
        $problems.FullyQualifiedErrorId | Should -Be (@('DicomSaveNameTaken,FlywheelDicom.Cmdlets.SaveDicomFileCommand') * 2)
        "$problems" | Should -Not -Match 'SUBJ0001'
        @($all | Where-Object Problem).Count | Should -Be 0
        ($all | Save-DicomFile $out -Layout '{SopInstanceUid}.dcm').Saved | Should -Be 3
    }

    It 'replaces other content with -Force alone' {
        $null = Get-DicomFile (Join-Path $source 1.dcm) | Save-DicomFile $out -Layout '{PatientId}.dcm'
        $sums = Get-DicomFile (Join-Path $source 2.dcm) | Save-DicomFile $out -Layout '{PatientId}.dcm' -ErrorAction SilentlyContinue
        $sums.Failed, $sums.IsComplete | Should -Be 1, $false
        (Get-DicomFile (Join-Path $source 2.dcm) | Save-DicomFile $out -Layout '{PatientId}.dcm' -Force).Saved | Should -Be 1
        (Get-DicomFile (Join-Path $out SUBJ0001.dcm)).Dataset['InstanceNumber'] | Should -Be 2
    }

    It 'refuses what has a Problem, and passes it on' {
        $bad = Join-Path $folder bad.dcm
        'no image' | Set-Content $bad
        $file = Get-DicomFile $bad -ErrorAction Ignore
        $passed = $file | Save-DicomFile $out -PassThru -ErrorVariable problems -ErrorAction SilentlyContinue
        $passed.Problem | Should -Be $file.Problem
        $problems.FullyQualifiedErrorId | Should -Be 'DicomNotFound,FlywheelDicom.Cmdlets.SaveDicomFileCommand'
    }

    It 'refuses the layout <_> before the first instance' -ForEach '/{PatientId}.dcm', '../{PatientId}.dcm', '{PatientNmae}.dcm', '{PatientId}/' {
        $problem = { Get-DicomFile $source | Save-DicomFile $out -Layout $_ } | Should -Throw -PassThru
        $problem.FullyQualifiedErrorId | Should -Be 'InvalidLayout,FlywheelDicom.Cmdlets.SaveDicomFileCommand'
        $out | Should -Not -Exist
    }

    It 'refuses a folder that cannot be made' {
        $problem = { Get-DicomFile $source | Save-DicomFile (Join-Path $source 1.dcm/out) } | Should -Throw -PassThru
        $problem.FullyQualifiedErrorId | Should -Be 'SaveFolderUnusable,FlywheelDicom.Cmdlets.SaveDicomFileCommand'
    }

    It 'writes below the folder of a relative path, and stops with Select-Object -First' {
        Push-Location $folder
        try { $first = Get-DicomFile in | Save-DicomFile relative -PassThru | Select-Object -First 1 } finally { Pop-Location }
        $first.Problem | Should -BeNullOrEmpty
        @(Get-ChildItem (Join-Path $folder relative) -Recurse -File -Force).Count | Should -Be 1
    }
}
