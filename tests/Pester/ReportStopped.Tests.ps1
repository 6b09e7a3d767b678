BeforeDiscovery { $isUnix = -not $IsWindows }

BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    $zip = Join-Path $folder 'series.zip'
    New-TestZip $zip 6
    $broken = Join-Path $folder 'broken.zip'
    [IO.File]::WriteAllText($broken, "PK$([char]3)$([char]4) and nothing more")
    $receiver = Start-DicomReceiver -Discard

    # PowerShell itself, not the tool that starts it: signals are for it.
    $pwsh = Join-Path $PSHOME pwsh.dll
    function Start-Script([string] $Script, [string[]] $ArgumentList) {
        $path = Join-Path $folder "$([guid]::NewGuid().ToString('N')).ps1"
        $Script | Set-Content $path
        $dotnet = (Get-Command dotnet -CommandType Application | Select-Object -First 1).Source
        # A shell that starts the tests behind it may have them ignore Ctrl+C, and what they start as well.
        $reset = $IsLinux ? @('--default-signal=INT,HUP', $dotnet) : @()
        $info = [Diagnostics.ProcessStartInfo]::new($IsLinux ? '/usr/bin/env' : $dotnet)
        $reset + @($pwsh, '-NoLogo', '-NoProfile', '-NonInteractive', '-File', $path) + $ArgumentList | ForEach-Object { $info.ArgumentList.Add($_) }
        $info.RedirectStandardOutput = $info.RedirectStandardError = $true
        [Diagnostics.Process]::Start($info)
    }

    # Waits for its word that it is under way, sends the signal, and gives the exit code and what it wrote.
    function Stop-Script($Process, [string] $Signal) {
        $line = $Process.StandardOutput.ReadLineAsync()
        $line.Wait(60000) | Should -BeTrue
        $line.Result | Should -Be 'under way'
        $null = & kill "-$Signal" $Process.Id
        $rest = $Process.StandardOutput.ReadToEndAsync()
        $errors = $Process.StandardError.ReadToEndAsync()
        $Process.WaitForExit(30000) | Should -BeTrue
        [pscustomobject]@{ ExitCode = $Process.ExitCode; Text = $rest.Result + $errors.Result }
    }
}

AfterAll {
    Get-DicomReceiver | Stop-DicomReceiver
    Remove-Item $folder -Recurse
}

