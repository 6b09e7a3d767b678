BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    $zip = Join-Path $folder 'series.zip'
    New-TestZip $zip 30
    $module = Join-Path $repo 'output/FlywheelDicom/FlywheelDicom.psd1'

    # A pipeline in a host without a user interface, whose streams are kept.
    function Start-Pipeline([string] $Script, [hashtable] $Parameter) {
        $shell = [powershell]::Create()
        $null = $shell.AddScript("param(`$module, `$zip, `$port, `$log) Import-Module `$module; $Script")
        $null = $shell.AddParameter('module', $module).AddParameter('zip', $zip)
        foreach ($name in $Parameter.Keys) { $null = $shell.AddParameter($name, $Parameter[$name]) }
        [pscustomobject]@{ Shell = $shell; Run = $shell.BeginInvoke() }
    }
    function Wait-Pipeline($Pipeline) {
        $Pipeline.Run.AsyncWaitHandle.WaitOne(60000) | Should -BeTrue
        [pscustomobject]@{ Output = $Pipeline.Shell.EndInvoke($Pipeline.Run); Streams = $Pipeline.Shell.Streams }
    }
    function Select-Activity($Streams, [string] $Like) { @($Streams.Progress | Where-Object Activity -Like $Like) }
}

AfterAll {
    Get-DicomReceiver | Stop-DicomReceiver
    Remove-Item $folder -Recurse
}

Describe 'Progress of a pipeline' {
    BeforeAll {
        $receiver = Start-DicomReceiver -Discard
        $run = Wait-Pipeline (Start-Pipeline 'Get-DicomFile $zip | ForEach-Object { Start-Sleep -Milliseconds 40; $_ } | Send-DicomStore 127.0.0.1 -Port $port -CalledAE PACS' @{ port = $receiver.Port })
    }

    It 'has one line to read and one to send, which go at the end' {
        $run.Output | Should -HaveCount 30
        $run.Streams.Progress.Activity | Sort-Object -Unique | Should -Be 'Reading DICOM headers', 'Sending to PACS'
        foreach ($activity in 'Reading*', 'Sending*') { (Select-Activity $run.Streams $activity)[-1].RecordType | Should -Be Completed }
    }

    It 'tells done of all, percent, rate, the current file, from the first moment' {
        $lines = Select-Activity $run.Streams 'Sending*' | Where-Object RecordType -EQ Processing
        $lines.StatusDescription | ForEach-Object { $_ | Should -Match '^\d+ of 30, \d+% of [\d.]+ kB, [\d.]+ MB/s, [\d.]+/s' }
        $percent = @($lines.PercentComplete)
        $percent | Should -Be @($percent | Sort-Object)
        $lines[-1].StatusDescription | Should -Match '\d{4}\.dcm'
        $lines.SecondsRemaining | Where-Object { $_ -gt 0 } | Should -Not -BeNullOrEmpty
    }

    It 'draws both lines while only one stage works' {
        # The thread is with the reader or the stage between for nearly all the time.
        (Select-Activity $run.Streams 'Sending*').Count | Should -BeGreaterThan 3
    }

    It 'tells nothing of the patient' {
        "$($run.Streams.Progress.StatusDescription) $($run.Streams.Information)" | Should -Not -Match 'SYNTHETIC'
    }

    It 'is quiet under <how>' -TestCases @(
        @{ how = '$ProgressPreference'; script = '$ProgressPreference = "SilentlyContinue"; Get-DicomFile $zip | ForEach-Object { Start-Sleep -Milliseconds 40; $_ } | Send-DicomStore 127.0.0.1 -Port $port' }
        @{ how = '-ProgressAction'; script = 'Get-DicomFile $zip -ProgressAction SilentlyContinue | ForEach-Object { Start-Sleep -Milliseconds 40; $_ } | Send-DicomStore 127.0.0.1 -Port $port -ProgressAction SilentlyContinue' }
    ) {
        $quiet = Wait-Pipeline (Start-Pipeline $script @{ port = $receiver.Port })
        $quiet.Output | Should -HaveCount 30
        $quiet.Streams.Progress | Where-Object Activity -Match 'DICOM|Sending' | Should -BeNullOrEmpty
        $quiet.Streams.Information | Where-Object Tags -Contains 'FlywheelDicom.Progress' | Should -BeNullOrEmpty
    }
}

