#requires -Version 7.4
<#
.SYNOPSIS
Measures sending side by side with DCMTK and pynetdicom, where those are installed, and writes the figures down.
.DESCRIPTION
Each comparison runs ours and the rival in turn, so many pairs after a warm-up; the ratio is taken pair by pair, and its median is
what counts. Times are those of a pipeline in a session that is warm, but for the rows that say "whole process". The figures go to
bench/results as JSON, to bench/results/chart.svg, and into the table of docs/performance.md.
#>
[CmdletBinding()]
param(
    [ValidateRange(1, 100)] [int] $Pairs = 5,

    # Which parts to run; figures of the others stay as they were.
    [ValidateSet('Warm', 'Own', 'Process', 'Distance', 'Memory', 'Linear')]
    [string[]] $Part = @('Warm', 'Own', 'Process', 'Distance', 'Memory', 'Linear')
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$output = [IO.Path]::GetFullPath((Join-Path $PSScriptRoot '../output'))
$module = Join-Path $output 'FlywheelDicom/FlywheelDicom.psd1'
$results = Join-Path $PSScriptRoot 'results/results.json'
Import-Module $module
Add-Type -Path (Join-Path $output 'support/FlywheelDicom.TestSupport.dll')
$work = (New-Item (Join-Path $output 'bench') -ItemType Directory -Force).FullName
# Without it DCMTK waits for a delayed acknowledgement at each instance.
$env:TCP_NODELAY = '1'
$dcmtk = @{}
foreach ($name in 'dcmsend', 'storescu', 'storescp') { $dcmtk[$name] = (Get-Command $name -CommandType Application -ErrorAction Ignore | Select-Object -First 1).Source }
$python = 'python3', 'python' | ForEach-Object { (Get-Command $_ -CommandType Application -All -ErrorAction Ignore).Source } |
    Where-Object { & $_ -c 'import pynetdicom' *> $null; $LASTEXITCODE -eq 0 } | Select-Object -First 1
# The pwsh.dll of PowerShell's .NET tool, or nothing where PowerShell is installed.
$tool = if ([IO.Path]::GetFileNameWithoutExtension([Environment]::ProcessPath) -eq 'dotnet') { [Environment]::GetCommandLineArgs()[0] }
$processes = [Collections.Generic.List[Diagnostics.Process]]::new()
$rows = [Collections.Generic.List[object]]::new()

function Get-Median([double[]] $Values) { ($Values | Sort-Object)[[int][math]::Floor($Values.Count / 2)] }

function Get-Seconds([scriptblock] $Action) {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $null = & $Action
    $watch.Elapsed.TotalSeconds
}

function Get-Set([string] $Name) {
    $shape = @{ few = 200, 64, 1; small = 2000, 64, 1; ct = 400, 512, 1; large = 1, 512, 1024; huge = 1, 512, 5120 }[$Name]
    $folder = Join-Path $work $Name
    if (-not (Test-Path $folder)) { [FlywheelDicom.TestSupport.BenchmarkSet]::Save($folder, $shape[0], $shape[1], $shape[2]) }
    $folder
}

function Get-Archive([string] $Name) {
    $zip = Join-Path $work "$Name.zip"
    if (-not (Test-Path $zip)) { [IO.Compression.ZipFile]::CreateFromDirectory((Get-Set $Name), $zip) }
    $zip
}

function Start-Own {
    $info = [Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
    if ($tool) { $info.ArgumentList.Add($tool) }
    '-NoProfile', '-File', (Join-Path $PSScriptRoot 'Start-Receiver.ps1'), '-Module', $module | ForEach-Object { $info.ArgumentList.Add($_) }
    $info.RedirectStandardInput = $info.RedirectStandardOutput = $true
    $process = [Diagnostics.Process]::Start($info)
    $processes.Add($process)
    [int] $process.StandardOutput.ReadLine()
}

function Start-Storescp([switch] $Fork, [switch] $AsItComes) {
    $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
    $listener.Start()
    $port = $listener.LocalEndpoint.Port
    $listener.Stop()
    $info = [Diagnostics.ProcessStartInfo]::new($dcmtk.storescp)
    '--ignore', '-pdu', '131072', '+xa' | ForEach-Object { $info.ArgumentList.Add($_) }
    if ($Fork) { $info.ArgumentList.Add('--fork') }
    if ($AsItComes) { $null = $info.Environment.Remove('TCP_NODELAY') }
    $info.ArgumentList.Add("$port")
    $processes.Add([Diagnostics.Process]::Start($info))
    Start-Sleep -Milliseconds 500
    $port
}

function Send-Set([string] $Path, [int] $Port, [hashtable] $With = @{ MaxAssociations = 1 }) {
    $all = Get-DicomFile $Path | Add-FwSendTag | Send-DicomStore 127.0.0.1 -Port $Port @With
    if ((@($all.Status) -ne 'Sent').Count) { throw "Not all of $Path were sent." }
}

function Invoke-Rival([string] $Tool, [string] $Path, [int] $Port) {
    $options = $Tool -eq 'dcmsend' ? '+sd', '-pdu', '131072' : '+sd', '-pdu', '131072', '-R'
    & $dcmtk[$Tool] @options 127.0.0.1 $Port $Path *> $null
    if ($LASTEXITCODE) { throw "$Tool failed." }
}

function Invoke-GearWay([string] $Path, [int] $Port) {
    & $python (Join-Path $PSScriptRoot 'gear-way.py') $Path $Port (Join-Path $work 'gear.csv') *> $null
    if ($LASTEXITCODE) { throw 'The way of the gear failed.' }
}

# Each of ours and the rival in turn; for each of ours the medians, and the median of the ratios.
function Compare-InTurn([scriptblock[]] $Ours, [scriptblock] $Rival, [int] $WarmUp = 1, [int] $Count = $Pairs) {
    foreach ($action in $Ours) { foreach ($i in 1..$WarmUp) { $null = & $action } }
    $null = & $Rival
    $rounds = @(foreach ($i in 1..$Count) { , @(foreach ($action in @($Ours) + $Rival) { Get-Seconds $action }) })
    foreach ($one in 0..($Ours.Count - 1)) {
        [pscustomobject]@{ Ours = Get-Median $rounds.ForEach({ $_[$one] }); Rival = Get-Median $rounds.ForEach({ $_[-1] }); Ratio = Get-Median $rounds.ForEach({ $_[$one] / $_[-1] }) }
    }
}

function Add-Row([string] $Part, [string] $Work, [string] $Measured, [string] $Goal, [bool] $IsMet, [hashtable] $Figures) {
    $rows.Add([ordered]@{ part = $Part; work = $Work; measured = $Measured; goal = $Goal; met = $IsMet; figures = $Figures })
    Write-Information "${Work}: $Measured (goal: $Goal)" -InformationAction Continue
}

# The tool's assemblies are not compiled ahead, unlike those that PowerShell's installers and images bring.
function Get-PrecompiledShell {
    $folder = Join-Path $work "powershell-$($PSVersionTable.PSVersion)"
    $shell = Join-Path $folder 'pwsh.dll'
    if (-not (Test-Path $shell)) {
        dotnet publish (Join-Path $PSScriptRoot 'Precompiled') "-p:PowerShellTool=$PSHOME" -o $folder --nologo -v quiet | Out-Host
        if ($LASTEXITCODE) { throw 'PowerShell could not be compiled ahead.' }
    }
    $shell
}

function Get-Peak([string] $Path, [int] $Port, [string] $Shell = $tool) {
    $arguments = @($Shell | Where-Object { $_ }) + '-NoProfile', '-NonInteractive', '-File', (Join-Path $PSScriptRoot 'Measure-Run.ps1'), '-Module', $module
    if ($Path) { $arguments += '-Path', $Path, '-Port', $Port, '-ReportPath', (Join-Path $work 'report.csv') }
    $lines = @(& ([Environment]::ProcessPath) @arguments)
    if ($LASTEXITCODE) { throw "The run of $Path failed." }
    [double] $lines[-1]
}

try {
    if ('Warm' -in $Part -and $dcmtk.dcmsend -and $dcmtk.storescp) {
        $port = Start-Storescp
        foreach ($set in 'small', 'ct', 'large') {
            $path = Get-Set $set
            $pair = Compare-InTurn { Send-Set $path $port } { Invoke-Rival dcmsend $path $port } -WarmUp ($set -eq 'large' ? 2 : 16)
            Add-Row Warm "$set, warm, one association, to storescp" ('{0:0.00} of dcmsend''s time ({1:0.000} s, {2:0.000} s)' -f $pair.Ratio, $pair.Ours, $pair.Rival) 'at most 1.00' ($pair.Ratio -le 1) @{ ratio = $pair.Ratio; ours = $pair.Ours; rival = $pair.Rival; rivalName = 'dcmsend' }
            $pair = Compare-InTurn { Send-Set $path $port } { Invoke-Rival storescu $path $port }
            Add-Row Warm "$set, the same beside storescu" ('{0:0.00} of its time ({1:0.000} s, {2:0.000} s)' -f $pair.Ratio, $pair.Ours, $pair.Rival) '' $true @{ ratio = $pair.Ratio; ours = $pair.Ours; rival = $pair.Rival; rivalName = 'storescu' }
        }
        $port = Start-Storescp -AsItComes
        $path = Get-Set few
        $pair = Compare-InTurn { Send-Set $path $port } { Invoke-Rival dcmsend $path $port }
        Add-Row Warm '200 small, warm, one association, to storescp without TCP_NODELAY' ('{0:0} times as fast as dcmsend ({1:0.000} s, {2:0.000} s)' -f (1 / $pair.Ratio), $pair.Ours, $pair.Rival) '' $true @{ ratio = $pair.Ratio; ours = $pair.Ours; rival = $pair.Rival; rivalName = 'dcmsend' }
    }
    if ('Own' -in $Part) {
        $port = Start-Own
        $path = Get-Set small
        # The runtime goes on optimizing for some sixty runs; docs/performance.md says how the rate grows until then.
        foreach ($i in 1..60) { Send-Set $path $port }
        $seconds = Get-Median (1..($Pairs + 4) | ForEach-Object { Get-Seconds { Send-Set $path $port } })
        Add-Row Own 'small, warm, one association, to the built-in receiver' ('{0:#,0} instances a second' -f (2000 / $seconds)) 'at least 10,000' (2000 / $seconds -ge 10000) @{ ours = $seconds; perSecond = 2000 / $seconds }
        $path = Get-Set large
        $file = (Get-ChildItem $path)[0].FullName
        $pair = Compare-InTurn { Send-Set $path $port } { [FlywheelDicom.TestSupport.SocketCopy]::Run($file) } -WarmUp 3
        Add-Row Own 'large, warm, to the built-in receiver, beside a plain socket copy' ('{0:0.00} of its speed ({1:0.000} s, {2:0.000} s)' -f (1 / $pair.Ratio), $pair.Ours, $pair.Rival) 'at least 0.60' (1 / $pair.Ratio -ge 0.6) @{ ratio = $pair.Ratio; ours = $pair.Ours; rival = $pair.Rival; rivalName = 'socket copy' }
    }
    if ('Process' -in $Part -and $dcmtk.storescp) {
        $port = Start-Storescp
        $shells = @(if ($tool) { @{ Shell = Get-PrecompiledShell; In = '' }, @{ Shell = $tool; In = ', in PowerShell''s .NET tool' } } else { @{ Shell = ''; In = '' } })
        # Where pynetdicom is not installed: what the gear's way took on another machine of the same size, with pynetdicom 3.1.
        foreach ($case in @{ Set = 'ct'; Reference = 5.2; Goal = 5 }, @{ Set = 'small'; Reference = 96.0; Goal = 50 }) {
            $zip = Get-Archive $case.Set
            $ours = @({ Get-Peak $zip $port $shells[0].Shell }, { Get-Peak $zip $port $shells[1].Shell })[0..($shells.Count - 1)]
            $rival, $beside = $python ? ({ Invoke-GearWay $zip $port }, '') : ({ }, 'reference ')
            $compared = @(Compare-InTurn $ours $rival)
            foreach ($i in 0..($shells.Count - 1)) {
                $seconds = $compared[$i].Ours
                $other = $python ? $compared[$i].Rival : $case.Reference
                $times = $python ? 1 / $compared[$i].Ratio : $other / $seconds
                Add-Row Process "$($case.Set).zip to CSV, whole process, to storescp$($shells[$i].In)" ('{0:0.0} times as fast as the gear''s way ({1:0.00} s; {2}{3:0.0} s)' -f $times, $seconds, $beside, $other) "at least $($case.Goal) times" ($times -ge $case.Goal) @{ ours = $seconds; rival = $other; times = $times; rivalName = 'pydicom and pynetdicom' }
            }
        }
        foreach ($shell in $shells) {
            $import = Get-Median (1..$Pairs | ForEach-Object { (Get-Seconds { Get-Peak '' 0 $shell.Shell }) })
            Add-Row Process "PowerShell that only imports the module$($shell.In)" ('{0:0.00} s' -f $import) '' $true @{ ours = $import }
        }
    }
    if ('Distance' -in $Part -and $dcmtk.dcmsend -and $dcmtk.storescp) {
        $line = [FlywheelDicom.TestSupport.DelayedLine]::new((Start-Storescp -Fork), [timespan]::FromMilliseconds(10))
        $path = Get-Set small
        $pair = Compare-InTurn { Send-Set $path $line.Port @{ MaxAssociations = 'Auto' } } { Invoke-Rival dcmsend $path $line.Port }
        Add-Row Distance 'small, round trip of 20 ms, Auto, to storescp' ('{0:0.0} times as fast as dcmsend ({1:0.0} s, {2:0.0} s)' -f (1 / $pair.Ratio), $pair.Ours, $pair.Rival) 'at least 8 times' (1 / $pair.Ratio -ge 8) @{ ratio = $pair.Ratio; ours = $pair.Ours; rival = $pair.Rival; rivalName = 'dcmsend' }
        $line.Dispose()
        $line = [FlywheelDicom.TestSupport.DelayedLine]::new((Start-Own), [timespan]::FromMilliseconds(10))
        Send-Set $path $line.Port
        $seconds = Get-Median (1..$Pairs | ForEach-Object { Get-Seconds { Send-Set $path $line.Port } })
        Add-Row Distance 'small, round trip of 20 ms, one association, operations window of the built-in receiver' ('{0:0.0} s' -f $seconds) '' $true @{ ours = $seconds }
        $line.Dispose()
    }
    if ('Memory' -in $Part) {
        $port = Start-Own
        $idle = Get-Median (1..3 | ForEach-Object { Get-Peak '' 0 })
        foreach ($set in 'small', 'ct', 'large', 'huge') {
            $path = Get-Set $set
            $peak = Get-Median (1..3 | ForEach-Object { Get-Peak $path $port })
            Add-Row Memory "$set, peak memory over a PowerShell that only imported the module" ('{0:0} MB ({1:0} MB, {2:0} MB)' -f ($peak - $idle), $peak, $idle) 'at most 64 MB' ($peak - $idle -le 64) @{ peak = $peak; idle = $idle; over = $peak - $idle }
        }
    }
    if ('Linear' -in $Part) {
        $port = Start-Own
        $per = @{}
        foreach ($count in 2000, 20000, 200000) {
            $tar = Join-Path $work "$count.tar"
            if (-not (Test-Path $tar)) { [FlywheelDicom.TestSupport.BenchmarkSet]::SaveTar($tar, $count, 16) }
            $repeat = [math]::Max(1, 20000 / $count)
            $action = { foreach ($i in 1..$repeat) { Get-DicomFile $tar | Add-FwSendTag | Send-DicomStore 127.0.0.1 -Port $port -MaxAssociations 1 | Out-Null } }
            foreach ($i in 1..$($count -eq 200000 ? 1 : 8)) { & $action }
            $per[$count] = (Get-Median (1..3 | ForEach-Object { Get-Seconds $action })) / $repeat
        }
        # What each further instance costs: opening and checking the association is the same for few and many.
        $few, $many = (($per[20000] - $per[2000]) / 18000 * 1e6), (($per[200000] - $per[20000]) / 180000 * 1e6)
        Add-Row Linear '2,000 to 200,000 instances of 1 KB, one association' ('{0:0.0} µs for each from 2,000 to 20,000, {1:0.0} µs from there to 200,000; {2:0.00}, {3:0.00}, {4:0.0} s in all' -f $few, $many, $per[2000], $per[20000], $per[200000]) 'linear within 10 %' ($many / $few -le 1.1) @{ few = $few; many = $many; seconds = @($per[2000], $per[20000], $per[200000]) }
    }
} finally {
    foreach ($process in $processes) {
        if ($process.StartInfo.RedirectStandardInput) { $process.StandardInput.Close() } else { $process.Kill() }
        $null = $process.WaitForExit(5000)
    }
}

$old = (Test-Path $results) ? @((Get-Content $results -Raw | ConvertFrom-Json -AsHashtable).rows | Where-Object { $_.part -notin $Part }) : @()
$order = 'Warm', 'Own', 'Process', 'Distance', 'Memory', 'Linear'
$all = @($old) + @($rows) | Sort-Object { $order.IndexOf($_.part) } -Stable
$null = New-Item (Split-Path $results) -ItemType Directory -Force
[ordered]@{
    measured = [datetime]::UtcNow.ToString('yyyy-MM-dd'); processors = [Environment]::ProcessorCount; system = [Runtime.InteropServices.RuntimeInformation]::OSDescription
    runtime = [Runtime.InteropServices.RuntimeInformation]::FrameworkDescription; powershell = "$($PSVersionTable.PSVersion)"; rows = $all
} | ConvertTo-Json -Depth 6 | Set-Content $results
& (Join-Path $PSScriptRoot 'Write-Results.ps1') -Path $results
if (-not $dcmtk.dcmsend) { 'DCMTK is not installed here: no comparison with it.' }
