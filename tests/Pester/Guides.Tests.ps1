# The guides in docs/, run as they stand where they can be.
BeforeDiscovery {
    . $PSScriptRoot/Support.ps1
    $stages = [regex]::Matches((Get-Content (Join-Path $repo docs/stages.md) -Raw), '(?ms)^```powershell\r?\n(.*?)^```') | ForEach-Object { @{ code = $_.Groups[1].Value; first = ($_.Groups[1].Value -split '\n')[0] } }
    $hasOrthanc = [bool](Find-Peer Orthanc)
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    . $PSScriptRoot/Sandbox.ps1
    $sandbox = New-Sandbox
    $at = $sandbox.Folder

    function Get-Block([string] $Page, [string] $Language = 'powershell') {
        [regex]::Matches((Get-Content (Join-Path $repo "docs/$Page") -Raw), '(?ms)^```' + $Language + '\r?\n(.*?)^```') | ForEach-Object { $_.Groups[1].Value }
    }

    # The script of the guide in a process of its own.
    function Start-Script([string] $Source, [string] $Destination) {
        $script = Join-Path $at send.ps1
        (Get-Block scheduling.md)[0].Replace('Import-Module FlywheelDicom', "Import-Module '$($sandbox.Module)'") | Set-Content $script
        $info = [Diagnostics.ProcessStartInfo]::new((Get-Command dotnet -CommandType Application | Select-Object -First 1).Source)
        foreach ($argument in (Join-Path $PSHOME pwsh.dll), '-NoProfile', '-NonInteractive', '-File', $script, '-Source', $Source, '-Destination', $Destination, '-State', (Join-Path $at state)) { $info.ArgumentList.Add($argument) }
        $null = New-Item (Join-Path $at state) -ItemType Directory -Force
        $info.RedirectStandardOutput = $info.RedirectStandardError = $true
        [Diagnostics.Process]::Start($info)
    }

    function Wait-Script($Process) {
        $errors = $Process.StandardError.ReadToEndAsync()
        $text = $Process.StandardOutput.ReadToEnd() + $errors.Result
        $Process.WaitForExit()
        [pscustomobject]@{ ExitCode = $Process.ExitCode; Text = $text }
    }
}

AfterAll { Remove-Sandbox $sandbox }

Describe 'The script of scheduling.md' {
    It 'ends with 0 where all is sent, and again where it was sent before' {
        $run = Wait-Script (Start-Script (Join-Path $at study) PACS1)
        $run.ExitCode | Should -Be 0 -Because $run.Text
        $run.Text | Should -BeLike '*All 6 images were sent.*'
        (Wait-Script (Start-Script (Join-Path $at study) PACS1)).ExitCode | Should -Be 0
    }

    It 'ends with 1 where something is not' {
        $mixed = Join-Path $at mixed
        $null = New-Item $mixed -ItemType Directory
        New-TestDicom (Join-Path $mixed good.dcm) 41
        New-TestDicom (Join-Path $mixed cut.dcm) 42 @{ CutOff = 100 }
        $run = Wait-Script (Start-Script $mixed PACS1)
        $run.ExitCode | Should -Be 1 -Because $run.Text
        $run.Text | Should -BeLike '*1 of 2 images were sent. See *_failures.csv*'
        (Wait-Script (Start-Script (Join-Path $at nothing-here) PACS1)).ExitCode | Should -Be 1
    }

    It 'ends with 2 where nothing could be begun' {
        $run = Wait-Script (Start-Script (Join-Path $at study) 127.0.0.1:1)
        $run.ExitCode | Should -Be 2 -Because $run.Text
        $run.Text | Should -BeLike '*refused the connection*'
    }

    It 'ends in good order where it is told to stop' -Skip:$IsWindows {
        $many = Join-Path $at many
        $null = New-Item $many -ItemType Directory
        foreach ($n in 1..3000) { New-TestDicom (Join-Path $many "$n.dcm") $n }
        $before = $sandbox.Receiver.Instances
        $process = Start-Script $many PACS1
        Wait-Until { $sandbox.Receiver.Instances -gt $before } 60
        & kill -TERM $process.Id
        $run = Wait-Script $process
        $run.ExitCode | Should -Be 143 -Because $run.Text
        Get-ChildItem (Join-Path $at state) -Filter *_stopped.csv | Should -Not -BeNullOrEmpty
        (Get-DicomSendJournal (Join-Path $at state/journal.tsv) | Measure-Object).Count | Should -BeGreaterThan 6
    }

    It 'is the one that the help has in short' {
        $short = Get-Content (Join-Path $repo module/en-US/about_FlywheelDicom_Scheduling.help.txt) -Raw
        foreach ($line in 'exit 2', 'exit 1', 'exit 0', 'IsComplete', '-ErrorAction Continue') { $short.Contains($line) | Should -BeTrue -Because $line }
    }
}

