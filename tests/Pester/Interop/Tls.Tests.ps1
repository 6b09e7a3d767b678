BeforeDiscovery {
    . $PSScriptRoot/../Support.ps1
    $hasDcmtk = [bool](Find-Peer storescp) -and [bool](Find-Peer openssl)
    $hasOrthanc = [bool](Find-Peer Orthanc) -and [bool](Find-Peer openssl)
    $profiles = foreach ($p in @('+px', 'BCP195'), @('+py', 'BCP195NonDowngrading'), @('+pz', 'BCP195Extended')) {
        foreach ($kind in 'rsa', 'ec') { @{ option = $p[0]; name = $p[1]; kind = $kind } }
    }
}

BeforeAll {
    . $PSScriptRoot/../Support.ps1
    $folder = New-TestFolder
    $zip = Join-Path $folder 'series.zip'
    New-TestZip $zip 20
    $certificates = @{ rsa = New-TestCertificate $folder; ec = New-TestCertificate $folder ec }

    function Start-SecureStoreScp($Certificate, [string] $Received, [int] $Port, [string[]] $Options) {
        $process = Start-Peer (Find-Peer storescp) (@('+tls', $Certificate.ServerKey, $Certificate.Server, '+cf', $Certificate.Ca, '+uf', '-od', $Received) + $Options + @("$Port"))
        Wait-Port $Port
        $process
    }
}

AfterAll {
    Get-DicomReceiver | Stop-DicomReceiver
    Remove-Item $folder -Recurse
}

Describe 'To storescp over TLS' -Skip:(-not $hasDcmtk) {
    It '<name> with <kind> keys: both sides are verified' -ForEach $profiles {
        $c = $certificates[$kind]
        $received = New-TestFolder
        $port = Get-FreePort
        $storescp = Start-SecureStoreScp $c $received $port @($option, '-rc')
        try {
            $tls = @{ TlsProfile = $name; CertificatePath = $c.Client; KeyPath = $c.ClientKey; TrustedCertificatePath = $c.Ca }
            $echo = Test-DicomEcho localhost -Port $port @tls -ErrorVariable problem -ErrorAction SilentlyContinue
            $echo.Succeeded | Should -BeTrue -Because "$problem"
            $echo.Tls.Protocol | Should -BeIn Tls12, Tls13
            $echo.Tls.PeerSubject | Should -Be 'CN=Test server'
            $results = Get-DicomFile $zip | Send-DicomStore localhost -Port $port @tls
            ($results | Where-Object Status -EQ Sent).Count | Should -Be 20
            (Get-ChildItem $received).Count | Should -Be 20
            # An association without a certificate is refused, and told so.
            $tls.Remove('CertificatePath'); $tls.Remove('KeyPath')
            Test-DicomEcho localhost -Port $port @tls -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            $problem.FullyQualifiedErrorId | Should -Match 'DicomClientCertificate(Required|Refused)|DicomTlsNotAgreed'
            "$problem" | Should -BeLike '*client certificate*'
        } finally {
            $storescp.Kill()
            Remove-Item $received -Recurse
        }
    }

    It 'tells a server of another profile, and a plain one' {
        $received = New-TestFolder
        $c = $certificates.rsa
        $port = Get-FreePort
        # A server of the past: AES-128-CBC with RSA key exchange alone.
        $old = Start-Peer (Find-Peer openssl) @('s_server', '-quiet', '-accept', "$port", '-cert', $c.Server, '-key', $c.ServerKey, '-tls1_2', '-cipher', 'AES128-SHA')
        Wait-Port $port
        Test-DicomEcho localhost -Port $port -TrustedCertificatePath $c.Ca -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'DicomTlsNotAgreed,*'
        $old.Kill()
        $port = Get-FreePort
        $storescp = Start-SecureStoreScp $c $received $port @('-ic')
        Test-DicomEcho localhost -Port $port -Timeout 5 -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'DicomTlsExpected,*'
        $storescp.Kill()
        $port = Get-FreePort
        $storescp = Start-Peer (Find-Peer storescp) @('-od', $received, "$port")
        Wait-Port $port
        Test-DicomEcho localhost -Port $port -UseTls -Timeout 5 -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'DicomTlsNotSpoken,*'
        $storescp.Kill()
        Remove-Item $received -Recurse
        # The same of the built-in receiver, either way.
        $plain = Start-DicomReceiver -Discard
        $secure = Start-DicomReceiver -Discard -CertificatePath $c.Server -KeyPath $c.ServerKey
        { Get-DicomFile $zip | Send-DicomStore localhost -Port $plain.Port -UseTls } | Should -Throw -ErrorId 'DicomTlsNotSpoken,*'
        { Get-DicomFile $zip | Send-DicomStore localhost -Port $secure.Port } | Should -Throw -ErrorId 'DicomTlsExpected,*'
    }
}