Describe 'A pipeline that ends before its time' {
    BeforeEach { $out = (New-Item (Join-Path $folder "out-$([guid]::NewGuid().ToString('N'))") -ItemType Directory).FullName }

    It 'leaves one report that says so: <what>' -TestCases @(
        @{ what = 'an error upstream under Stop'; run = { param($out) & { $ErrorActionPreference = 'Stop'; Get-DicomFile $zip, $broken | ForEach-Object { $_; Start-Sleep -Milliseconds 50 } | Send-DicomStore $receiver -MaxAssociations 1 | Export-FwSendReport -OutputDirectory $out } } }
        @{ what = 'a throw upstream'; run = { param($out) & { Get-DicomFile $zip | Send-DicomStore $receiver; throw 'enough' } | Export-FwSendReport -OutputDirectory $out } }
        @{ what = 'a throw between'; run = { param($out) $i = 0; Get-DicomFile $zip | Send-DicomStore $receiver | ForEach-Object { if (++$i -gt 3) { throw 'enough' }; $_ } | Export-FwSendReport -OutputDirectory $out } }
        @{ what = 'a break'; run = { param($out) $i = 0; foreach ($once in 1) { Get-DicomFile $zip | Send-DicomStore $receiver | ForEach-Object { if (++$i -gt 3) { break }; $_ } | Export-FwSendReport -OutputDirectory $out } } }
        @{ what = 'a stage downstream that has had enough'; run = { param($out) & { Get-DicomFile $zip | Send-DicomStore $receiver | ForEach-Object { $_; 'seen' > (Join-Path $folder x); [void] $i++ } | Tee-Object -Variable tee | ForEach-Object { $_ } | & { begin { $steps = { Export-FwSendReport -OutputDirectory $out }.GetSteppablePipeline(); $steps.Begin($true) } process { $steps.Process($_); 'one' } end { $steps.End() } clean { $steps.Dispose() } } } | Select-Object -First 1 } }
    ) {
        try { $null = & $run $out } catch { }
        $reports = @(Get-ChildItem $out -Force)
        $reports.Name | Should -HaveCount 1
        $reports[0].Name | Should -BeLike 'dicom-send_report-series.zip_*_stopped.csv'
        $rows = @(Import-Csv $reports[0])
        [int] $rows[0].'Images Sent' | Should -BeGreaterThan 0
        $rows.Status | Should -Not -Contain Complete
    }

    It 'is one that came to its end where only its output was enough' {
        $report = Get-DicomFile $zip | Send-DicomStore $receiver | Export-FwSendReport -OutputDirectory $out | Select-Object -First 1
        $report.IsComplete | Should -BeTrue
        (Get-ChildItem $out -Force).Name | Should -Be (Split-Path $report.Path -Leaf)
    }

    It 'leaves nothing where nothing was done' {
        try { $null = & { throw 'at once' } | Export-FwSendReport -OutputDirectory $out } catch { }
        Get-ChildItem $out -Force | Should -BeNullOrEmpty
    }

    It 'leaves a report, no lock and no temporary file on <signal>, and exits with <code>' -Skip:(-not $isUnix) -TestCases @(
        @{ signal = 'TERM'; code = 143 }
        @{ signal = 'HUP'; code = 129 }
    ) {
        $process = Start-Script @'
param($module, $zip, $port, $out)
Import-Module $module
1..100000 | ForEach-Object { $zip } | Get-DicomFile | Send-DicomStore 127.0.0.1 -Port $port -Journal "$out/journal.tsv" |
    ForEach-Object { if (++$script:n -eq 20) { [Console]::WriteLine('under way') }; $_ } | Export-FwSendReport -OutputDirectory $out -Html
'@ @((Join-Path $repo 'output/FlywheelDicom/FlywheelDicom.psd1'), $zip, "$($receiver.Port)", $out)
        $end = Stop-Script $process $signal
        $end.ExitCode | Should -Be $code -Because $end.Text
        (Get-ChildItem $out -Force -Filter *_stopped.csv) | Should -HaveCount 1
        (Get-ChildItem $out -Force).Name | Where-Object { $_ -notlike '*_stopped.csv' -and $_ -notlike '*_stopped.html' -and $_ -ne 'journal.tsv' } | Should -BeNullOrEmpty
        $rows = @(Import-Csv (Get-ChildItem $out -Filter *_stopped.csv))
        [int] $rows[0].'Images Sent' | Should -BeGreaterOrEqual 20
        $rows.Status | Should -Not -Contain Complete
        Get-DicomSendJournal "$out/journal.tsv" -WarningVariable damaged | Should -Not -BeNullOrEmpty
        $damaged | Should -BeNullOrEmpty
    }

    It 'says after Ctrl+C where its report is and how to go on' -Skip:(-not $isUnix) {
        $process = Start-Script @'
param($module, $zip, $port, $out)
Import-Module $module
1..100000 | ForEach-Object { $zip } | Get-DicomFile | Send-DicomStore 127.0.0.1 -Port $port -Journal "$out/journal.tsv" |
    ForEach-Object { if (++$script:n -eq 20) { [Console]::WriteLine('under way') }; $_ } | Export-FwSendReport -OutputDirectory $out
'@ @((Join-Path $repo 'output/FlywheelDicom/FlywheelDicom.psd1'), $zip, "$($receiver.Port)", $out)
        $end = Stop-Script $process INT
        $stopped = Get-ChildItem $out -Filter *_stopped.csv
        $stopped | Should -HaveCount 1
        $said = @($end.Text -split '\r?\n' -match 'WARNING')
        $said | Should -HaveCount 1
        $said[0] | Should -BeLike "*the run was stopped; the report is at '$($stopped.FullName)'. Run the same line again to send what is missing: the journal '$out/journal.tsv' has what is stored.*"
    }

    It 'says that there is no report where it was stopped before its first result' -Skip:(-not $isUnix) {
        $process = Start-Script @'
param($module, $zip, $port, $out)
Import-Module $module
& { [Console]::WriteLine('under way'); Start-Sleep 60 } | Send-DicomStore 127.0.0.1 -Port $port | Export-FwSendReport -OutputDirectory $out
'@ @((Join-Path $repo 'output/FlywheelDicom/FlywheelDicom.psd1'), $zip, "$($receiver.Port)", $out)
        $end = Stop-Script $process INT
        Get-ChildItem $out -Force | Should -BeNullOrEmpty
        @($end.Text -split '\r?\n' -match 'WARNING') | Should -BeLike '*The run was stopped before its first result: there is no report. Run the same line again*'
    }

    It 'leaves it too where the pipeline is busy elsewhere' -Skip:(-not $isUnix) {
        $process = Start-Script @'
param($module, $zip, $port, $out)
Import-Module $module
Get-DicomFile $zip | Send-DicomStore 127.0.0.1 -Port $port -Journal "$out/journal.tsv" |
    ForEach-Object { $_; if (++$script:n -eq 3) { [Console]::WriteLine('under way'); Start-Sleep 60 } } | Export-FwSendReport -OutputDirectory $out
'@ @((Join-Path $repo 'output/FlywheelDicom/FlywheelDicom.psd1'), $zip, "$($receiver.Port)", $out)
        $end = Stop-Script $process TERM
        $end.ExitCode | Should -Be 143 -Because $end.Text
        (Import-Csv (Get-ChildItem $out -Filter *_stopped.csv)).'Images Sent' | Should -Be 3
        Get-ChildItem $out -Force -Filter *.lock | Should -BeNullOrEmpty
    }
}

