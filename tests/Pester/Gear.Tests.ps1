BeforeDiscovery {
    . $PSScriptRoot/Support.ps1
    $hasDcmtk = [bool](Find-Peer storescp)
    $hasTls = $hasDcmtk -and [bool](Find-Peer openssl)
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    $double = Start-FlywheelDouble
    $good = New-TestSession $double $folder -Label 'Good'
    $bad = New-TestSession $double $folder -Label 'Bad' -WithCorruptZip

    # Runs the gear in a folder laid out as the platform does; its exit code, log and report.
    function Invoke-Gear([hashtable] $Config = @{}, $Destination, $InputFile, [hashtable] $Files = @{}, [string] $Key = $double.Key) {
        $base = (New-Item (Join-Path $folder "gear-$([guid]::NewGuid().ToString('N'))") -ItemType Directory).FullName
        $null = New-Item (Join-Path $base output) -ItemType Directory
        $inputs = @{ 'api-key' = @{ base = 'api-key'; key = $Key } }
        foreach ($name in $Files.Keys) { $inputs[$name] = @{ base = 'file'; location = @{ name = Split-Path $Files[$name] -Leaf; path = $Files[$name] } } }
        if ($InputFile) {
            $inputs['file'] = @{ base = 'file'; hierarchy = @{ type = 'acquisition'; id = $InputFile.Acquisition }; location = @{ name = $InputFile.Name; path = $InputFile.Path } }
        }
        @{ config = $Config; inputs = $inputs; destination = $Destination } | ConvertTo-Json -Depth 9 | Set-Content (Join-Path $base config.json)
        $info = [Diagnostics.ProcessStartInfo]::new('dotnet')
        'pwsh', '-NoLogo', '-NoProfile', '-NonInteractive', '-File', (Join-Path $repo gear/run.ps1) | ForEach-Object { $info.ArgumentList.Add($_) }
        $info.WorkingDirectory = $repo
        $info.RedirectStandardOutput = $info.RedirectStandardError = $true
        $info.Environment['FLYWHEEL_BASE'] = $base
        $info.Environment['PSModulePath'] = (Join-Path $repo output) + [IO.Path]::PathSeparator + $env:PSModulePath
        $process = [Diagnostics.Process]::Start($info)
        $errors = $process.StandardError.ReadToEndAsync()
        $log = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        $log += $errors.Result
        $log | Should -Not -BeLike '*s3cr3t*'
        $log | Should -Not -BeLike '*SYNTHETIC^SUBJECT*'
        $report = Get-ChildItem (Join-Path $base output) -Filter *.csv | Where-Object Name -NotLike '*_failures.csv'
        [pscustomobject]@{ ExitCode = $process.ExitCode; Log = $log; Report = $report ? (Import-Csv $report) : $null; Base = $base }
    }
}

AfterAll {
    Get-DicomReceiver | Stop-DicomReceiver
    Stop-FlywheelDouble $double
    Remove-Item $folder -Recurse
}

Describe 'The gear''s manifest' {
    BeforeAll { $manifest = Get-Content (Join-Path $repo gear/manifest.json) -Raw | ConvertFrom-Json -AsHashtable }

    It 'has what the platform wants and nothing else' {
        foreach ($name in 'name', 'label', 'description', 'version', 'author', 'license', 'source', 'url', 'inputs', 'config') { $manifest.Keys | Should -Contain $name }
        foreach ($name in $manifest.Keys) {
            $name | Should -BeIn 'name', 'label', 'description', 'version', 'author', 'license', 'source', 'url', 'inputs', 'config', 'maintainer', 'cite', 'command', 'environment', 'capabilities', 'custom'
        }
        $manifest.name | Should -Match '^[a-z0-9\-]+$'
    }

    It 'has settings with a type, a description, and a default or none' {
        foreach ($setting in $manifest.config.GetEnumerator()) {
            $setting.Value.type | Should -BeIn string, integer, number, boolean, array
            $setting.Value.description | Should -Not -BeNullOrEmpty
            ($setting.Value.ContainsKey('default') -and $setting.Value.ContainsKey('optional')) | Should -BeFalse
        }
    }

    It 'offers TLS profiles that the cmdlets take' {
        foreach ($name in $manifest.config.tls_security_profile.enum) { New-DicomDestination x -TlsProfile $name | Should -Not -BeNullOrEmpty }
    }
}

