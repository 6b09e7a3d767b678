BeforeDiscovery { $isUnix = -not $IsWindows }

BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    $double = Start-FlywheelDouble
    $receiver = Start-DicomReceiver -Discard

    function Start-Gear($SessionId, [hashtable] $Config = @{}) {
        $base = (New-Item (Join-Path $folder "gear-$([guid]::NewGuid().ToString('N'))/output") -ItemType Directory).Parent.FullName
        @{
            config      = @{ destination = '127.0.0.1'; port = $receiver.Port; called_ae = 'PACS' } + $Config
            inputs      = @{ 'api-key' = @{ base = 'api-key'; key = $double.Key } }
            destination = @{ type = 'session'; id = $SessionId }
        } | ConvertTo-Json -Depth 9 | Set-Content (Join-Path $base config.json)
        $info = [Diagnostics.ProcessStartInfo]::new((Get-Command dotnet -CommandType Application | Select-Object -First 1).Source)
        # PowerShell itself, not the tool that starts it: signals are for it.
        (Join-Path $PSHOME pwsh.dll), '-NoLogo', '-NoProfile', '-NonInteractive', '-File', (Join-Path $repo gear/run.ps1) | ForEach-Object { $info.ArgumentList.Add($_) }
        $info.RedirectStandardOutput = $info.RedirectStandardError = $true
        $info.Environment['FLYWHEEL_BASE'] = $base
        $process = [Diagnostics.Process]::Start($info)
        [pscustomobject]@{ Process = $process; Log = $process.StandardOutput.ReadToEndAsync(); Errors = $process.StandardError.ReadToEndAsync(); Output = Join-Path $base output }
    }

    function Wait-Gear($Gear) {
        $Gear.Process.WaitForExit(60000) | Should -BeTrue
        [pscustomobject]@{ ExitCode = $Gear.Process.ExitCode; Log = $Gear.Log.Result + $Gear.Errors.Result; Files = @(Get-ChildItem $Gear.Output -Force) }
    }
}

AfterAll {
    Get-DicomReceiver | Stop-DicomReceiver
    Stop-FlywheelDouble $double
    Remove-Item $folder -Recurse
}

Describe 'The gear''s report' {
    It 'has the name that dicom-send gives it, and the failures stand beside it' -Skip:(-not $isUnix) {
        $session = New-TestSession $double $folder -Label 'Mixed' -WithCorruptZip
        $run = Wait-Gear (Start-Gear $session.SessionId)
        $run.ExitCode | Should -Be 1 -Because $run.Log
        $run.Files.Name | Sort-Object | Should -Match '^dicom-send_report-Mixed_\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d(_failures)?\.csv$'
        $run.Files | Should -HaveCount 2
        $failures = @(Import-Csv ($run.Files | Where-Object Name -Like '*_failures.csv'))
        $failures.Name | Should -Be broken.zip
        $failures.'Error ID' | Should -Be ArchiveUnreadable
        $failures.Reason | Should -Not -BeNullOrEmpty
    }

    It 'is written and told in the log where the gear is stopped' -Skip:(-not $isUnix) {
        $session = New-TestSession $double $folder -Label 'Stopped'
        Add-DoubleFault $double @{ Kind = 'Silence'; Path = 'ct.tar.gz'; Method = 'GET' }
        $before = $receiver.Instances
        $gear = Start-Gear $session.SessionId @{ journal = $true }
        Wait-Until { $receiver.Instances -ge $before + 200 } 60
        $null = & kill -TERM $gear.Process.Id
        $run = Wait-Gear $gear
        $run.ExitCode | Should -Be 143 -Because $run.Log
        $run.Files.Name | Sort-Object | Should -Match '^dicom-send_(journal\.tsv|report-Stopped_.*_\d\d:\d\d:\d\d_stopped\.csv)$'
        $run.Files | Should -HaveCount 2 -Because $run.Log
        (Import-Csv ($run.Files | Where-Object Name -Like '*_stopped.csv'))[0].'Images Sent' | Should -Be 200
        $run.Log | Should -BeLike '*ERROR*stopped by SIGTERM*'
        $run.Log | Should -BeLike '*1.2.840 #1.dicom.zip*200*200*Incomplete*'
    }
}

Describe 'The attached report' {
    It 'has the name that dicom-send gives it, and the failures are attached too' {
        $session = New-TestSession $double $folder -Label 'Att/ached' -WithCorruptZip
        $null = Connect-FwInstance $double.Key -WarningAction SilentlyContinue
        $report = Get-FwSessionDicom -SessionId $session.SessionId -ErrorAction SilentlyContinue | Send-DicomStore $receiver |
            Export-FwSendReport -Path (Join-Path $folder mine.csv) -Attach
        $report.AttachedTo | Should -Match "^session/$($session.SessionId)/files/dicom-send_report-Att_ached_\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d\.csv$"
        $uploads = (Get-DoubleState $double).uploads[-2..-1]
        $uploads[1].text | Should -Be (Get-Content $report.Path -Raw)
        $uploads[0].text | Should -Be (Get-Content $report.FailuresPath -Raw)
        $uploads[0].name | Should -Match '_\d\d:\d\d:\d\d_failures\.csv$'
        Disconnect-FwInstance
    }
}