Describe 'From storescu over TLS' -Skip:(-not $hasDcmtk) {
    It '<name> with <kind> keys' -ForEach $profiles {
        $c = $certificates[$kind]
        $receiver = Start-DicomReceiver -Discard -TlsProfile $name -CertificatePath $c.Server -KeyPath $c.ServerKey -TrustedCertificatePath $c.Ca
        $receiver.UsesTls | Should -BeTrue
        $file = Join-Path $folder 'one.dcm'
        New-TestDicom $file
        & (Find-Peer storescu) $option '+tls' $c.ClientKey $c.Client '+cf' $c.Ca '-rc' 127.0.0.1 $receiver.Port $file 2>$null
        $LASTEXITCODE | Should -Be 0
        $receiver.Instances | Should -Be 1
        & (Find-Peer storescu) $option '+tla' '-ic' 127.0.0.1 $receiver.Port $file 2>$null
        $LASTEXITCODE | Should -Not -Be 0
        & (Find-Peer echoscu) 127.0.0.1 $receiver.Port -to 3 2>$null
        $LASTEXITCODE | Should -Not -Be 0
        Stop-DicomReceiver $receiver
    }
}

Describe 'To Orthanc over TLS' -Skip:(-not $hasOrthanc) {
    It 'sends with certificates on both sides' {
        $c = $certificates.rsa
        $at = New-TestFolder
        $port = Get-FreePort
        @{
            Name = 'TEST'; StorageDirectory = "$at/storage"; IndexDirectory = "$at/storage"; DicomAet = 'ORTHANC'; DicomPort = $port; HttpPort = Get-FreePort
            RemoteAccessAllowed = $false; AuthenticationEnabled = $false; Plugins = @()
            DicomTlsEnabled = $true; DicomTlsCertificate = $c.Server; DicomTlsPrivateKey = $c.ServerKey; DicomTlsTrustedCertificates = $c.Ca
        } | ConvertTo-Json | Set-Content "$at/orthanc.json"
        $orthanc = Start-Peer (Find-Peer Orthanc) @("$at/orthanc.json")
        try {
            Wait-Port $port 60
            $tls = @{ CalledAE = 'ORTHANC'; CertificatePath = $c.Client; KeyPath = $c.ClientKey; TrustedCertificatePath = $c.Ca }
            (Test-DicomEcho localhost -Port $port @tls).Succeeded | Should -BeTrue
            $results = Get-DicomFile $zip | Add-FwSendTag | Send-DicomStore localhost -Port $port @tls
            ($results | Where-Object Status -EQ Sent).Count | Should -Be 20
        } finally {
            $orthanc.Kill()
            $orthanc.WaitForExit()
            Remove-Item $at -Recurse
        }
    }
}

