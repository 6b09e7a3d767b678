BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    $source = Join-Path $folder 'source'
    $null = New-Item $source -ItemType Directory
    foreach ($n in 1..200) { New-TestDicom (Join-Path $source ('{0:000}.dcm' -f $n)) $n }
}

AfterAll {
    Get-DicomReceiver | Stop-DicomReceiver
    Remove-Item $folder -Recurse
}

Describe 'Send-DicomStore -Journal' {
    BeforeEach {
        $receiver = Start-DicomReceiver -Path (New-TestFolder)
        $journal = Join-Path $folder "$([guid]::NewGuid()).tsv"
    }

    AfterEach {
        Stop-DicomReceiver $receiver
        Remove-Item $receiver.Path -Recurse
    }

    It 'skips what is there, sends what is new or has changed, and the report counts both' {
        $first = Get-DicomFile $source | Add-FwSendTag | Select-Object -First 150 | Send-DicomStore $receiver -Journal $journal
        $first.Status | Select-Object -Unique | Should -Be Sent
        New-TestDicom (Join-Path $source '001.dcm') 1 @{ Rows = 32 }
        $report = Get-DicomFile $source | Add-FwSendTag | Send-DicomStore $receiver -Journal $journal -OutVariable second | Export-FwSendReport -OutputDirectory $folder
        New-TestDicom (Join-Path $source '001.dcm') 1
        ($second | Where-Object Status -EQ Skipped).Count | Should -Be 149
        ($second | Where-Object Status -EQ Sent).Count | Should -Be 51
        $report.IsComplete | Should -BeTrue
        $receiver.Instances | Should -Be 201
        $entries = Get-DicomSendJournal $journal
        $entries.Count | Should -Be 201
        $entries[0].Digest | Should -Match '^[0-9A-F]{64}$'
        (Import-Csv $journal -Delimiter "`t").SopInstanceUid.Count | Should -Be 201
        Get-Content $journal -Raw | Should -Not -BeLike '*SYNTHETIC*'
    }

    It 'is refused to a second run, and where it is something else' {
        $null = Get-DicomFile $source | Send-DicomStore $receiver -Journal $journal | ForEach-Object {
            if (-not $script:refusal) { $script:refusal = try { Get-DicomFile $source | Send-DicomStore $receiver -Journal $journal } catch { $_ } }
        }
        $script:refusal.FullyQualifiedErrorId | Should -Be 'JournalInUse,FlywheelDicom.Cmdlets.SendDicomStoreCommand'
        $script:refusal.CategoryInfo.Category | Should -Be ResourceBusy
        'a letter' | Set-Content (Join-Path $folder letter.txt)
        { Get-DicomFile $source | Send-DicomStore $receiver -Journal (Join-Path $folder letter.txt) } | Should -Throw -ErrorId 'JournalUnusable,*'
        Get-DicomSendJournal (Join-Path $folder none.tsv) -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem.FullyQualifiedErrorId | Should -BeLike 'JournalNotFound,*'
    }

    # FLYWHEELDICOM_KILLS=50 kills fifty runs instead of four; each journal is killed twice and then completed.
    It 'completes runs that were killed at any point, and no line lies (<_>)' -ForEach (1..[math]::Ceiling(($env:FLYWHEELDICOM_KILLS ?? 4) / 2)) {
        $script = Join-Path $folder 'run.ps1'
        @"
Import-Module '$(Join-Path $repo 'output/FlywheelDicom/FlywheelDicom.psd1')'
Get-DicomFile '$source' | Add-FwSendTag | Send-DicomStore 127.0.0.1 -Port $($receiver.Port) -Journal '$journal' | ForEach-Object { [Console]::Out.WriteLine(`$_.Status); Start-Sleep -Milliseconds 2 }
"@ | Set-Content $script
        foreach ($kill in 1..2) {
            $info = [Diagnostics.ProcessStartInfo]::new('dotnet')
            'pwsh', '-NoProfile', '-NonInteractive', '-File', $script | ForEach-Object { $info.ArgumentList.Add($_) }
            $info.WorkingDirectory = $repo
            $info.RedirectStandardOutput = $true
            $process = [Diagnostics.Process]::Start($info)
            foreach ($line in 1..(Get-Random -Minimum 1 -Maximum 195)) { $null = $process.StandardOutput.ReadLine() }
            # SIGKILL, for the process and its children.
            $process.Kill($true)
            $process.WaitForExit()
            $stored = (Get-ChildItem $receiver.Path -Filter *.dcm).BaseName
            foreach ($entry in Get-DicomSendJournal $journal 3>$null) { $entry.SopInstanceUid | Should -BeIn $stored }
        }
        $before = $receiver.Instances
        $results = Get-DicomFile $source | Add-FwSendTag | Send-DicomStore $receiver -Journal $journal
        $results.Count | Should -Be 200
        $results.Status | Should -Not -Contain Failed
        $receiver.Instances - $before | Should -Be @($results | Where-Object Status -EQ Sent).Count
        (Get-ChildItem $receiver.Path -Filter *.dcm).Count | Should -Be 200
    }
}