Describe 'A stage of stages.md' {
    It 'hands on what came in: <first>' -ForEach $stages {
        # As at the prompt: an error of one file is told, and the run goes on.
        $ErrorActionPreference = 'Continue'
        $null = New-Item (Join-Path $at study/broken.dcm) -ItemType File -Force
        Set-Content (Join-Path $at study/broken.dcm) 'not DICOM'
        Push-Location $at
        try {
            $report = & ([scriptblock]::Create($code)) 2>$null 3>$null
        } finally { Pop-Location }
        $report.ImagesInSeries | Should -BeIn 7, 4
        ($report.Rows | Where-Object FileName -Like '*broken.dcm').Status | Should -Be Failed
        Remove-Item (Join-Path $at study/broken.dcm)
        if ($code -match 'Set-SeriesNumberByOrder') {
            (Get-DicomFile $sandbox.Receiver.Path | Where-Object { $_.Dataset['SeriesNumber'] } | ForEach-Object { "$($_.Dataset['SeriesNumber'])" } | Sort-Object -Unique) -join ' ' | Should -Be '100 101'
        }
    }
}

Describe 'troubleshooting.md' {
    It 'has every id, with what to try, as the sources have it' {
        $copy = Join-Path $at troubleshooting.md
        Copy-Item (Join-Path $repo docs/troubleshooting.md) $copy
        & (Join-Path $repo eng/Update-ErrorTable.ps1) -Path $copy
        (Get-Content $copy -Raw) -eq (Get-Content (Join-Path $repo docs/troubleshooting.md) -Raw) | Should -BeTrue -Because 'eng/Update-ErrorTable.ps1 writes the list; run it'
        $page = (Get-Command Send-DicomStore).ImplementingType.Assembly.GetType('FlywheelDicom.Cmdlets.DicomErrors')
        $ids = $page.GetField('s_kinds', 'NonPublic, Static').GetValue($null).Keys
        $listed = [regex]::Matches((Get-Content $copy -Raw), '(?m)^\| `(\w+)` \|') | ForEach-Object { $_.Groups[1].Value }
        $listed | Sort-Object | Should -Be ($ids | Sort-Object)
    }
}

Describe 'A guide' {
    It 'links to pages that are there: <_>' -ForEach 'orthanc.md', 'scheduling.md', 'stages.md', 'troubleshooting.md' {
        foreach ($match in [regex]::Matches((Get-Content (Join-Path $repo "docs/$_") -Raw), '\]\((?!http)([^)#]+)')) { Join-Path $repo "docs/$($match.Groups[1].Value)" | Should -Exist }
    }
}

Describe 'orthanc.md' -Skip:(-not $hasOrthanc) {
    It 'does what it says, line by line' {
        # The ports of the page may be in use here: others take their place, in the configuration and in the lines alike.
        $ports = @{ 4242 = Get-FreePort; 8042 = Get-FreePort; 11113 = Get-FreePort }
        $with = { param($text) foreach ($port in $ports.Keys) { $text = $text -replace "\b$port\b", $ports[$port] }; $text }
        $ErrorActionPreference = 'Continue'
        Push-Location $at
        & $with (Get-Block orthanc.md json) | Set-Content orthanc.json
        $orthanc = Start-Peer (Find-Peer Orthanc) @("$at/orthanc.json") $at
        try {
            Wait-Port $ports[4242] 60
            Wait-Port $ports[8042] 60
            $shown = foreach ($block in Get-Block orthanc.md) { . ([scriptblock]::Create((& $with $block))) | ForEach-Object { $_ } }
            ($shown | Where-Object { $_ -is [FlywheelDicom.DicomEchoResult] }).Succeeded | Should -BeTrue
            ($shown | Where-Object { $_ -is [FlywheelDicom.FwSendReport] }).IsComplete | Should -BeTrue
            ($shown | Where-Object { $_ -is [long] -or $_ -is [int] }) | Should -Be 6
            ($shown | Where-Object { $_.PSObject.TypeNames -contains 'Microsoft.PowerShell.Commands.GroupInfoNoElement' -or $_ -is [Microsoft.PowerShell.Commands.GroupInfo] } | ForEach-Object { "$($_.Count) $($_.Name)" }) | Should -Be '6 Found', '6 Committed'
            { Test-DicomEcho "WRONG@127.0.0.1:$($ports[4242])" -ErrorAction Stop } | Should -Throw "*called AE title 'WRONG' not recognized*"
        } finally {
            Pop-Location
            $orthanc.Kill()
            $orthanc.WaitForExit()
        }
    }
}