Describe 'Keys and certificates' -Skip:(-not $hasDcmtk) {
    BeforeAll {
        $c = $certificates.rsa
        $openssl = Find-Peer openssl
        & $openssl pkcs8 -topk8 -in $c.ClientKey -out "$folder/pkcs8enc.key" -passout pass:s3same 2>$null
        & $openssl rsa -in $c.ClientKey -traditional -out "$folder/pkcs1.key" 2>$null
        & $openssl rsa -in $c.ClientKey -traditional -aes128 -passout pass:s3same -out "$folder/old.key" 2>$null
        & $openssl ec -in $certificates.ec.ClientKey -out "$folder/sec1.key" 2>$null
        & $openssl pkcs12 -export -in $c.Client -inkey $c.ClientKey -certfile $c.Ca -out "$folder/me.pfx" -passout pass:s3same 2>$null
        & $openssl pkcs12 -export -nokeys -in $c.Client -out "$folder/nokey.pfx" -passout pass:s3same 2>$null
        Get-Content $c.Client, $c.ClientKey | Set-Content "$folder/both.pem"
        'nonsense' | Set-Content "$folder/garbage.pem"
        Get-ChildItem $folder -File | ForEach-Object { if (-not $IsWindows) { [IO.File]::SetUnixFileMode($_.FullName, 'UserRead, UserWrite') } }
        $receiver = Start-DicomReceiver -Discard -CertificatePath $c.Server -KeyPath $c.ServerKey -TrustedCertificatePath $c.Ca, $certificates.ec.Ca
    }

    It 'are taken as <what>' -ForEach @(
        @{ what = 'PKCS#8'; with = { @{ CertificatePath = $c.Client; KeyPath = $c.ClientKey } } }
        @{ what = 'PKCS#1'; with = { @{ CertificatePath = $c.Client; KeyPath = "$folder/pkcs1.key" } } }
        @{ what = 'SEC 1'; with = { @{ CertificatePath = $certificates.ec.Client; KeyPath = "$folder/sec1.key" } } }
        @{ what = 'encrypted PKCS#8'; with = { @{ CertificatePath = $c.Client; KeyPath = "$folder/pkcs8enc.key"; KeyPassword = 's3same' } } }
        @{ what = 'one PEM file'; with = { @{ CertificatePath = "$folder/both.pem" } } }
        @{ what = 'PFX'; with = { @{ CertificatePath = "$folder/me.pfx"; KeyPassword = (ConvertTo-SecureString s3same -AsPlainText) } } }
        @{ what = 'an object'; with = { @{ Certificate = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPemFile($c.Client, $c.ClientKey) } } }
    ) {
        $tls = & $with
        (Test-DicomEcho localhost -Port $receiver.Port @tls -TrustedCertificatePath $c.Ca).Succeeded | Should -BeTrue
    }

    It 'are refused clearly: <id>' -ForEach @(
        @{ id = 'CertificateFileNotFound'; with = { @{ CertificatePath = "$folder/none.pem" } }; text = '*none.pem*does not exist*' }
        @{ id = 'CertificateFileNotFound'; with = { @{ CertificatePath = $c.Client; KeyPath = "$folder/none.key" } }; text = '*none.key*' }
        @{ id = 'CertificateFileNotFound'; with = { @{ TrustedCertificatePath = "$folder/noca.pem" } }; text = '*noca.pem*' }
        @{ id = 'CertificateUnreadable'; with = { @{ TrustedCertificatePath = "$folder/garbage.pem" } }; text = '*garbage.pem*' }
        @{ id = 'PrivateKeyMissing'; with = { @{ CertificatePath = $c.Client } }; text = '*-KeyPath*' }
        @{ id = 'PrivateKeyMissing'; with = { @{ CertificatePath = "$folder/nokey.pfx"; KeyPassword = 's3same' } }; text = '*nokey.pfx*' }
        @{ id = 'PrivateKeyMissing'; with = { @{ Certificate = [Security.Cryptography.X509Certificates.X509Certificate2]::new($c.Client) } }; text = '*no private key*' }
        @{ id = 'PrivateKeyMismatch'; with = { @{ CertificatePath = $c.Client; KeyPath = $c.ServerKey } }; text = '*does not belong*' }
        @{ id = 'PrivateKeyUnreadable'; with = { @{ CertificatePath = $c.Client; KeyPath = "$folder/old.key"; KeyPassword = 's3same' } }; text = '*openssl pkcs8*' }
        @{ id = 'KeyPasswordRequired'; with = { @{ CertificatePath = $c.Client; KeyPath = "$folder/pkcs8enc.key" } }; text = '*-KeyPassword*' }
        @{ id = 'KeyPasswordWrong'; with = { @{ CertificatePath = $c.Client; KeyPath = "$folder/pkcs8enc.key"; KeyPassword = 'wr0ng' } }; text = '*-KeyPassword is wrong*' }
        @{ id = 'KeyPasswordWrong'; with = { @{ CertificatePath = "$folder/me.pfx"; KeyPassword = 'wr0ng' } }; text = '*me.pfx*' }
        @{ id = 'CertificateMissing'; with = { @{ KeyPath = $c.ClientKey } }; text = '*-CertificatePath*' }
        @{ id = 'CertificateGivenTwice'; with = { @{ CertificatePath = $c.Client; KeyPath = $c.ClientKey; Certificate = [Security.Cryptography.X509Certificates.X509Certificate2]::new($c.Client) } }; text = '*Give one of*' }
    ) {
        $tls = & $with
        $problem = try { Test-DicomEcho localhost -Port $receiver.Port @tls } catch { $_ }
        $problem.FullyQualifiedErrorId | Should -BeLike "$id,*"
        "$problem" | Should -BeLike $text
        "$problem" | Should -Not -BeLike '*wr0ng*'
    }

    It 'are warned of where everyone can read the key, and where they end soon' -Skip:$IsWindows {
        Copy-Item $c.ClientKey "$folder/open.key"
        [IO.File]::SetUnixFileMode("$folder/open.key", 'UserRead, UserWrite, OtherRead')
        $null = Test-DicomEcho localhost -Port $receiver.Port -CertificatePath $c.Client -KeyPath "$folder/open.key" -TrustedCertificatePath $c.Ca -WarningVariable warning 3>$null
        "$warning" | Should -BeLike '*can be read by everyone*'
        $short = New-TestCertificate $folder -Days 9
        $ending = Start-DicomReceiver -Discard -CertificatePath $short.Server -KeyPath $short.ServerKey
        $echo = Test-DicomEcho localhost -Port $ending.Port -TrustedCertificatePath $short.Ca -WarningVariable warning 3>$null
        $echo.Tls.DaysLeft | Should -BeIn 8, 9
        "$warning" | Should -BeLike '*expires in*days*'
    }

    It 'are not checked with -SkipCertificateCheck alone, and each run warns of it' {
        $open = Start-DicomReceiver -Discard -CertificatePath $c.Server -KeyPath $c.ServerKey
        foreach ($run in 1, 2) {
            $results = Get-DicomFile $zip | Send-DicomStore localhost -Port $open.Port -SkipCertificateCheck -WarningVariable warning 3>$null
            $results.Status | Select-Object -Unique | Should -Be Sent
            "$warning" | Should -BeLike '*not checked*'
        }
        { Get-DicomFile $zip | Send-DicomStore localhost -Port $open.Port -UseTls -ErrorAction Stop } | Should -Throw -ErrorId 'DicomCertificateUntrusted,*'
        { Get-DicomFile $zip | Send-DicomStore 127.0.0.1 -Port $open.Port -UseTls -TrustedCertificatePath $c.Ca -TlsServerName pacs -ErrorAction Stop } | Should -Throw -ErrorId 'DicomCertificateNameMismatch,*'
    }

    It 'go with a destination value, and a receiver needs one' {
        $value = New-DicomDestination localhost -Port $receiver.Port -UseTls -CertificatePath $c.Client -KeyPath $c.ClientKey -TrustedCertificatePath $c.Ca
        (Get-DicomFile $zip | Send-DicomStore $value).Count | Should -Be 20
        (Test-DicomEcho $value).Tls.CipherSuite | Should -Not -BeNullOrEmpty
        { Start-DicomReceiver -Discard -UseTls } | Should -Throw -ErrorId 'CertificateMissing,*'
        { New-DicomDestination x -TlsProfile 'BCP 42' } | Should -Throw '*no TLS profile*'
        (TabExpansion2 'Send-DicomStore x -TlsProfile BCP195R' 37).CompletionMatches.CompletionText | Should -Be BCP195RFC8996, BCP195RFC8996Modified
    }
}
