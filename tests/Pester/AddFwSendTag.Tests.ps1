BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    $path = Join-Path $folder 'a.dcm'
    New-TestDicom $path 1
}

AfterAll { Remove-Item $folder -Recurse }

Describe 'Add-FwSendTag' {
    It 'adds the tag of the platform' {
        $file = Get-DicomFile $path | Add-FwSendTag
        $file.Dataset['0021,0010'] | Should -Be Flywheel
        $file.Dataset['0021,1000'] | Should -Be 'DICOM send'
    }

    It 'takes group, identifier and value of one''s own' {
        $file = Get-DicomFile $path | Add-FwSendTag -Group 0x0099 -Identifier ACME -Value sent
        $file.Dataset['00990010'] | Should -Be ACME
        $file.Dataset['00991000'] | Should -Be sent
    }

    It 'takes the group as the gear''s settings write it' { (Get-DicomFile $path | Add-FwSendTag -Group '0x0023').Dataset['00230010'] | Should -Be Flywheel }

    It 'refuses group <_> before anything is read' -ForEach 0x20, 7, 0 {
        { Get-DicomFile $path | Add-FwSendTag -Group $_ } | Should -Throw -ErrorId 'InvalidSendTag,FlywheelDicom.Cmdlets.AddFwSendTagCommand'
    }

    It 'passes on what cannot be tagged' {
        $file = Get-DicomFile (Join-Path $folder nope) -ErrorAction SilentlyContinue | Add-FwSendTag
        $file.Problem | Should -Not -BeNullOrEmpty
    }
}
