BeforeDiscovery {
    $isUnix = -not $IsWindows
    # Root may read everything, unless that right can be taken from it.
    $canBeDenied = $isUnix -and ((id -u) -ne '0' -or (Get-Command setpriv -CommandType Application -ErrorAction Ignore))
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder

    # What an instance is known by here.
    function Get-Number($File) { @($File | ForEach-Object { $_.Problem ? 'problem' : $_.SopInstanceUid.Split('.')[-1] }) }

    # Runs a script in a process of its own, and ends it where it hangs.
    function Invoke-Apart([string] $Script, [string[]] $As = @(), [string] $StandardInput) {
        $whole = "Import-Module '$repo/output/FlywheelDicom/FlywheelDicom.psd1'; Set-Location '$folder'; $Script"
        $command = @($As) + (Get-Process -Id $PID).Path + $(if ([Environment]::GetCommandLineArgs()[0] -like '*.dll') { [Environment]::GetCommandLineArgs()[0] }) +
            '-NoProfile', '-NonInteractive', '-EncodedCommand', [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($whole))
        $info = [Diagnostics.ProcessStartInfo]::new($command[0])
        $command | Select-Object -Skip 1 | ForEach-Object { $info.ArgumentList.Add($_) }
        $info.RedirectStandardInput = $info.RedirectStandardOutput = $info.RedirectStandardError = $true
        $info.WorkingDirectory = '/'
        $info.Environment['HOME'] = $homeOfIts
        $info.Environment['NO_COLOR'] = '1'
        $info.Environment['POWERSHELL_TELEMETRY_OPTOUT'] = '1'
        $process = [Diagnostics.Process]::Start($info)
        $output = $process.StandardOutput.ReadToEndAsync()
        $errors = $process.StandardError.ReadToEndAsync()
        $process.StandardInput.Close()
        if (-not $process.WaitForExit(120000)) { $process.Kill($true); throw 'It hangs.' }
        $text = $output.Result
        if (-not $text.Trim()) { throw "No output: $($errors.Result)" }
        $text | ConvertFrom-Json
    }

    $homeOfIts = New-TestFolder
}

AfterAll {
    Remove-Item $folder, $homeOfIts -Recurse -Force
}

