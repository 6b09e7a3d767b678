BeforeAll {
    . $PSScriptRoot/../Support.ps1
    $folder = New-TestFolder
    foreach ($n in 1..4) { New-TestDicom (Join-Path $folder "$n.dcm") $n }
    $double = Start-FlywheelDouble @{ PageCap = 2 }
    $null = Connect-FwInstance $double.Key 3>$null
    $receiver = Start-DicomReceiver -Discard

    # A session with one image; its ids from group to acquisition.
    function Add-Session([string] $Project, [string] $Label, [int] $Number = 1, [string] $Type = 'dicom') {
        Add-DoubleFile $double 'neuro', $Project, 'S001', $Label, 't1' @(@{ name = "$Number.dcm"; disk = Join-Path $folder "$Number.dcm"; type = $Type })
    }
}

AfterAll {
    Disconnect-FwInstance
    $receiver | Stop-DicomReceiver
    Stop-FlywheelDouble $double
    Remove-Item $folder -Recurse
}

Describe 'A run over a project' {
    It 'goes on where a session answers <status>, and its report is not complete' -ForEach @(@{ status = 403 }, @{ status = 500 }, @{ status = 404 }) {
        $ids = 1..4 | ForEach-Object { , (Add-Session "Trial $status" "visit $_" $_) }
        Add-DoubleFault $double @{ Kind = 'Status'; Path = "sessions/$($ids[1][3])/acquisitions"; Status = $status; Times = 1000 }
        $results = Get-FwSessionDicom -ProjectId $ids[0][1] -RetryTime 1 -ErrorAction SilentlyContinue -ErrorVariable problem | Send-DicomStore $receiver -ErrorAction SilentlyContinue
        $report = $results | Export-FwSendReport -OutputDirectory $folder
        "$($results.Status)" | Should -Be 'Sent Failed Sent Sent'
        $problem.FullyQualifiedErrorId | Should -Be 'FlywheelNotListed,FlywheelDicom.Cmdlets.GetFwSessionDicomCommand'
        "$problem" | Should -BeLike "*$($ids[1][3])*$status*"
        $report.IsComplete | Should -BeFalse
        (Import-Csv $report.Path)[1].'FW Path' | Should -Be "neuro/Trial $status/S001/visit 2"
        (Import-Csv $report.Path)[1].Status | Should -Be Failed
    }

    It 'gives the first session with the first page, and the first image before the last session is listed' {
        $ids = 1..12 | ForEach-Object { , (Add-Session Pages "visit $_") }
        (Get-FwSession -ProjectId $ids[0][1] | Select-Object -First 1).Label | Should -Be 'visit 1'
        $pages = @((Get-DoubleState $double).requests -match "projects/$($ids[0][1])/sessions")
        $pages.Count | Should -Be 1
        (Get-FwSession -ProjectId $ids[0][1]).Count | Should -Be 12
        $null = Get-FwSessionDicom -ProjectId $ids[0][1] | Select-Object -First 1
        (Get-DoubleState $double).requests -match "sessions/$($ids[11][3])/" | Should -BeNullOrEmpty
    }

    It 'ends a list of sessions that breaks off with an error, not in silence' {
        $ids = 1..6 | ForEach-Object { , (Add-Session Broken "visit $_") }
        Add-DoubleFault $double @{ Kind = 'Status'; Path = "after_id=$($ids[3][3])"; Status = 403; Times = 1000 }
        $labels = [Collections.Generic.List[string]]::new()
        { Get-FwSession -ProjectId $ids[0][1] | ForEach-Object { $labels.Add($_.Label) } } | Should -Throw -ErrorId 'FlywheelForbidden,*'
        $labels.Count | Should -Be 4
    }
}

Describe 'Sessions by the pipeline' {
    It 'fetches one that is given twice once, and says so' {
        $ids = Add-Session Twice 'visit 1'
        $results = $ids[3], $ids[3] | Get-FwSessionDicom -WarningVariable warning 3>$null | Send-DicomStore $receiver
        @($results).Count | Should -Be 1
        "$warning" | Should -BeLike "*$($ids[3])*more than once*"
    }

    It 'says what a session without DICOM has' {
        $ids = Add-Session Types 'visit 1' 1 'nifti'
        { Get-FwSessionDicom $ids[3] } | Should -Throw '*1 acquisition with 1 file of type nifti*' -ErrorId 'FlywheelNoDicom,*'
    }

    It 'sends what was collected a second time' {
        $ids = Add-Session Again 'visit 1'
        $files = Get-FwSessionDicom $ids[3]
        foreach ($n in 1..3) { ($files | Send-DicomStore $receiver).Status | Should -Be Sent }
    }
}