Describe 'The place of a report' {
    BeforeAll {
        function Get-PlaceError([hashtable] $Place) {
            $before = $receiver.Instances
            $problem = { Get-DicomFile $zip | Send-DicomStore $receiver | Export-FwSendReport @Place } | Should -Throw -PassThru
            $receiver.Instances | Should -Be $before
            $problem.CategoryInfo.Category | Should -Not -Be NotSpecified
            $problem.FullyQualifiedErrorId.Split(',')[0]
        }
    }

    It 'is tried before anything is sent' {
        Get-PlaceError @{ OutputDirectory = Join-Path $folder nope } | Should -Be ReportFolderNotFound
        Get-PlaceError @{ OutputDirectory = $zip } | Should -Be ReportPlaceUnusable
        Get-PlaceError @{ Path = $folder } | Should -Be ReportPlaceUnusable
        Get-PlaceError @{ Path = Join-Path $zip r.csv } | Should -Be ReportPlaceUnusable
        Get-PlaceError @{ Path = Join-Path $folder "$('x' * 260).csv" } | Should -Be ReportPlaceUnusable
    }

    It 'that is gone in the end costs the file, not the rows' {
        $gone = (New-Item (Join-Path $folder gone) -ItemType Directory).FullName
        $report = Get-DicomFile $zip | Send-DicomStore $receiver | ForEach-Object { if (Test-Path $gone) { Remove-Item $gone }; $_ } |
            Export-FwSendReport -OutputDirectory $gone -ErrorVariable problem -ErrorAction SilentlyContinue
        $report.Path | Should -BeNullOrEmpty
        $report.Rows.ImagesSent | Should -Be 6
        $problem.FullyQualifiedErrorId | Should -Be 'ReportNotWritten,FlywheelDicom.Cmdlets.ExportFwSendReportCommand'
    }
}

Describe 'What is no DicomFile' {
    It 'is told in words, once, and counted as failed: <what>' -TestCases @(
        @{ what = 'a number'; make = { 42 } }
        @{ what = 'a table'; make = { @{ a = 1 } } }
        @{ what = 'an object that came back from a job'; make = { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize((Get-DicomFile $zip)[0])) } }
    ) {
        $good = Get-DicomFile $zip | Select-Object -First 1
        $results = $good, (& $make), $good | Add-FwSendTag | Send-DicomStore $receiver -ErrorVariable problem -ErrorAction SilentlyContinue
        "$($results.Status)" | Should -BeLike '*Failed*'
        @($results).Count | Should -Be 3
        $problem | Should -HaveCount 1
        $problem.FullyQualifiedErrorId | Should -Be 'InputNotDicomFile,FlywheelDicom.Cmdlets.SendDicomStoreCommand'
        "$problem" | Should -BeLike '*not a FlywheelDicom.DicomFile*'
    }
}