Describe 'A path that leads nowhere, among others' {
    BeforeAll {
        $here = (New-Item (Join-Path $folder paths) -ItemType Directory).FullName
        New-TestDicom (Join-Path $here 'one.dcm') 1
        New-TestDicom (Join-Path $here 'two.dcm') 2
    }

    It 'is one error and one file with a problem, and the rest goes on: <path>' -ForEach @(
        @{ path = 'nope.dcm'; id = 'SourceNotFound'; category = 'ObjectNotFound' }
        @{ path = 'no/folder/*.dcm'; id = 'DicomNotFound'; category = 'InvalidData' }
        @{ path = '['; id = $null; category = $null }
        @{ path = 'x[a'; id = $null; category = $null }
        @{ path = 'x[b-a]*'; id = $null; category = $null }
        @{ path = 'nodrive:/x.dcm'; id = 'SourceNotFound'; category = 'ObjectNotFound' }
        @{ path = 'nodrive:/*.dcm'; id = 'SourceNotFound'; category = 'ObjectNotFound' }
        @{ path = 'noprovider::x'; id = 'SourceNotFound'; category = 'ObjectNotFound' }
        @{ path = 'Env:PATH'; id = 'NotFileSystemPath'; category = 'InvalidArgument' }
        @{ path = 'Env:P*'; id = 'NotFileSystemPath'; category = 'InvalidArgument' }
        @{ path = 'Variable:HOME'; id = 'NotFileSystemPath'; category = 'InvalidArgument' }
        @{ path = "a`0b"; id = 'SourceNotFound'; category = 'ObjectNotFound' }
    ) {
        Push-Location $here
        try {
            foreach ($run in { Get-DicomFile one.dcm, $path, two.dcm @quiet }, { 'one.dcm', $path, 'two.dcm' | Get-DicomFile @quiet }) {
                $quiet = @{ ErrorVariable = 'problems'; ErrorAction = 'SilentlyContinue' }
                $files = . $run
                Get-Number $files | Should -Be 1, problem, 2
                $problems.Count | Should -Be 1
                if ($id) {
                    $problems[0].FullyQualifiedErrorId | Should -Be "$id,FlywheelDicom.Cmdlets.GetDicomFileCommand"
                    $problems[0].CategoryInfo.Category | Should -Be $category
                }
                "$($problems[0])" | Should -BeLike "*$([WildcardPattern]::Escape($path.Replace("`0", '\u0000')))*"
                $files[1].Origin.FileName | Should -Not -BeNullOrEmpty
            }
        }
        finally { Pop-Location }
    }

    It 'is told where it is one of another provider by its PSPath' {
        $files = Get-Item Env:PATH | Get-DicomFile -ErrorVariable problems -ErrorAction SilentlyContinue
        Get-Number $files | Should -Be problem
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'NotFileSystemPath,*'
    }
}

Describe 'A name with the brackets of a wildcard' {
    BeforeAll {
        $here = (New-Item (Join-Path $folder 'brackets [x]') -ItemType Directory).FullName
        New-TestDicom (Join-Path $here 'a[1].dcm') 1
        New-TestDicom (Join-Path $here 'a1.dcm') 2
        New-TestDicom (Join-Path $here '[b') 3
        $null = New-Item (Join-Path $here 'sub[2]') -ItemType Directory
        New-TestDicom (Join-Path $here 'sub[2]/c') 4
        Push-Location -LiteralPath $here
    }
    AfterAll { Pop-Location }

    It 'is taken as it stands if it exists: <path>' -ForEach @(
        @{ path = 'a[1].dcm'; number = '1' }
        @{ path = 'a`[1`].dcm'; number = '1' }
        @{ path = '[b'; number = '3' }
        @{ path = 'sub[2]'; number = '4' }
        @{ path = 'sub[2]/c'; number = '4' }
        @{ path = 'a[0-9].dcm'; number = '2' }
    ) {
        Get-Number (Get-DicomFile $path) | Should -Be $number
        Get-Number ($path | Get-DicomFile) | Should -Be $number
    }

    It 'comes from Get-ChildItem as an object, as text, and by its properties' {
        Get-Number (Get-ChildItem -File | Get-DicomFile) | Sort-Object | Should -Be 1, 2, 3
        Get-Number (Get-ChildItem -File | ForEach-Object FullName | Get-DicomFile) | Sort-Object | Should -Be 1, 2, 3
        Get-Number (Get-ChildItem -File | Select-Object PSPath | Get-DicomFile) | Sort-Object | Should -Be 1, 2, 3
        Get-Number (Get-ChildItem -Directory | Get-DicomFile) | Should -Be 4
        Get-Number (Get-DicomFile -LiteralPath 'a[1].dcm') | Should -Be 1
    }

    It 'still is a wildcard where it is one' {
        Get-Number (Get-DicomFile 'a*.dcm') | Sort-Object | Should -Be 1, 2
        Get-Number (Get-DicomFile 'a?.dcm') | Should -Be 2
    }

    It 'with a star in it is taken as it stands from the pipeline, and as a wildcard where it is typed' -Skip:$IsWindows {
        New-TestDicom (Join-Path $here 's*') 5
        New-TestDicom (Join-Path $here 'st') 6
        Get-Number (Get-ChildItem -File -Filter 's*' | Where-Object Name -EQ 's*' | Get-DicomFile) | Should -Be 5
        Get-Number (Get-DicomFile 's*' -Recurse) | Sort-Object | Should -Be 4, 5, 6
        Remove-Item -LiteralPath 's*'
        Remove-Item 'st'
    }
}

Describe 'Where a path is relative to' {
    It 'is PowerShell''s location, not that of the process' {
        $here = (New-Item (Join-Path $folder relative/sub) -ItemType Directory -Force).FullName
        New-TestDicom (Join-Path $here 'x.dcm') 7
        $process = [Environment]::CurrentDirectory
        Push-Location (Split-Path $here)
        try {
            [Environment]::CurrentDirectory = [IO.Path]::GetTempPath()
            Get-Number (Get-DicomFile sub/x.dcm) | Should -Be 7
            Get-Number (Get-DicomFile -LiteralPath ./sub/x.dcm) | Should -Be 7
            Get-Number (Get-DicomFile sub/*.dcm) | Should -Be 7
            Get-Number (Get-DicomFile . -Recurse) | Should -Be 7
            $null = New-PSDrive -Name TestFiles -PSProvider FileSystem -Root $here
            Get-Number (Get-DicomFile TestFiles:/x.dcm) | Should -Be 7
            Get-Number (Get-DicomFile TestFiles:*.dcm) | Should -Be 7
        }
        finally {
            [Environment]::CurrentDirectory = $process
            Pop-Location
            Remove-PSDrive TestFiles -ErrorAction Ignore
        }
    }

    It 'takes the home folder''s sign' -Skip:(-not $isUnix) {
        New-TestDicom (Join-Path $homeOfIts 'h.dcm') 8
        $seen = Invoke-Apart "Get-DicomFile '~/h.dcm' | Select-Object SopInstanceUid, Problem | ConvertTo-Json"
        $seen.SopInstanceUid | Should -BeLike '*.8'
    }
}

Describe 'Rows of the report' {
    BeforeAll {
        $study = (New-Item (Join-Path $folder study) -ItemType Directory).FullName
        foreach ($s in 1, 2) {
            $null = New-Item (Join-Path $study "S$s") -ItemType Directory
            New-TestDicom (Join-Path $study "S$s/IM0001") (10 + $s)
        }
    }

    It 'have the path below what was given' {
        (Get-DicomFile $study -Recurse).Origin.FileName | Should -Be S1/IM0001, S2/IM0001
        (Get-DicomFile (Join-Path $study 'S*/IM0001')).Origin.FileName | Should -Be S1/IM0001, S2/IM0001
        (Get-DicomFile (Join-Path $study 'S*')).Origin.FileName | Should -Be S1/IM0001, S2/IM0001
    }

    It 'can be told apart where each file was given by itself' {
        $receiver = Start-DicomReceiver -Discard -Port 0
        try { $report = Get-ChildItem $study -File -Recurse | Get-DicomFile | Send-DicomStore 127.0.0.1 -Port $receiver.Port | Export-FwSendReport -OutputDirectory $folder }
        finally { $receiver | Stop-DicomReceiver }
        (Import-Csv $report.Path).Filename | Sort-Object | Should -Be S1/IM0001, S2/IM0001
    }
}

Describe 'What is no file' -Skip:(-not $isUnix) {
    BeforeAll {
        $here = (New-Item (Join-Path $folder special) -ItemType Directory).FullName
        New-TestDicom (Join-Path $here '1.dcm') 1
        mkfifo (Join-Path $here '0.dcm')
        mkfifo (Join-Path $here 'pipe')
    }

    It 'is left out of a folder, with verbose' {
        $seen = Invoke-Apart @'
            $all = Get-DicomFile special -Verbose 4>&1
            [pscustomobject]@{ Files = @($all | Where-Object { $_ -is [FlywheelDicom.DicomFile] } | ForEach-Object Name); Verbose = @($all | Where-Object { $_ -is [Management.Automation.VerboseRecord] } | ForEach-Object Message) } | ConvertTo-Json
'@
        $seen.Files | Should -Be "$here/1.dcm"
        $seen.Verbose.Count | Should -Be 2
        $seen.Verbose | Should -BeLike '*a named pipe; it is not opened*'
    }

    It 'is one error and one file with a problem where it is given: <path>' -ForEach @(
        @{ path = 'special/pipe'; kind = 'a named pipe' }
        @{ path = '/dev/zero'; kind = 'a device' }
        @{ path = '/dev/stdin'; kind = '*' }
    ) {
        $seen = Invoke-Apart "`$f = Get-DicomFile '$path' -ErrorVariable e -ErrorAction SilentlyContinue; [pscustomobject]@{ Problem = @(`$f.Problem); Errors = @(`$e.FullyQualifiedErrorId) } | ConvertTo-Json"
        $seen.Problem | Should -BeLike "It is $kind and not a file. It is not opened."
        $seen.Errors | Should -Be 'SourceUnreadable,FlywheelDicom.Cmdlets.GetDicomFileCommand'
    }
}

Describe 'What the user may not read' -Skip:(-not $canBeDenied) {
    BeforeAll {
        $here = (New-Item (Join-Path $folder private) -ItemType Directory).FullName
        foreach ($n in 1..5) {
            $at = (New-Item (Join-Path $here "s$n") -ItemType Directory).FullName
            New-TestDicom (Join-Path $at '1.dcm') $n
        }
        chmod 755 $here (Get-ChildItem $here).FullName
        chmod 644 (Get-ChildItem $here -File -Recurse).FullName
        chmod 0 "$here/s2/1.dcm"
        # Cannot be listed; cannot be entered.
        chmod 311 "$here/s3"
        chmod 644 "$here/s4"
        # Root without its rights over files is a user like others.
        $bounded = if ((id -u) -eq '0') { (Find-Peer setpriv), '--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-dac_override,-dac_read_search' }
        $report = '[pscustomobject]@{ Rows = @($f.Origin.FileName); Problems = @($f | ForEach-Object { "$($_.Problem)" }); Ids = @($f | ForEach-Object { "$($_.ProblemDetail.Id)" }); Errors = @($e).Count } | ConvertTo-Json'
    }
    AfterAll { chmod -R 755 "$folder/private" }

    It 'is a row and an error each, and the rest goes on' {
        $seen = Invoke-Apart "`$f = Get-DicomFile private -Recurse -ErrorVariable e -ErrorAction SilentlyContinue; $report" -As $bounded
        $seen.Rows | Should -Be s1/1.dcm, s2/1.dcm, s3, s4/1.dcm, s5/1.dcm
        $seen.Problems | Should -Be '', 'It cannot be read: access is denied.', 'It cannot be read: access is denied.', 'It cannot be read: access is denied.', ''
        $seen.Errors | Should -Be 3
    }

    It 'is said of a path that is given, in place of "it does not exist": <path>' -ForEach @(
        @{ path = 'private/s2/1.dcm' }
        @{ path = 'private/s3' }
        @{ path = 'private/s4/1.dcm' }
    ) {
        $seen = Invoke-Apart "`$f = Get-DicomFile $path -ErrorVariable e -ErrorAction SilentlyContinue; $report" -As $bounded
        $seen.Ids | Should -Be SourceUnreadable
        $seen.Problems | Should -Be 'It cannot be read: access is denied.'
        $seen.Errors | Should -Be 1
    }
}

Describe 'A name that is not valid UTF-8' -Skip:(-not $isUnix) {
    It 'is a file with a problem, and the rest goes on' {
        $here = (New-Item (Join-Path $folder utf8) -ItemType Directory).FullName
        New-TestDicom (Join-Path $here '1.dcm') 1
        & sh -c "cp '$here/1.dcm' `"`$(printf '$here/a\351b.dcm')`"; mkdir `"`$(printf '$here/d\351')`"; cp '$here/1.dcm' `"`$(printf '$here/d\351')/2.dcm`""
        $files = Get-DicomFile $here -Recurse -ErrorAction SilentlyContinue -ErrorVariable problems
        Get-Number $files | Should -Be 1, problem, problem
        $files[1, 2].Problem | Should -BeLike '*not valid UTF-8*'
        $problems.Count | Should -Be 2
        & sh -c "rm -r '$here'"
    }
}

Describe 'A source that changes between reading and sending' {
    It 'is Failed, and nothing of it is sent' {
        $here = (New-Item (Join-Path $folder changing) -ItemType Directory).FullName
        $there = Join-Path $folder arrived
        foreach ($n in 1..4) { New-TestDicom (Join-Path $here "$n.dcm") $n }
        $receiver = Start-DicomReceiver -Path $there -Port 0
        try {
            $files = Get-DicomFile $here
            New-TestDicom (Join-Path $here '2.dcm') 22
            [IO.File]::SetLastWriteTimeUtc((Join-Path $here '2.dcm'), [datetime]::UtcNow.AddSeconds(5))
            [IO.File]::AppendAllText((Join-Path $here '3.dcm'), 'xx')
            $results = $files | Send-DicomStore 127.0.0.1 -Port $receiver.Port -CalledAE ANY -ErrorAction SilentlyContinue -ErrorVariable problems
        }
        finally { $receiver | Stop-DicomReceiver }
        $results.Status | Should -Be Sent, Failed, Failed, Sent
        $results[1, 2].ErrorId | Should -Be DicomSourceChanged, DicomSourceChanged
        $results[2].Reason | Should -BeLike '*bytes when its header was read*'
        $problems.FullyQualifiedErrorId | Should -Be 'DicomSourceChanged,FlywheelDicom.Cmdlets.SendDicomStoreCommand', 'DicomSourceChanged,FlywheelDicom.Cmdlets.SendDicomStoreCommand'
        Get-Number (Get-DicomFile $there -Recurse) | Sort-Object | Should -Be 1, 4
    }
}

Describe 'A path of another provider, where a file is wanted' {
    It 'is refused by <name>, and no file is made beside the process' -ForEach @(
        @{ name = 'Start-DicomReceiver'; run = { Start-DicomReceiver -Path Env:receiver } }
        @{ name = 'Export-FwSendReport'; run = { @() | Export-FwSendReport -Path Env:report.csv } }
        @{ name = 'Get-DicomSendJournal'; run = { Get-DicomSendJournal -Path Env:journal } }
        @{ name = 'Send-DicomStore'; run = { @() | Send-DicomStore 127.0.0.1 -Port 1 -Journal Env:journal } }
    ) {
        { & $run } | Should -Throw -ErrorId 'NotFileSystemPath,*'
        Join-Path ([Environment]::CurrentDirectory) 'receiver', 'report.csv', 'journal' | Where-Object { Test-Path $_ } | Should -BeNullOrEmpty
    }
}