Describe 'The gear' -Skip:(-not $hasDcmtk) {
    BeforeAll {
        $received = New-TestFolder
        $port = Get-FreePort
        $storescp = Start-Peer (Find-Peer storescp) @('+uf', '-od', $received, '-aet', 'PACS', "$port")
        Wait-Port $port
        $config = @{ destination = '127.0.0.1'; port = $port; called_ae = 'PACS' }
    }

    BeforeEach { Get-ChildItem $received | Remove-Item }

    AfterAll {
        $storescp.Kill()
        Remove-Item $received -Recurse
    }

    It 'sends a session and exits with 0' {
        $run = Invoke-Gear $config @{ type = 'session'; id = $good.SessionId }
        $run.ExitCode | Should -Be 0 -Because $run.Log
        (Get-ChildItem $received).Count | Should -Be 252
        "$($run.Report.Status)" | Should -Be 'Complete Complete Complete Complete'
        $run.Log | Should -Match '(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d INFO +252 of 252 images were sent'
        $run.Log | Should -BeLike '*ct.tar.gz*50*50*Complete*'
    }

    It 'sends the rest where one archive is corrupt, and exits with 1' {
        $run = Invoke-Gear $config @{ type = 'session'; id = $bad.SessionId }
        $run.ExitCode | Should -Be 1
        (Get-ChildItem $received).Count | Should -Be 252
        ($run.Report | Where-Object Filename -EQ broken.zip).Status | Should -Be Failed
        $run.Log | Should -BeLike '*ERROR*broken.zip*'
    }

    It 'sends a subject, an acquisition, and one archive or file' {
        (Invoke-Gear $config @{ type = 'subject'; id = $good.SubjectId }).Report.Count | Should -Be 9
        (Invoke-Gear $config @{ type = 'acquisition'; id = $good.AcquisitionId }).Report.Count | Should -Be 2
        $zip = @{ Acquisition = (Add-DoubleFile $double 'neuro', 'Trial A', 'S001', 'Good', 't1 #1')[4]; Name = '1.2.840 #1.dicom.zip'; Path = Join-Path $good.Folder mr.zip }
        $run = Invoke-Gear $config @{ type = 'session'; id = $good.SessionId } $zip
        $run.ExitCode | Should -Be 0 -Because $run.Log
        $run.Report.'Images Sent' | Should -Be 200
        $run.Report.'FW Path' | Should -Be 'neuro/Trial A/S001/Good/t1 #1/files/1.2.840 #1.dicom.zip'
        $one = @{ Acquisition = $good.AcquisitionId; Name = '1.dcm'; Path = Join-Path $good.Folder 1.dcm }
        (Invoke-Gear $config @{ type = 'session'; id = $good.SessionId } $one).Report.'Images Sent' | Should -Be 1
    }

    It 'checks settings before anything starts' {
        $before = (Get-DoubleState $double).requests.Count
        $run = Invoke-Gear @{ destination = '127.0.0.1'; port = '70000'; tls_enabled = 'perhaps' } @{ type = 'session'; id = $good.SessionId }
        $run.ExitCode | Should -Be 1
        foreach ($word in "'called_ae' is required", "'port'", "'tls_enabled'") { $run.Log | Should -BeLike "*$word*" }
        (Get-DoubleState $double).requests.Count | Should -Be $before
    }

    It 'takes numbers and switches as text' {
        $run = Invoke-Gear ($config + @{ max_associations = '2.0'; group = '0x0023'; debug = 'enabled'; file_download_retry_time = '5' }) @{ type = 'acquisition'; id = $good.AcquisitionId }
        $run.ExitCode | Should -Be 0 -Because $run.Log
        $run.Log | Should -BeLike '*DEBUG*'
        $file = (Get-ChildItem $received)[0].FullName
        (Get-DicomFile $file).Dataset['(0023,0010)'] | Should -Be Flywheel
    }

    It 'counts as sent only what the server keeps, where it is asked for commitment' {
        # The built-in receiver offers no storage commitment: nothing is known to be kept.
        $run = Invoke-Gear ($config + @{ commitment = $true }) @{ type = 'acquisition'; id = $good.AcquisitionId }
        $run.ExitCode | Should -Be 1
        $run.Log | Should -BeLike '*0 of 2 images were sent.*'
        $run.Log | Should -BeLike '*Storage Commitment*'
    }

    It 'leaves a journal, and a second run with it sends nothing again' {
        $first = Invoke-Gear ($config + @{ journal = $true }) @{ type = 'acquisition'; id = $good.AcquisitionId }
        $first.ExitCode | Should -Be 0 -Because $first.Log
        Get-ChildItem $received | Remove-Item
        $journal = Join-Path $first.Base output/dicom-send_journal.tsv
        $second = Invoke-Gear $config @{ type = 'acquisition'; id = $good.AcquisitionId } -Files @{ journal = $journal }
        $second.ExitCode | Should -Be 0 -Because $second.Log
        "$($second.Report.Status)" | Should -Be 'Complete Complete'
        Get-ChildItem $received | Should -BeNullOrEmpty
    }

    It 'says what is wrong with destination, AE title, key or container' {
        (Invoke-Gear ($config + @{ calling_ae = 'SEVENTEEN_CHARS__' }) @{ type = 'session'; id = $good.SessionId }).Log | Should -BeLike '*AE title*'
        (Invoke-Gear (@{} + $config + @{ identifier = 'a\b' }) @{ type = 'session'; id = $good.SessionId }).ExitCode | Should -Be 1
        $closed = Invoke-Gear @{ destination = '127.0.0.1'; port = 1; called_ae = 'PACS' } @{ type = 'session'; id = $good.SessionId }
        $closed.ExitCode | Should -Be 1
        $closed.Log | Should -BeLike '*refused the connection*'
        (Invoke-Gear $config @{ type = 'session'; id = $good.SessionId } -Key "127.0.0.1:$($double.Port):__force_insecure:wrong").Log | Should -BeLike '*API key is not valid*'
        (Invoke-Gear $config @{ type = 'session'; id = 'ffffffffffffffffffffffff' }).Log | Should -BeLike '*ffffffffffffffffffffffff cannot be listed*'
        (Invoke-Gear $config @{ type = 'group'; id = 'neuro' }).Log | Should -BeLike "*'group' are not sent*"
    }
}

