# Dot-sourced by each test file: the module as built, and the generator of synthetic DICOM.
$script:repo = Split-Path (Split-Path $PSScriptRoot)
Import-Module (Join-Path $repo 'output/FlywheelDicom/FlywheelDicom.psd1')
Add-Type -Path (Join-Path $repo 'output/support/FlywheelDicom.TestSupport.dll')

function New-TestDicom {
    param([string] $Path, [int] $Number = 1, [hashtable] $With = @{})
    $instance = [FlywheelDicom.TestSupport.SyntheticInstance]::new()
    foreach ($name in @($With.Keys)) { Set-InitProperty $instance $name $With[$name] }
    Set-InitProperty $instance 'Number' $Number
    $instance.Save($Path)
}

# Init-only properties of C# records are set by reflection.
function Set-InitProperty($Object, [string] $Name, $Value) {
    $property = $Object.GetType().GetProperty($Name)
    $property.SetValue($Object, [System.Management.Automation.LanguagePrimitives]::ConvertTo($Value, $property.PropertyType))
}

function New-TestFolder {
    $path = Join-Path ([IO.Path]::GetTempPath()) "fwdicom-pester-$([guid]::NewGuid().ToString('N'))"
    (New-Item $path -ItemType Directory).FullName
}

function New-TestZip([string] $Path, [int] $Count, [hashtable] $With = @{}) {
    $folder = New-TestFolder
    foreach ($n in 1..$Count) { New-TestDicom (Join-Path $folder "$('{0:0000}' -f $n).dcm") $n $With }
    [IO.Compression.ZipFile]::CreateFromDirectory($folder, $Path)
    Remove-Item $folder -Recurse
}

# A free loopback port, as far as can be known.
function Get-FreePort {
    $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
    $listener.Start()
    $listener.LocalEndpoint.Port
    $listener.Stop()
}

function Wait-Port([int] $Port, [int] $Seconds = 20) {
    $until = [datetime]::Now.AddSeconds($Seconds)
    while ([datetime]::Now -lt $until) {
        try { [Net.Sockets.TcpClient]::new('127.0.0.1', $Port).Dispose(); return } catch { Start-Sleep -Milliseconds 100 }
    }
    throw "Nothing listens at port $Port after $Seconds s."
}

# A peer from the distribution's packages: its path, or null where it is not installed.
function Find-Peer([string] $Name) {
    (Get-Command $Name -CommandType Application -ErrorAction Ignore | Select-Object -First 1).Source ?? ('/usr/sbin', '/usr/bin' | Join-Path -ChildPath $Name | Where-Object { Test-Path $_ } | Select-Object -First 1)
}

# The distribution's own Python, which is where its pydicom package lives.
function Find-Pydicom {
    $python = '/usr/bin/python3'
    if (Test-Path $python) { & $python -c 'import pydicom' 2>$null; if ($LASTEXITCODE -eq 0) { $python } }
}

function Start-Peer([string] $FilePath, [string[]] $ArgumentList, [string] $WorkingDirectory = [IO.Path]::GetTempPath()) {
    $info = [Diagnostics.ProcessStartInfo]::new($FilePath)
    $ArgumentList | ForEach-Object { $info.ArgumentList.Add($_) }
    $info.WorkingDirectory = $WorkingDirectory
    $info.RedirectStandardOutput = $info.RedirectStandardError = $true
    $info.Environment['TCP_NODELAY'] = '1'
    $process = [Diagnostics.Process]::Start($info)
    $process.BeginOutputReadLine()
    $process.BeginErrorReadLine()
    $process
}