Describe 'An outage' {
    It 'is shown at once, with the next try and the end, and logged from its beginning to its end' {
        $port = Get-FreePort
        $log = Join-Path $folder 'outage.jsonl'
        $first = Start-DicomReceiver -Discard -Port $port
        $pipeline = Start-Pipeline 'Get-DicomFile $zip | ForEach-Object { Start-Sleep -Milliseconds 40; $_ } | Send-DicomStore 127.0.0.1 -Port $port -CalledAE PACS -LogPath $log' @{ port = $port; log = $log }
        Wait-Until { $first.Instances -ge 5 }
        Stop-DicomReceiver $first
        Wait-Until { $pipeline.Shell.Streams.Progress.StatusDescription -match 'try 3' }
        $null = Start-DicomReceiver -Discard -Port $port
        $run = Wait-Pipeline $pipeline
        $run.Output.Status | Sort-Object -Unique | Should -Be Sent
        $words = '^connection to PACS lost \d\d:\d\d:\d\d, try \d+(, next in \d+ s| now), gives up \d\d:\d\d:\d\d, \d+ of 30'
        (Select-Activity $run.Streams 'Sending*').StatusDescription | Where-Object { $_ -match $words } | Should -Not -BeNullOrEmpty
        # The host has no bars: a plain line tells that it began, and one that it ended.
        $told = @($run.Streams.Information | Where-Object Tags -Contains 'FlywheelDicom.Progress')
        $told.Count | Should -BeGreaterOrEqual 2
        "$($told[0])" | Should -Match '^Sending to PACS: connection to PACS lost'
        "$($told[-1])" | Should -Not -Match 'lost'
        $events = @(Get-Content $log | ConvertFrom-Json)
        $events[0].event | Should -Be 'send.start'
        $events[-1].event | Should -Be 'send.end'
        foreach ($name in 'outage.start', 'outage.end', 'instance.retry', 'association.lost') { $events.event | Should -Contain $name }
        @($events | Where-Object event -EQ 'instance.sent') | Should -HaveCount 30
        Get-Content $log -Raw | Should -Not -Match 'SYNTHETIC'
    }
}

Describe 'A log' {
    BeforeAll { $receiver = Start-DicomReceiver -Discard }

    It 'that cannot be opened is a warning, and the run goes on' {
        $results = Get-DicomFile $zip | Send-DicomStore $receiver -LogPath (Join-Path $folder 'missing/run.jsonl') -WarningVariable told -WarningAction SilentlyContinue
        $results.Status | Sort-Object -Unique | Should -Be Sent
        $told | Should -HaveCount 1
        "$told" | Should -Match "^The log '.*run.jsonl' cannot be written: .* The run goes on without it"
    }

    It 'is not written behind a file of another kind: the run does not begin' {
        $journal = Join-Path $folder 'taken.tsv'
        $null = Get-DicomFile $zip | Send-DicomStore $receiver -Journal $journal
        $image = Join-Path $folder 'taken.dcm'
        'DICM' > $image
        foreach ($path in $journal, $image, $zip) {
            $before = (Get-FileHash $path).Hash
            $sent = $receiver.Instances
            { Get-DicomFile $zip | Send-DicomStore $receiver -LogPath $path } |
                Should -Throw "'$path' is not a log of this module; it is left as it is.*" -ErrorId 'LogUnusable,FlywheelDicom.Cmdlets.SendDicomStoreCommand'
            (Get-FileHash $path).Hash | Should -Be $before
            $receiver.Instances | Should -Be $sent
        }
    }

    It 'is another file than the journal' {
        $both = Join-Path $folder 'both.txt'
        { Get-DicomFile $zip | Send-DicomStore $receiver -Journal $both -LogPath $both } |
            Should -Throw "*is the journal of this run*" -ErrorId 'LogUnusable,FlywheelDicom.Cmdlets.SendDicomStoreCommand'
        Get-Content $both | Should -HaveCount 1
        # The journal is free again.
        (Get-DicomFile $zip | Send-DicomStore $receiver -Journal $both).Status | Sort-Object -Unique | Should -Be Sent
    }

    It 'of a former run is written on' {
        $log = Join-Path $folder 'again.jsonl'
        foreach ($run in 1, 2) { $null = Get-DicomFile $zip | Send-DicomStore $receiver -LogPath $log }
        @(Get-Content $log | ConvertFrom-Json | Where-Object event -EQ 'send.start') | Should -HaveCount 2
    }

    It 'that a disk has no more room for is one warning' -Skip:(-not $IsLinux) {
        $log = Join-Path $folder 'full.jsonl'
        $null = New-Item $log -ItemType SymbolicLink -Value /dev/full
        $results = Get-DicomFile $zip | Send-DicomStore $receiver -LogPath $log -WarningVariable told -WarningAction SilentlyContinue
        $results.Status | Sort-Object -Unique | Should -Be Sent
        $told | Should -HaveCount 1
    }

    It 'says that a run was stopped' {
        $log = Join-Path $folder 'stopped.jsonl'
        Get-DicomFile $zip | Send-DicomStore $receiver -LogPath $log | Select-Object -First 3 | Should -HaveCount 3
        $events = @(Get-Content $log | ConvertFrom-Json)
        $events.event | Should -Contain 'send.stopped'
        $events.event | Should -Not -Contain 'send.end'
    }
}
