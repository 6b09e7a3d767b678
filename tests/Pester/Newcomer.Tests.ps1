# What someone types who has never seen the module, mistakes included: each line, and words that it must show.
# With the environment variable FLYWHEELDICOM_NEWCOMER set, all lines and what they showed are written to output/newcomer.md.
BeforeDiscovery {
    . $PSScriptRoot/Support.ps1
    $things = @(. $PSScriptRoot/Newcomer.Things.ps1).Where({ -not $_.needs -or (Get-Command $_.needs -ErrorAction Ignore) })
    for ($n = 0; $n -lt $things.Count; $n++) { $things[$n].number = $n + 1 }
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    . $PSScriptRoot/Sandbox.ps1
    $sandbox = New-Sandbox
    Add-SandboxFlywheel $sandbox
    $at = $sandbox.Folder
    # What other tests of this process have left.
    Disconnect-FwInstance
    $null = New-Item (Join-Path $at empty), (Join-Path $at 'büro [1]') -ItemType Directory
    'Nothing but text.' | Set-Content (Join-Path $at notes.txt)
    New-TestDicom (Join-Path $at 'büro [1]/bild ä.dcm') 30
    New-TestDicom (Join-Path $at cut.dcm) 31 @{ CutOff = 100 }
    New-TestDicom (Join-Path $at DICOMDIR) 32 @{ SopClass = '1.2.840.10008.1.3.10' }
    New-TestDicom (Join-Path $at other.dcm) 33
    # A zip whose one entry says that it is encrypted, and what an image of a CD begins with.
    $zip = [IO.File]::ReadAllBytes((Join-Path $at series.zip))
    for ($i = 0; $i -lt $zip.Length - 10; $i++) {
        if ($zip[$i] -eq 0x50 -and $zip[$i + 1] -eq 0x4B) { if ($zip[$i + 2] -eq 3) { $zip[$i + 6] = $zip[$i + 6] -bor 1 } elseif ($zip[$i + 2] -eq 1) { $zip[$i + 8] = $zip[$i + 8] -bor 1 } }
    }
    [IO.File]::WriteAllBytes((Join-Path $at locked.zip), $zip)
    $disk = [byte[]]::new(0x9000)
    [Text.Encoding]::ASCII.GetBytes('CD001').CopyTo($disk, 0x8001)
    [IO.File]::WriteAllBytes((Join-Path $at disk.iso), $disk)

    $transcript = [Collections.Generic.List[string]]::new()
    $global:port, $global:web, $global:receiver, $global:key = $sandbox.Receiver.Port, $sandbox.Double.Port, $sandbox.Receiver, $sandbox.Double.Key
    $rendering = $PSStyle.OutputRendering

    # What is shown when a line is entered: output as it is formatted, errors and warnings among it, in plain text.
    function Show-Line([string] $Line) {
        $ErrorActionPreference = 'Continue'
        $shown = @()
        $text = [Text.StringBuilder]::new()
        $flush = { if ($shown.Count) { $null = $text.Append(($shown | Out-String -Width 110)); $shown = @() } }
        $items = try { . { . ([scriptblock]::Create($Line)) } *>&1 } catch { $_ }
        foreach ($item in $items) {
            switch ($item) {
                { $_ -is [Management.Automation.WarningRecord] } { . $flush; $null = $text.AppendLine("WARNING: $_"); break }
                { $_ -is [Management.Automation.ErrorRecord] } { . $flush; $null = $text.Append(($_ | Out-String -Width 110)); break }
                { $_ -is [Management.Automation.InformationRecord] } { . $flush; $null = $text.AppendLine("$_"); break }
                default { $shown += , $item }
            }
        }
        . $flush
        ($text.ToString() -replace '\x1b\[[0-9;]*m').Replace($at, '~/here').Trim()
    }

    function Show-Completion([string] $Line) {
        (([Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null).CompletionMatches | ForEach-Object { "$($_.CompletionText)    $($_.ToolTip)" }) -join "`n").Replace($at, '~/here')
    }
}

AfterAll {
    $PSStyle.OutputRendering = $rendering
    Remove-Sandbox $sandbox
    if ($env:FLYWHEELDICOM_NEWCOMER) { "# What a newcomer tries, and what is shown`n`n$($transcript -join "`n")" | Set-Content (Join-Path $repo output/newcomer.md) }
}

Describe 'A newcomer' {
    It '<number> tries <what>' -ForEach $things {
        Push-Location $at
        $PSStyle.OutputRendering = 'PlainText'
        $env:FW_API_KEY = $null
        try { $shown = $type.EndsWith('<Tab>') ? (Show-Completion $type.Replace('<Tab>', '')) : (Show-Line $type) } finally { Pop-Location }
        $transcript.Add("## $number. $what`n`n``````powershell`n$type`n```````n`n``````text`n$shown`n```````n")
        foreach ($words in $says) { $shown.Contains($words, [StringComparison]::Ordinal) | Should -BeTrue -Because "'$words' should be among what was shown:`n$shown" }
        foreach ($words in $hides) { $shown.Contains($words, [StringComparison]::OrdinalIgnoreCase) | Should -BeFalse -Because "'$words' should not be among what was shown:`n$shown" }
        # Nobody should have to read these.
        foreach ($words in 'System.Object[]', 'Object reference', 'HResult', '   at FlywheelDicom', 's3cr3t-of-the-double') { $shown.Contains($words) | Should -BeFalse -Because "'$words' was shown:`n$shown" }
    }

    It 'presses Ctrl+C, and gets the prompt back and a report' {
        $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
        $line = 'while ($true) { Get-DicomFile ./study -Recurse | Send-DicomStore PACS1 | Export-FwSendReport -OutputDirectory ./stopped }'
        $null = New-Item (Join-Path $at stopped) -ItemType Directory
        $null = $shell.AddScript('param($module, $at) Import-Module $module; Set-Location $at').AddArgument($sandbox.Module).AddArgument($at).Invoke()
        $shell.Commands.Clear()
        $before = $receiver.Instances
        $null = $shell.AddScript($line).BeginInvoke()
        Wait-Until { $receiver.Instances -gt $before }
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 5
        "$($shell.InvocationStateInfo.State)" | Should -Be Stopped
        $shell.Dispose()
        $reports = (Get-ChildItem (Join-Path $at stopped) -Filter *.csv).Name
        $transcript.Add("## $($transcript.Count + 1). Ctrl+C`n`n``````powershell`n$line`n```````n`n``````text`n$($reports | Select-Object -First 3 | Out-String)```````n")
        $reports | Should -Not -BeNullOrEmpty
    }

    It 'finds sixty things and more here' { $transcript.Count | Should -BeGreaterOrEqual 60 }
}