Describe 'A path that is not unique' {
    It 'is an error that lists both sessions with date and id' {
        $first = Add-Session Namesakes 'visit 1'
        $command = @{ path = @('neuro', 'Namesakes', 'S001'); twin = 'visit 1' }
        $twin = (Send-DoubleCommand $double.Process $command).ids[-1]
        foreach ($call in { Get-FwSession -Path 'neuro/Namesakes/S001/visit 1' }, { Get-FwSessionDicom -Path 'neuro/Namesakes/S001/visit 1' }) {
            $problem = try { & $call } catch { $_ }
            $problem.FullyQualifiedErrorId | Should -BeLike 'FlywheelAmbiguous,*'
            $problem.CategoryInfo.Category | Should -Be InvalidArgument
            "$problem" | Should -BeLike "*<id:$($first[3])> of 20??-??-?? ??:??*<id:$twin> of 20*"
        }
        @(Get-FwSessionDicom -Path "neuro/Namesakes/S001/<id:$($first[3])>").Count | Should -Be 1
    }
}

Describe 'Export-FwSendReport -Attach' {
    It 'attaches what it can, and says what it could not' {
        $one = Add-Session 'Attach A' 'visit 1' 1
        $two = Add-Session 'Attach B' 'visit 1' 2
        Add-DoubleFault $double @{ Kind = 'Status'; Path = "projects/$($one[1])/files"; Method = 'POST'; Status = 403; Times = 10 }
        $report = $one[3], $two[3] | Get-FwSessionDicom | Send-DicomStore $receiver |
            Export-FwSendReport -Attach -OutputDirectory $folder -ErrorAction SilentlyContinue -ErrorVariable problem
        $report.AttachedTo | Should -BeLike "project/$($two[1])/files/*"
        $problem.FullyQualifiedErrorId | Should -BeLike 'ReportNotAttached,*'
        "$problem" | Should -BeLike "*project/$($one[1])*"
    }

    It 'is not kept from the place of the others by a session that was not found' {
        $ids = Add-Session 'Attach C' 'visit 1'
        $report = 'ffffffffffffffffffffffff', $ids[3] | Get-FwSessionDicom -ErrorAction SilentlyContinue | Send-DicomStore $receiver -ErrorAction SilentlyContinue |
            Export-FwSendReport -Attach -OutputDirectory $folder
        $report.AttachedTo | Should -BeLike "session/$($ids[3])/files/*"
    }
}

Describe 'A key that is of no use' {
    It 'is not shown: <what>' -ForEach @(
        @{ what = 'two lines'; key = { 'host.example.org:T0PSECRET', 'more' } }
        @{ what = 'a version'; key = { , [version]'77.1' } }
        @{ what = 'another object'; key = { , [text.stringbuilder]::new('host.example.org:T0PSECRET') } }
        @{ what = 'a host that is none'; key = { 'ho st:T0PSECRET' } }
    ) {
        $value = & $key
        $problem = try { Connect-FwInstance -ApiKey $value -RetryTime 0 3>$null } catch { $_ }
        $problem | Should -Not -BeNullOrEmpty
        ($problem | Format-List * -Force | Out-String) | Should -Not -BeLike '*T0PSECRET*'
        ($problem.Exception | Format-List * -Force | Out-String) | Should -Not -BeLike '*T0PSECRET*'
        "$problem" | Should -Not -BeLike '*77.1*'
    }

    It 'is taken from the lines of a file' {
        Set-Content (Join-Path $folder key.txt) $double.Key, ''
        (Connect-FwInstance -ApiKey (Get-Content (Join-Path $folder key.txt)) 3>$null).UserId | Should -Be jane@example.org
    }
}

Describe 'Ctrl+C' {
    It 'ends a listing within a second: <cmdlet>' -ForEach @(@{ cmdlet = 'Get-FwSession -ProjectId' }, @{ cmdlet = 'Get-FwSessionDicom -ProjectId' }) {
        $ids = Add-Session "Silent $cmdlet" 'visit 1'
        Add-DoubleFault $double @{ Kind = 'Silence'; Path = "projects/$($ids[1])/sessions"; Times = 10 }
        $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
        $null = $shell.AddScript("param(`$module, `$key, `$id) Import-Module `$module; `$null = Connect-FwInstance `$key 3>`$null; $cmdlet `$id").AddParameters(@((Join-Path $repo 'output/FlywheelDicom/FlywheelDicom.psd1'), $double.Key, $ids[1]))
        $null = $shell.BeginInvoke()
        Wait-Until { (Get-DoubleState $double).requests -match "projects/$($ids[1])/sessions" }
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 3
        $shell.Dispose()
    }
}