Describe 'The gear over TLS' -Skip:(-not $hasTls) {
    BeforeAll {
        $certificates = New-TestCertificate $folder
        $received = New-TestFolder
        $port = Get-FreePort
        $storescp = Start-Peer (Find-Peer storescp) @('+tls', $certificates.ServerKey, $certificates.Server, '+cf', $certificates.Ca, '+px', '-rc', '+uf', '-od', $received, "$port")
        Wait-Port $port
        $config = @{ destination = 'localhost'; port = $port; called_ae = 'PACS'; tls_enabled = $true }
        $files = @{ key = $certificates.ClientKey; cert = $certificates.Client; add_cert_file = $certificates.Ca }
    }

    AfterAll {
        $storescp.Kill()
        Remove-Item $received -Recurse
    }

    It 'sends with certificates on both sides' {
        $run = Invoke-Gear $config @{ type = 'acquisition'; id = $good.AcquisitionId } -Files $files
        $run.ExitCode | Should -Be 0 -Because $run.Log
        (Get-ChildItem $received).Count | Should -Be 2
    }

    It 'does not send where the server is not trusted, unless told so' {
        $some = @{} + $files
        $some.Remove('add_cert_file')
        $run = Invoke-Gear $config @{ type = 'acquisition'; id = $good.AcquisitionId } -Files $some
        $run.ExitCode | Should -Be 1
        $run.Log | Should -BeLike '*is not trusted*'
        $run = Invoke-Gear ($config + @{ tls_require_peer_cert = 'false' }) @{ type = 'acquisition'; id = $good.AcquisitionId } -Files $some
        $run.ExitCode | Should -Be 0 -Because $run.Log
        $run.Log | Should -BeLike '*WARNING*not checked*'
    }

    It 'wants key and certificate' {
        (Invoke-Gear $config @{ type = 'acquisition'; id = $good.AcquisitionId }).Log | Should -BeLike "*'key' and 'cert' are required*"
    }
}
