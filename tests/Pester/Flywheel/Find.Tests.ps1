BeforeAll {
    . $PSScriptRoot/../Support.ps1
    $folder = New-TestFolder
    New-TestDicom (Join-Path $folder '1.dcm') 1
    New-TestZip (Join-Path $folder 'a.zip') 3
    $double = Start-FlywheelDouble
    $file = @{ name = '1.dcm'; disk = "$folder/1.dcm"; type = 'dicom'; more = @{ modality = 'CT' } }
    $zip = @{ name = 'a.zip'; disk = "$folder/a.zip"; type = 'dicom'; more = @{ modality = 'MR'; zip_member_count = 3 } }
    $nifti = @{ name = 'brain.nii'; disk = "$folder/1.dcm"; type = 'nifti' }
    $ids = Add-DoubleFile $double 'neuro', 'Trial A', 'sub-01', 'ses 1', 't1' @($file, $zip, $nifti)
    $other = Add-DoubleFile $double 'neuro', 'Trial A', 'sub-01', 'ses 1', 't2*' @($file)
    $null = Add-DoubleFile $double 'neuro', 'Trial A', 'sub-02', 'ses 1', 't1' @($file)
    $null = Add-DoubleFile $double 'neuro', 'Trial A', 'sub-11', 'other', 't2 flair' @($file)
    $null = Add-DoubleFile $double 'neuro', 'Trial B', 'sub-01', 'ses 1', 't1' @($file)
    $slash = Add-DoubleFile $double 'heart', 'a/b', 'S1', 'x', 'y' @($file)
    $null = Connect-FwInstance $double.Key 3>$null

    function Get-Asked([scriptblock] $Code) {
        $before = @((Get-DoubleState $double).requests).Count
        $null = & $Code
        @((Get-DoubleState $double).requests | Select-Object -Skip $before)
    }

    function Get-Completion([string] $Line) { (TabExpansion2 $Line $Line.Length).CompletionMatches }
}

AfterAll {
    Disconnect-FwInstance
    Stop-FlywheelDouble $double
    Remove-Item $folder -Recurse
}

