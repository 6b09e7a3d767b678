BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    $zip = Join-Path $folder 'series.zip'
    New-TestZip $zip 30
    $receiver = Start-DicomReceiver -Path (Join-Path $folder received) -AETitle PACS
}

AfterAll {
    Get-DicomReceiver | Stop-DicomReceiver
    Remove-Item $folder -Recurse
}

Describe 'Send-DicomStore' {
    It 'sends what the pipeline brings, and what arrives is what was sent' {
        $results = Get-DicomFile $zip | Add-FwSendTag | Send-DicomStore -Destination 127.0.0.1 -Port $receiver.Port -CalledAE PACS
        $results.Count | Should -Be 30
        $results.Status | Should -Not -Contain Failed
        $results[0].DicomStatus.Code | Should -Be 0
        $results[0].Attempts | Should -Be 1
        foreach ($file in Get-DicomFile $zip | Add-FwSendTag) {
            $arrived = Join-Path $receiver.Path "$($file.SopInstanceUid).dcm"
            $copy = Join-Path $folder 'sent.dcm'
            $file.Save($copy, 'Overwrite')
            $sent = [Convert]::ToHexString([IO.File]::ReadAllBytes($copy))
            $kept = [Convert]::ToHexString([IO.File]::ReadAllBytes($arrived))
            # From (0008,0016) on: the meta is each side's own.
            $sent.Substring($sent.IndexOf('080016005549')) | Should -Be $kept.Substring($kept.IndexOf('080016005549'))
        }
    }

    It 'takes a destination as a value, an IPv6 address and a name' {
        $value = New-DicomDestination localhost -Port $receiver.Port -CalledAE PACS -CallingAE TESTER
        (Get-DicomFile $zip | Send-DicomStore $value).Count | Should -Be 30
        $six = Start-DicomReceiver -Discard -ListenAddress '::1'
        (Get-DicomFile $zip | Send-DicomStore ::1 -Port $six.Port).Status | Select-Object -Unique | Should -Be Sent
        (Get-DicomFile $zip | Send-DicomStore $six).Count | Should -Be 30
        Stop-DicomReceiver $six
    }

    It 'finds <what> before the first file is read' -ForEach @(
        @{ what = 'a host that does not resolve'; with = @{ Destination = 'no-such-host.invalid' }; id = 'DicomHostNotFound'; category = 'ObjectNotFound' }
        @{ what = 'a closed port'; with = @{ Port = 1 }; id = 'DicomConnectionRefused'; category = 'ConnectionError' }
        @{ what = 'a wrong called AE title'; with = @{ CalledAE = 'WRONG' }; id = 'DicomAssociationRejected'; category = 'ConnectionError' }
    ) {
        $parameters = @{ Destination = '127.0.0.1'; Port = $receiver.Port; CalledAE = 'PACS' } + @{}
        foreach ($name in $with.Keys) { $parameters[$name] = $with[$name] }
        $script:isRead = $false
        $problem = $null
        try { & { $script:isRead = $true; Get-DicomFile $zip } | Send-DicomStore @parameters } catch { $problem = $_ }
        $problem.FullyQualifiedErrorId | Should -Be "$id,FlywheelDicom.Cmdlets.SendDicomStoreCommand"
        $problem.CategoryInfo.Category | Should -Be $category
        $isRead | Should -BeFalse
    }

    It 'refuses AE title ''<_>'' before any connection' -ForEach 'SEVENTEEN_CHARS__', 'A\B', '   ' {
        { Get-DicomFile $zip | Send-DicomStore 127.0.0.1 -Port 1 -CalledAE $_ } | Should -Throw -ErrorId 'ParameterArgumentValidationError,FlywheelDicom.Cmdlets.SendDicomStoreCommand'
    }

    It 'tells the reason and what the peer says as two sentences' {
        $gone = New-Item -ItemType Directory (Join-Path $folder gone)
        $forgetful = Start-DicomReceiver -Path $gone
        Remove-Item $gone
        Get-DicomFile $zip | Select-Object -First 1 | Send-DicomStore $forgetful -RetryTime 0 -ErrorVariable problem -ErrorAction SilentlyContinue | Out-Null
        $problem[0].ToString() | Should -Match '[^.]\. The peer says: cannot be written'
        Stop-DicomReceiver $forgetful
    }

    It 'makes a result of each that cannot be sent, and sends the rest' {
        $mixed = New-TestFolder
        New-TestDicom (Join-Path $mixed '1.dcm') 101
        New-TestDicom (Join-Path $mixed '2-truncated.dcm') 102 @{ CutOff = 100 }
        New-TestDicom (Join-Path $mixed '3-no-instance.dcm') 103 @{ HasSopInstance = $false }
        'PK' + [char]3 + [char]4 + 'x' | Set-Content (Join-Path $mixed '4-damaged.zip')
        New-TestDicom (Join-Path $mixed '5.dcm') 105
        $results = Get-DicomFile $mixed -ErrorVariable found -ErrorAction SilentlyContinue |
            Send-DicomStore $receiver -ErrorVariable failed -ErrorAction SilentlyContinue
        $results.Status | Should -Be Sent, Failed, Failed, Failed, Sent
        $results[1].ErrorId | Should -Be DicomTruncated
        $results[2].ErrorId | Should -Be DicomMissingUid
        $results[3].ErrorId | Should -Be ArchiveUnreadable
        # One error each, by the stage that found it.
        $found.Count | Should -Be 3
        $failed.Count | Should -Be 0
        Remove-Item $mixed -Recurse
    }

    It 'says with -WhatIf what it would do, and connects to nothing' {
        $before = (Get-DicomReceiver).Associations
        $results = Get-DicomFile $zip | Send-DicomStore 127.0.0.1 -Port 1 -WhatIf
        $results | Should -BeNullOrEmpty
        (Get-DicomReceiver).Associations | Should -Be $before
    }

    It 'sends over several associations' {
        $results = Get-DicomFile $zip | Send-DicomStore $receiver -MaxAssociations 4
        ($results.SopInstanceUid | Sort-Object -Unique).Count | Should -Be 30
    }

    It 'ends at once where the pipeline does, and aborts what is open' {
        $results = Get-DicomFile $zip | Send-DicomStore $receiver | Select-Object -First 3
        $results.Count | Should -Be 3
        Wait-Until { $receiver.OpenAssociations -eq 0 }
    }

    It 'stops within a second of Ctrl+C' {
        $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
        $slow = Start-DicomReceiver -Discard
        $null = $shell.AddScript({
                param($module, $zip, $port)
                Import-Module $module
                while ($true) { Get-DicomFile $zip | Send-DicomStore 127.0.0.1 -Port $port }
            }).AddParameters(@((Join-Path $repo 'output/FlywheelDicom/FlywheelDicom.psd1'), $zip, $slow.Port))
        $running = $shell.BeginInvoke()
        Wait-Until { $slow.Instances -gt 0 }
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 3
        Wait-Until { $slow.OpenAssociations -eq 0 }
        $null = $running
        $shell.Dispose()
        Stop-DicomReceiver $slow
    }

    It 'leaves that report too where the pipeline ends before the stop has reached its last stage' {
        # A stage between takes its time to stop; meanwhile the sending ends, and with it the pipeline.
        $stage = Add-Type -PassThru -TypeDefinition @'
using System.Management.Automation;
[Cmdlet("Test", "SlowStop")]
public sealed class TestSlowStopCommand : PSCmdlet
{
    [Parameter(ValueFromPipeline = true)] public object InputObject { get; set; }
    protected override void ProcessRecord() { WriteObject(InputObject); }
    protected override void StopProcessing() { System.Threading.Thread.Sleep(1000); }
}
'@
        $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
        $receiver = Start-DicomReceiver -Discard
        $out = New-TestFolder
        $seen = [Collections.Concurrent.ConcurrentBag[object]]::new()
        $null = $shell.AddScript({
                param($module, $stage, $zip, $port, $out, $seen)
                Import-Module $module
                Import-Module -Assembly $stage
                1..10000 | ForEach-Object { Get-DicomFile $zip } | Send-DicomStore 127.0.0.1 -Port $port -MaxAssociations 1 |
                    ForEach-Object { $seen.Add($_); $_ } | Test-SlowStop | Export-FwSendReport -OutputDirectory $out
            }).AddParameters(@((Join-Path $repo 'output/FlywheelDicom/FlywheelDicom.psd1'), $stage.Assembly, $zip, $receiver.Port, $out, $seen))
        $null = $shell.BeginInvoke()
        Wait-Until { $seen.Count -ge 20 }
        $shell.Stop()
        $shell.Dispose()
        Get-ChildItem $out -Filter *_stopped.csv | Should -HaveCount 1
        Stop-DicomReceiver $receiver
        Remove-Item $out -Recurse
    }

    It 'leaves, when it is stopped, a whole journal, and a report that says so' {
        $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
        $slow = Start-DicomReceiver -Discard
        $out = New-TestFolder
        $seen = [Collections.Concurrent.ConcurrentBag[object]]::new()
        $null = $shell.AddScript({
                param($module, $zip, $port, $out, $seen)
                Import-Module $module
                1..10000 | ForEach-Object { Get-DicomFile $zip } | Send-DicomStore 127.0.0.1 -Port $port -Journal "$out/journal.tsv" -MaxAssociations 1 |
                    ForEach-Object { Start-Sleep -Milliseconds 2; $seen.Add($_); $_ } | Export-FwSendReport -OutputDirectory $out -Html
            }).AddParameters(@((Join-Path $repo 'output/FlywheelDicom/FlywheelDicom.psd1'), $zip, $slow.Port, $out, $seen))
        $null = $shell.BeginInvoke()
        Wait-Until { $seen.Count -ge 20 }
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 3
        $shell.Dispose()
        $report = Get-ChildItem $out -Filter *_stopped.csv
        $report | Should -HaveCount 1
        $rows = Import-Csv $report
        [int] $rows[0].'Images Sent' | Should -BeGreaterOrEqual 19
        $rows.Status | Should -Not -Contain 'Complete'
        Get-Content (Get-ChildItem $out -Filter *_stopped.html) -Raw | Should -BeLike '*The run was stopped*'
        $entries = Get-DicomSendJournal "$out/journal.tsv" -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
        @($entries).Count | Should -BeGreaterOrEqual $rows[0].'Images Sent'
        Get-ChildItem $out -Filter *.lock | Should -BeNullOrEmpty
        Stop-DicomReceiver $slow
        Remove-Item $out -Recurse
    }

    It 'takes Auto or a number of associations, and completes them' {
        (TabExpansion2 'Send-DicomStore -MaxAssociations ' 33).CompletionMatches.CompletionText | Should -Be 'Auto', '1', '2', '4', '8', '16'
        foreach ($wrong in 0, 65, 'many') { { Get-DicomFile $zip | Send-DicomStore $receiver -MaxAssociations $wrong } | Should -Throw '*1 to 64*' }
        @(Get-DicomFile $zip | Send-DicomStore $receiver -MaxAssociations auto | Where-Object Status -EQ Sent).Count | Should -Be @(Get-DicomFile $zip).Count
    }

    It 'keeps the order of the input where it is asked to' {
        (Get-DicomFile $zip | Send-DicomStore $receiver -MaxAssociations 4 -Ordered).Name | Should -Be (Get-DicomFile $zip).Name
    }

    It 'completes hosts that were used' {
        (TabExpansion2 'Send-DicomStore -Destination 127' 32).CompletionMatches.CompletionText | Should -Contain '127.0.0.1'
    }
}
