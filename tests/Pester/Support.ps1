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

# Waits for what another thread or process is about to do.
function Wait-Until([scriptblock] $Condition, [int] $Seconds = 20) {
    for ($until = [datetime]::Now.AddSeconds($Seconds); -not (& $Condition); Start-Sleep -Milliseconds 50) {
        if ([datetime]::Now -gt $until) { throw "Not within $Seconds s: $Condition" }
    }
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

# A Flywheel instance for tests, in a process of its own.
function Start-FlywheelDouble([hashtable] $Options = @{}) {
    $info = [Diagnostics.ProcessStartInfo]::new((Get-Command dotnet -CommandType Application | Select-Object -First 1).Source)
    $info.ArgumentList.Add((Join-Path $repo 'output/double/FlywheelDicom.FlywheelDouble.dll'))
    $info.RedirectStandardInput = $info.RedirectStandardOutput = $true
    $process = [Diagnostics.Process]::Start($info)
    $answer = Send-DoubleCommand $process @{ options = $Options }
    [pscustomobject]@{ Process = $process; Key = $answer.key; Port = $answer.port; StoragePort = $answer.storagePort }
}

function Send-DoubleCommand($Process, [hashtable] $Command) {
    $Process.StandardInput.WriteLine(($Command | ConvertTo-Json -Depth 9 -Compress))
    $Process.StandardInput.Flush()
    $Process.StandardOutput.ReadLine() | ConvertFrom-Json
}

# Containers along a path, with files in the last; the ids of all.
function Add-DoubleFile($Double, [string[]] $Path, [hashtable[]] $File = @()) {
    (Send-DoubleCommand $Double.Process @{ path = $Path; files = $File }).ids
}

function Add-DoubleFault($Double, [hashtable] $Fault) { $null = Send-DoubleCommand $Double.Process @{ fault = $Fault } }

function Get-DoubleState($Double) { Send-DoubleCommand $Double.Process @{ state = $true } }

function Stop-FlywheelDouble($Double) {
    $Double.Process.StandardInput.Close()
    $Double.Process.WaitForExit()
}

# Three acquisitions: a zip of 200, a tar.gz of 50, two single files and a NIfTI, and, if wanted, a zip that is none.
function New-TestSession($Double, [string] $Folder, [string] $Label = 'Base/line 1', [switch] $WithCorruptZip) {
    $disk = Join-Path $Folder ([guid]::NewGuid().ToString('N'))
    foreach ($name in 'tar') { $null = New-Item (Join-Path $disk $name) -ItemType Directory -Force }
    New-TestZip (Join-Path $disk 'mr.zip') 200
    foreach ($n in 1..50) { New-TestDicom (Join-Path $disk "tar/$n.dcm") (300 + $n) }
    & tar -czf (Join-Path $disk 'ct.tar.gz') -C (Join-Path $disk tar) .
    foreach ($n in 1..2) { New-TestDicom (Join-Path $disk "$n.dcm") (400 + $n) }
    [IO.File]::WriteAllBytes((Join-Path $disk 'brain.nii.gz'), [byte[]](0x1f, 0x8b, 8, 0))
    [IO.File]::WriteAllText((Join-Path $disk 'broken.zip'), "PK$([char]3)$([char]4) and nothing more")
    $path = 'neuro', 'Trial A', 'S001', $Label
    $null = Add-DoubleFile $Double ($path + 't1 #1') @(@{ name = '1.2.840 #1.dicom.zip'; disk = "$disk/mr.zip"; type = 'dicom' }, @{ name = 'brain.nii.gz'; disk = "$disk/brain.nii.gz"; type = 'nifti' })
    $null = Add-DoubleFile $Double ($path + 't2*') @(@{ name = 'ct.tar.gz'; disk = "$disk/ct.tar.gz"; type = 'dicom' })
    $single = @(@{ name = '1.dcm'; disk = "$disk/1.dcm"; type = 'dicom' }, @{ name = '2.dcm'; disk = "$disk/2.dcm"; type = 'dicom' })
    if ($WithCorruptZip) { $single += @{ name = 'broken.zip'; disk = "$disk/broken.zip"; type = 'dicom' } }
    $ids = Add-DoubleFile $Double ($path + 'localizer') $single
    [pscustomobject]@{ SessionId = $ids[3]; SubjectId = $ids[2]; ProjectId = $ids[1]; AcquisitionId = $ids[4]; Folder = $disk }
}

# A CA, and a certificate of it for a server at localhost and for a client, made by openssl.
function New-TestCertificate([string] $Folder, [ValidateSet('rsa', 'ec')] [string] $Kind = 'rsa', [string[]] $Name = ('DNS:localhost', 'IP:127.0.0.1'), [int] $Days = 90) {
    $openssl = Find-Peer openssl
    $at = (New-Item (Join-Path $Folder "certificates-$([guid]::NewGuid().ToString('N'))") -ItemType Directory).FullName
    $key = $Kind -eq 'rsa' ? @('rsa:2048') : @('ec', '-pkeyopt', 'ec_paramgen_curve:P-256')
    & $openssl req -x509 -newkey @key -nodes -keyout "$at/ca.key" -out "$at/ca.pem" -days 365 -subj '/CN=Test CA' -addext basicConstraints=critical,CA:TRUE -addext keyUsage=keyCertSign,cRLSign 2>$null
    foreach ($side in 'server', 'client') {
        & $openssl req -newkey @key -nodes -keyout "$at/$side.key" -out "$at/$side.csr" -subj "/CN=Test $side" 2>$null
        "subjectAltName=$($Name -join ',')`nextendedKeyUsage=$($side)Auth" | Set-Content "$at/$side.ext"
        & $openssl x509 -req -in "$at/$side.csr" -CA "$at/ca.pem" -CAkey "$at/ca.key" -CAcreateserial -days $Days -extfile "$at/$side.ext" -out "$at/$side.pem" 2>$null
    }
    Get-ChildItem $at -Filter *.key | ForEach-Object { if (-not $IsWindows) { [IO.File]::SetUnixFileMode($_.FullName, 'UserRead, UserWrite') } }
    [pscustomobject]@{ Folder = $at; Ca = "$at/ca.pem"; CaKey = "$at/ca.key"; Server = "$at/server.pem"; ServerKey = "$at/server.key"; Client = "$at/client.pem"; ClientKey = "$at/client.key" }
}