Describe 'Places in Flywheel' {
    It 'are found by a path: <call>' -ForEach @(
        @{ call = { Get-FwGroup }; paths = 'heart', 'neuro' }
        @{ call = { Get-FwGroup neu* }; paths = 'neuro' }
        @{ call = { Get-FwProject neuro }; paths = 'neuro/Trial A', 'neuro/Trial B' }
        @{ call = { Get-FwProject '*/trial ?' }; paths = 'neuro/Trial A', 'neuro/Trial B' }
        @{ call = { Get-FwSubject 'neuro/*/sub-0?' }; paths = 'neuro/Trial A/sub-01', 'neuro/Trial A/sub-02', 'neuro/Trial B/sub-01' }
        @{ call = { Get-FwSubject neuro/*/sub-01 }; paths = 'neuro/Trial A/sub-01', 'neuro/Trial B/sub-01' }
        @{ call = { Get-FwSession 'neuro/*/sub-[01]1/ses*' }; paths = 'neuro/Trial A/sub-01/ses 1', 'neuro/Trial B/sub-01/ses 1' }
        @{ call = { Get-FwSession 'fw://neuro/Trial A/sub-01' }; paths = 'neuro/Trial A/sub-01/ses 1' }
        @{ call = { Get-FwSession neuro }; paths = 'neuro/Trial A/sub-01/ses 1', 'neuro/Trial A/sub-02/ses 1', 'neuro/Trial A/sub-11/other', 'neuro/Trial B/sub-01/ses 1' }
        @{ call = { Get-FwAcquisition 'neuro/Trial A/sub-01/ses 1' }; paths = 'neuro/Trial A/sub-01/ses 1/t1', 'neuro/Trial A/sub-01/ses 1/t2*' }
        @{ call = { Get-FwAcquisition 'neuro/Trial A/sub-01/ses 1/t2*' }; paths = 'neuro/Trial A/sub-01/ses 1/t2*' }
        @{ call = { Get-FwAcquisition 'neuro/Trial A/*/*/t2*' }; paths = 'neuro/Trial A/sub-01/ses 1/t2*', 'neuro/Trial A/sub-11/other/t2 flair' }
        @{ call = { Get-FwFile 'neuro/Trial A/sub-01/ses 1/t1' }; paths = 'neuro/Trial A/sub-01/ses 1/t1/files/1.dcm', 'neuro/Trial A/sub-01/ses 1/t1/files/a.zip', 'neuro/Trial A/sub-01/ses 1/t1/files/brain.nii' }
        @{ call = { Get-FwFile 'neuro/Trial A/files/*.zip' }; paths = 'neuro/Trial A/sub-01/ses 1/t1/files/a.zip' }
        @{ call = { Get-FwFile neuro -Type nifti }; paths = 'neuro/Trial A/sub-01/ses 1/t1/files/brain.nii' }
        @{ call = { Get-FwSession 'neuro/nothing*' }; paths = @() }
    ) {
        @(& $call).Path | Sort-Object | Should -Be $paths
    }

    It 'lead back by their own path: <_>' -ForEach 'Get-FwProject', 'Get-FwSubject', 'Get-FwSession', 'Get-FwAcquisition' {
        $all = & $_
        $all.Count | Should -BeGreaterThan 2
        foreach ($one in $all) { (& $_ $one.Path).Path | Should -Be $one.Path }
        $all.Path | Where-Object { $_ -like 'heart/*' } | Should -BeLike "heart/<id:$($slash[1])>*"
    }

    It 'pipe into what lists below: <call>' -ForEach @(
        @{ call = { Get-FwGroup neuro | Get-FwProject }; count = 2 }
        @{ call = { Get-FwGroup neuro | Get-FwSession }; count = 4 }
        @{ call = { Get-FwProject 'neuro/Trial A' | Get-FwSubject }; count = 3 }
        @{ call = { Get-FwProject 'neuro/Trial A' | Get-FwSession }; count = 3 }
        @{ call = { Get-FwProject 'neuro/Trial A' | Get-FwAcquisition }; count = 4 }
        @{ call = { Get-FwSubject 'neuro/*/sub-01' | Get-FwAcquisition }; count = 3 }
        @{ call = { Get-FwSession 'neuro/Trial A' | Get-FwAcquisition | Get-FwFile }; count = 6 }
        @{ call = { Get-FwAcquisition 'neuro/Trial B' | Get-FwSession }; count = 1 }
        @{ call = { [pscustomobject]@{ ProjectId = $ids[1] } | Get-FwSubject }; count = 3 }
        @{ call = { Get-FwSession -SessionId $ids[3] }; count = 1 }
    ) {
        @(& $call) | Should -HaveCount $count
    }

    It 'pipe into Get-FwSessionDicom, which takes no more than they are: <call>' -ForEach @(
        @{ call = { Get-FwProject 'neuro/Trial A' }; count = 7 }
        @{ call = { Get-FwSubject 'neuro/Trial A/sub-01' }; count = 5 }
        @{ call = { Get-FwSession 'neuro/Trial A/sub-01' }; count = 5 }
        @{ call = { Get-FwAcquisition 'neuro/Trial A/sub-01/ses 1/t1' }; count = 4 }
        @{ call = { Get-FwFile 'neuro/Trial A/sub-01/ses 1/t1/files/a.zip' }; count = 3 }
        @{ call = { Get-FwFile 'neuro/Trial A/sub-01/ses 1/t1/files/brain.nii' }; count = 1 }
    ) {
        @(& $call | Get-FwSessionDicom) | Should -HaveCount $count
    }

    It 'stand for themselves, and not for their session, also where they were loaded' {
        foreach ($one in (Get-FwAcquisition -AcquisitionId $ids[4]), (Get-FwFile -AcquisitionId $ids[4] -FileName a.zip)) {
            $one | Export-Clixml (Join-Path $folder place.xml)
            @(Import-Clixml (Join-Path $folder place.xml) | Get-FwSessionDicom) | Should -HaveCount ($one.FileName ? 3 : 4)
        }
        @(Get-FwSessionDicom (Get-FwSession 'neuro/Trial A/sub-0?')) | Should -HaveCount 6
        @([pscustomobject]@{ SessionId = $ids[3] } | Get-FwSessionDicom) | Should -HaveCount 5
        @($ids[3] | Get-FwSessionDicom) | Should -HaveCount 5
        { Get-FwGroup neuro | Get-FwSessionDicom -ErrorAction Stop } | Should -Throw '*whole group*'
    }

    It 'have what the instance tells of them' {
        $acquisition = Get-FwAcquisition -AcquisitionId $ids[4]
        $acquisition.FileCount | Should -Be 3
        $acquisition.Modality | Should -Be CT, MR
        $acquisition.FileType | Should -Be dicom, nifti
        $acquisition.Size | Should -BeGreaterThan 1000
        ($acquisition.GroupId, $acquisition.ProjectId, $acquisition.SubjectId, $acquisition.SessionId) | Should -Be $ids[0..3]
        ($acquisition.ProjectLabel, $acquisition.SubjectLabel, $acquisition.SessionLabel, $acquisition.Label) | Should -Be 'Trial A', 'sub-01', 'ses 1', 't1'
        $found = Get-FwFile -AcquisitionId $ids[4] -FileName '*.zip'
        ($found.FileName, $found.Type, $found.Modality, $found.Members, $found.AcquisitionLabel) | Should -Be 'a.zip', 'dicom', 'MR', 3, 't1'
        $found.Size | Should -Be (Get-Item (Join-Path $folder a.zip)).Length
    }

    It 'cost one page where three are wanted' {
        $null = foreach ($n in 1..300) { Add-DoubleFile $double 'many', 'p', "s$n", 'one' }
        $asked = Get-Asked { Get-FwSubject many/p | Select-Object -First 3 }
        @($asked -match '/subjects\?') | Should -HaveCount 1
        Get-FwSubject many/p | Should -HaveCount 300
        @(Get-Asked { Get-FwSession 'many/p/*/one' | Select-Object -First 3 } | Where-Object { $_ -match '/subjects\?' }) | Should -HaveCount 1
    }
}

Describe 'A path that leads nowhere' {
    It 'says which segment it is, and what is there: <path>' -ForEach @(
        @{ path = 'nero/Trial A'; text = "*has no group 'nero'. There are 'neuro', 'heart'*" }
        @{ path = 'neuro/Trail A/sub-01'; text = "'neuro' on * has no project 'Trail A'. There are 'Trial A', 'Trial B'." }
        @{ path = 'neuro/Trial A/sub-1'; text = "'neuro/Trial A' on * has no subject 'sub-1'. There are 'sub-11', *" }
        @{ path = 'neuro/trial a'; text = "*has no project 'trial a'. There are 'Trial A'*" }
        @{ path = 'neuro/*/nobody'; text = "*has no subject 'nobody'. There are 'sub-*" }
        @{ path = 'heart/b/x'; text = "*has no project 'b'. There is '<id:*>'." }
    ) {
        { Get-FwSession $path } | Should -Throw -ErrorId 'FlywheelNotFound,FlywheelDicom.Cmdlets.GetFwSessionCommand' -ExpectedMessage $text
    }

    It 'names ten at most' {
        { Get-FwSession 'many/p/x/one' } | Should -Throw "*There are 's1', *, and 290 others."
    }

    It 'is told by Get-FwSessionDicom too' {
        { Get-FwSessionDicom -Path 'neuro/Trail A/sub-01' } | Should -Throw "*has no project 'Trail A'*"
    }

    It 'is refused where it is too long' {
        { Get-FwProject 'neuro/Trial A/sub-01' } | Should -Throw -ErrorId 'InvalidFlywheelPath,*' -ExpectedMessage '*that is the path of a subject, and not of a project.'
    }

    It 'is no reason to list all: an empty id is an error' {
        { Get-FwSession -ProjectId $null } | Should -Throw -ErrorId 'FlywheelIdMissing,*'
        [pscustomobject]@{ ProjectId = '' }, (Get-FwProject 'neuro/Trial A') | Get-FwSubject -ErrorVariable problem -ErrorAction SilentlyContinue | Should -HaveCount 3
        $problem.FullyQualifiedErrorId | Should -BeLike 'FlywheelIdMissing,*'
    }

    It 'costs the others nothing where it comes by the pipeline' {
        [pscustomobject]@{ ProjectId = '0' * 24 }, (Get-FwProject 'neuro/Trial A') | Get-FwSubject -ErrorVariable problem -ErrorAction SilentlyContinue | Should -HaveCount 3
        $problem.FullyQualifiedErrorId | Should -BeLike 'FlywheelNotFound,*'
    }
}

Describe 'Completion from the instance' {
    It 'goes segment by segment: <line>' -ForEach @(
        @{ line = 'Get-FwSession ne'; texts = 'neuro' }
        @{ line = 'Get-FwSession neuro/'; texts = "'neuro/Trial A'", "'neuro/Trial B'" }
        @{ line = "Get-FwSession 'neuro/tri"; texts = "'neuro/Trial A'", "'neuro/Trial B'" }
        @{ line = "Get-FwSessionDicom -Path 'neuro/Trial A/sub-0"; texts = "'neuro/Trial A/sub-01'", "'neuro/Trial A/sub-02'" }
        @{ line = 'Get-FwSession heart/'; texts = { "'heart/<id:$($slash[1])>'" } }
        @{ line = "Get-FwProject 'neuro/Trial A/"; texts = @() }
    ) {
        if ($texts -is [scriptblock]) { $texts = & $texts }
        @(Get-Completion $line).CompletionText | Should -Be $texts
    }

    It 'gives ids for labels, with tooltips' {
        $matches = Get-Completion 'Get-FwSession -ProjectId tri'
        $matches[0].CompletionText | Should -Be $ids[1]
        $matches.ListItemText | Should -Be 'Trial A', 'Trial B'
        $matches[0].ToolTip | Should -BeLike "project 'Trial A' in neuro*"
        (Get-Completion "Get-FwSubject -ProjectId $($ids[1]) -SubjectId sub").ListItemText | Should -Be 'sub-01', 'sub-02', 'sub-11'
        (Get-Completion "Get-FwSessionDicom -AcquisitionId $($ids[4].Substring(0, 8))").CompletionText | Should -Contain $ids[4]
    }

    It 'gives up on an instance that says nothing' {
        Add-DoubleFault $double @{ Kind = 'Silence'; Path = 'groups' }
        $watch = [Diagnostics.Stopwatch]::StartNew()
        Get-Completion 'Get-FwSession neu' | Should -BeNullOrEmpty
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 5
    }

    It 'is silent without a connection' {
        Disconnect-FwInstance
        @(Get-Completion 'Get-FwSession -ProjectId tri') | Should -BeNullOrEmpty
        $null = Connect-FwInstance $double.Key 3>$null
    }
}
