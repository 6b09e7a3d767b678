BeforeDiscovery {
    . $PSScriptRoot/Support.ps1
    $hasOpenssl = [bool](Find-Peer openssl)
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    $env:FLYWHEELDICOM_CONFIG = Join-Path $folder config
    $file = Join-Path $folder 'config/destinations.json'
    $receiver = Start-DicomReceiver -Discard -AETitle PACS

    function Get-Completion([string] $Line) { [Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null).CompletionMatches }
}

AfterAll {
    Get-DicomReceiver | Stop-DicomReceiver
    $env:FLYWHEELDICOM_CONFIG = $null
    Remove-Item $folder -Recurse
}

Describe 'A registered destination' {
    BeforeEach { Remove-Item (Join-Path $folder config) -Recurse -ErrorAction Ignore }

    It 'is a name wherever a destination is taken' {
        Register-DicomDestination PACS1 127.0.0.1 $receiver.Port PACS -CallingAE RESEARCH
        $echo = Test-DicomEcho pacs1
        $echo.Succeeded | Should -BeTrue
        $echo.Destination.CallingAE | Should -Be RESEARCH
        $echo.Destination.Name | Should -Be PACS1
        'PACS1' | Test-DicomEcho | Should -HaveCount 1
        Get-DicomDestination PACS1 | Test-DicomEcho | Should -HaveCount 1
        (New-DicomDestination PACS1).Port | Should -Be $receiver.Port
        New-TestDicom (Join-Path $folder one.dcm) 1
        (Get-DicomFile (Join-Path $folder one.dcm) | Send-DicomStore PACS1).Status | Should -Be Sent
    }

    It 'gives way to parameters beside it, and is then no longer that name''s' {
        Register-DicomDestination PACS1 pacs.local -Port 104 -CalledAE PACS
        $other = New-DicomDestination PACS1 -Port 11112
        "$($other.Host) $($other.Port) $($other.CalledAE)" | Should -Be 'pacs.local 11112 PACS'
    }

    It 'goes before a host of the same name' {
        Register-DicomDestination pacs.local 127.0.0.1 -Port $receiver.Port -CalledAE PACS
        (Test-DicomEcho pacs.local).Succeeded | Should -BeTrue
        (New-DicomDestination pacs.local:104).Host | Should -Be pacs.local
    }

    It 'is the user''s where both the user and the machine have one' {
        Register-DicomDestination PACS1 for-all -Scope AllUsers
        Register-DicomDestination ONLY for-all -Scope AllUsers
        Register-DicomDestination PACS1 mine
        (New-DicomDestination PACS1).Host | Should -Be mine
        (New-DicomDestination ONLY).Host | Should -Be for-all
        (Get-DicomDestination PACS1).Host | Should -Be mine, for-all
        (Get-DicomDestination -Scope AllUsers).Name | Should -Be PACS1, ONLY
        { Unregister-DicomDestination ONLY -ErrorAction Stop } | Should -Throw '*not registered for you but for all users: remove it with -Scope AllUsers.'
        Get-DicomDestination | Unregister-DicomDestination
        Get-DicomDestination | Should -BeNullOrEmpty
    }

    It 'can be read by the user alone, and that of the machine by all' -Skip:$IsWindows {
        Register-DicomDestination PACS1 pacs.local
        Register-DicomDestination PACS1 pacs.local -Scope AllUsers
        "$([IO.File]::GetUnixFileMode($file))" | Should -Be 'UserWrite, UserRead'
        "$([IO.File]::GetUnixFileMode((Split-Path $file)))" | Should -Be 'UserExecute, UserWrite, UserRead'
        "$([IO.File]::GetUnixFileMode((Join-Path (Split-Path $file) 'AllUsers/destinations.json')))" | Should -Be 'OtherRead, GroupRead, UserWrite, UserRead'
        # Nothing stays of the file that was written aside, nor of the lock.
        (Get-ChildItem (Split-Path $file) -File).Name | Should -Be destinations.json
    }

    It 'is not replaced unasked, and asks before it is' {
        Register-DicomDestination PACS1 pacs.local
        Register-DicomDestination PACS1 other.local -ErrorVariable told -ErrorAction SilentlyContinue
        $told[0].FullyQualifiedErrorId | Should -Be 'DicomDestinationExists,FlywheelDicom.Cmdlets.RegisterDicomDestinationCommand'
        "$($told[0])" | Should -Be "'PACS1' is registered already for you: ANY-SCP at pacs.local:104. Replace it with -Force."
        (Register-DicomDestination PACS1 other.local -Force -PassThru).Host | Should -Be other.local
        Register-DicomDestination PACS1 third.local -Force -WhatIf
        Unregister-DicomDestination PACS1 -WhatIf
        (Get-DicomDestination PACS1).Host | Should -Be other.local
        Unregister-DicomDestination PACS1
        Get-DicomDestination | Should -BeNullOrEmpty
    }

    It 'says which names there are when one is mistyped' {
        { Get-DicomDestination PACS -ErrorAction Stop } | Should -Throw "No destination is registered by the name 'PACS'. None is registered yet: Register-DicomDestination does that."
        Register-DicomDestination PACS1 pacs.local
        { Get-DicomDestination PACS -ErrorAction Stop } | Should -Throw "No destination is registered by the name 'PACS'. Registered are: PACS1."
        { Unregister-DicomDestination PACS -ErrorAction Stop } | Should -Throw "*Registered are: PACS1."
        Get-DicomDestination PACX* | Should -BeNullOrEmpty
    }

    It 'has a name that cannot be read as something else: not ''<_>''' -ForEach 'a:104', 'PACS@host', '10.0.0.7', '::1', '  ', 'a/b', ('x' * 65) {
        { Register-DicomDestination $_ pacs.local } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'keeps its TLS settings without a secret' -Skip:(-not $hasOpenssl) {
        $c = New-TestCertificate $folder ec
        & (Find-Peer openssl) pkcs8 -topk8 -v2 aes-256-cbc -in $c.ClientKey -out "$($c.ClientKey).enc" -passout pass:s3same 2>$null
        [IO.File]::SetUnixFileMode("$($c.ClientKey).enc", 'UserRead, UserWrite')
        $tls = Start-DicomReceiver -Discard -CertificatePath $c.Server -KeyPath $c.ServerKey -TrustedCertificatePath $c.Ca
        Push-Location $c.Folder
        try {
            Register-DicomDestination SAFE localhost -Port $tls.Port -CertificatePath client.pem -KeyPath client.key -TrustedCertificatePath ca.pem
            Register-DicomDestination LOCKED localhost -Port $tls.Port -CertificatePath client.pem -KeyPath client.key.enc -KeyPassword s3same -TrustedCertificatePath ca.pem -WarningVariable warned -WarningAction SilentlyContinue
            Register-DicomDestination LOCKED2 localhost -Port $tls.Port -CertificatePath client.pem -KeyPath client.key.enc -TrustedCertificatePath ca.pem -WarningVariable warned2 -WarningAction SilentlyContinue
        } finally { Pop-Location }
        $warned.Message | Should -Be "The password of the key is not saved. Give it with -KeyPassword wherever 'LOCKED' is used."
        $warned2.Message | Should -BeLike '*not saved*'
        (Test-DicomEcho SAFE).Tls.Protocol | Should -Not -BeNullOrEmpty
        (Test-DicomEcho LOCKED -KeyPassword s3same).Succeeded | Should -BeTrue
        { Test-DicomEcho LOCKED } | Should -Throw -ErrorId 'KeyPasswordRequired,*'
        { Test-DicomEcho SAFE -UseTls:$false -Timeout 5 -ErrorAction Stop } | Should -Throw
        $text = Get-Content $file -Raw
        $text | Should -Not -Match 's3same|PRIVATE KEY|BEGIN'
        $text | Should -Match ([regex]::Escape($c.Client))

        $xml = Join-Path $folder destinations.xml
        $whole = New-DicomDestination SAFE
        $whole.Tls.Certificate.HasPrivateKey | Should -BeTrue
        $whole, (Get-DicomDestination LOCKED) | Export-Clixml $xml -Depth 6
        $key = [Security.Cryptography.ECDsa]::Create()
        $key.ImportFromPem((Get-Content $c.ClientKey -Raw))
        $secret = $key.ExportParameters($true).D
        $saved = Get-Content $xml -Raw
        $saved | Should -Not -Match 's3same|PRIVATE KEY'
        $saved | Should -Not -Match ([Convert]::ToHexString($secret))
        $saved.Contains([Convert]::ToBase64String($secret)) | Should -BeFalse
        (Import-Clixml $xml)[0] | Test-DicomEcho | ForEach-Object Succeeded | Should -BeTrue
        (Test-DicomEcho (Import-Clixml $xml)[1] -KeyPassword s3same).Succeeded | Should -BeTrue
        ($whole | ConvertTo-Json -Depth 3 -WarningAction Ignore | ConvertFrom-Json | Test-DicomEcho).Succeeded | Should -BeTrue
        Stop-DicomReceiver $tls
    }

    It 'takes a certificate of the user''s store by its thumbprint' -Skip:(-not $hasOpenssl) {
        $c = New-TestCertificate $folder
        & (Find-Peer openssl) pkcs12 -export -in $c.Client -inkey $c.ClientKey -out "$($c.Folder)/client.pfx" -passout pass:x 2>$null
        $certificate = [Security.Cryptography.X509Certificates.X509Certificate2]::new("$($c.Folder)/client.pfx", 'x', 'Exportable, PersistKeySet')
        $store = [Security.Cryptography.X509Certificates.X509Store]::new('My', 'CurrentUser', 'ReadWrite')
        $tls = Start-DicomReceiver -Discard -CertificatePath $c.Server -KeyPath $c.ServerKey -TrustedCertificatePath $c.Ca
        try {
            Register-DicomDestination HERE localhost -Port $tls.Port -Certificate $certificate -TrustedCertificatePath $c.Ca -WarningVariable warned -WarningAction SilentlyContinue
            $warned.Message | Should -BeLike '*saved by its thumbprint alone, and no store of this user or machine has it*'
            { Test-DicomEcho HERE } | Should -Throw -ErrorId 'CertificateNotInStore,*'
            $store.Add($certificate)
            (Test-DicomEcho HERE).Succeeded | Should -BeTrue
            (Test-DicomEcho localhost -Port $tls.Port -CertificateThumbprint $certificate.Thumbprint -TrustedCertificatePath $c.Ca).Succeeded | Should -BeTrue
            (Get-Completion 'Test-DicomEcho localhost -CertificateThumbprint ').CompletionText | Should -Contain $certificate.Thumbprint
            Register-DicomDestination THERE localhost -CertificateThumbprint $certificate.Thumbprint
            (Get-DicomDestination THERE).Tls.CertificateThumbprint | Should -Be $certificate.Thumbprint
        } finally {
            $store.Remove($certificate)
            $store.Dispose()
            Stop-DicomReceiver $tls
        }
    }

    It 'survives two that register at once' {
        1..8 | ForEach-Object -Parallel {
            Import-Module "$using:repo/output/FlywheelDicom/FlywheelDicom.psd1"
            Register-DicomDestination "P$_" pacs.local
        } -ThrottleLimit 4
        (Get-DicomDestination).Name | Sort-Object | Should -Be (1..8 | ForEach-Object { "P$_" })
    }
}

Describe 'A file of destinations that is damaged' {
    AfterAll { Remove-Item $file -ErrorAction Ignore }

    It 'is one clear error, and is never written over: <what>' -ForEach @(
        @{ what = 'no JSON'; text = '{ "version": 1, "destin'; words = 'it is not JSON (line 1)' }
        @{ what = 'a mistyped member'; text = '{ "version": 1, "destinations": [ { "name": "A", "host": "h", "prot": 5 } ] }'; words = "destination 'A' has a member 'prot', which is not known" }
        @{ what = 'a port that is none'; text = '{ "version": 1, "destinations": [ { "name": "A", "host": "h", "port": 70000 } ] }'; words = "destination 'A': 70000 is not a port: it must be 1 to 65535" }
        @{ what = 'no host'; text = '{ "version": 1, "destinations": [ { "name": "A" } ] }'; words = "destination 'A' has no host" }
        @{ what = 'a later version'; text = '{ "version": 2, "destinations": [] }'; words = 'its version is 2, and this module reads version 1' }
        @{ what = 'a name twice'; text = '{ "version": 1, "destinations": [ { "name": "A", "host": "h" }, { "name": "a", "host": "h" } ] }'; words = "the name 'A' stands there more than once" }
        @{ what = 'a list'; text = '[]'; words = 'the file is not a JSON object' }
    ) {
        $null = New-Item (Split-Path $file) -ItemType Directory -Force
        Set-Content $file $text -NoNewline
        Get-DicomDestination -ErrorVariable told -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $told[0].FullyQualifiedErrorId | Should -Be 'DicomDestinationsUnreadable,FlywheelDicom.Cmdlets.GetDicomDestinationCommand'
        "$($told[0])" | Should -Be "The file of registered destinations '$file' cannot be used: $words. It was left as it is."
        { Register-DicomDestination B pacs.local -ErrorAction Stop } | Should -Throw "*'$file' cannot be used*"
        { Unregister-DicomDestination A -ErrorAction Stop } | Should -Throw "*'$file' cannot be used*"
        { Test-DicomEcho A } | Should -Throw "*'$file' cannot be used*"
        # An address is no name.
        (New-DicomDestination PACS@pacs.local:104).Host | Should -Be pacs.local
        # Completion offers what it can, and says nothing: hosts that other tests have used may be among it.
        (Get-Completion 'Test-DicomEcho A').CompletionText | Should -Not -Contain A
        Get-Content $file -Raw | Should -Be $text
    }
}

Describe 'A destination as text' {
    It '''<text>'' is <name>, port <port>, AE title <ae>' -ForEach @(
        @{ text = 'pacs.local'; name = 'pacs.local'; port = 104; ae = 'ANY-SCP' }
        @{ text = 'pacs.local:11112'; name = 'pacs.local'; port = 11112; ae = 'ANY-SCP' }
        @{ text = 'PACS@pacs.local'; name = 'pacs.local'; port = 104; ae = 'PACS' }
        @{ text = 'PACS@pacs.local:11112'; name = 'pacs.local'; port = 11112; ae = 'PACS' }
        @{ text = 'A@B@pacs.local:11112'; name = 'pacs.local'; port = 11112; ae = 'A@B' }
        @{ text = '10.0.0.7:11112'; name = '10.0.0.7'; port = 11112; ae = 'ANY-SCP' }
        @{ text = '::1'; name = '::1'; port = 104; ae = 'ANY-SCP' }
        @{ text = '[::1]'; name = '::1'; port = 104; ae = 'ANY-SCP' }
        @{ text = '[::1]:11112'; name = '::1'; port = 11112; ae = 'ANY-SCP' }
        @{ text = 'PACS@[fe80::1%eth0]:11112'; name = 'fe80::1%eth0'; port = 11112; ae = 'PACS' }
    ) {
        $destination = New-DicomDestination $text
        "$($destination.Host) $($destination.Port) $($destination.CalledAE)" | Should -Be "$name $port $ae"
    }

    It '''<text>'' is refused in words' -ForEach @(
        @{ text = 'http://pacs.local'; words = "*is not a destination: it is written without 'http://', as host, host:port or AET@host:port.*" }
        @{ text = 'pacs.local:dicom'; words = "*'dicom' is not a port, which is a number from 1 to 65535.*" }
        @{ text = 'pacs.local:0'; words = "*'0' is not a port*" }
        @{ text = 'pacs.local:'; words = "*'' is not a port*" }
        @{ text = 'AE_TITLE_TOO_LONG@pacs.local'; words = '*is not an AE title: it must be 1 to 16 ASCII characters*' }
        @{ text = 'pacs local'; words = '*is neither a host name nor an IP address. Write host, host:port or AET@host:port.*' }
    ) { { New-DicomDestination $text } | Should -Throw $words }

    It 'may be said again by a parameter, but not otherwise' {
        (New-DicomDestination PACS@pacs.local:11112 -Port 11112 -CalledAE PACS).Port | Should -Be 11112
        { New-DicomDestination pacs.local:11112 -Port 104 } | Should -Throw -ErrorId 'DicomDestinationConflict,*'
        { New-DicomDestination pacs.local:11112 -Port 104 } | Should -Throw '-Destination names the port 11112, and -Port names 104. Give it in one of them.'
        { New-DicomDestination PACS@pacs.local -AETitle ARCHIVE } | Should -Throw '-Destination names the AE title PACS, and -CalledAE names ARCHIVE.*'
        # A value is made to be changed.
        (New-DicomDestination (New-DicomDestination pacs.local:11112) -Port 104).Port | Should -Be 104
    }

    It 'may come as an address, a hashtable, a line of a CSV' {
        (New-DicomDestination ([ipaddress]'10.0.0.7')).Host | Should -Be 10.0.0.7
        (New-DicomDestination @{ Host = 'pacs.local'; Port = 11112; CalledAE = 'PACS' }).CalledAE | Should -Be PACS
        ("ComputerName,Port`npacs.local,11112" | ConvertFrom-Csv | ForEach-Object { New-DicomDestination $_ }).Port | Should -Be 11112
        { New-DicomDestination @(1, 2) } | Should -Throw '*A list is not a destination. Write a registered name, host, host:port or AET@host:port*'
        { New-DicomDestination (Get-Date) } | Should -Throw '*A DateTime is not a destination*'
    }

    It 'goes by the names that users try' {
        (New-DicomDestination -ComputerName pacs.local -AETitle PACS).CalledAE | Should -Be PACS
        (New-DicomDestination -HostName pacs.local -AET PACS).CalledAE | Should -Be PACS
    }
}

Describe 'Completion of destinations' {
    BeforeAll {
        Remove-Item $file -ErrorAction Ignore
        Register-DicomDestination PACS1 pacs.local -CalledAE RADIOLOGY -UseTls
        Register-DicomDestination 'PACS 2' other.local
        $null = New-DicomDestination used.example
    }

    It 'offers what is registered, with where it leads' {
        $offers = Get-Completion 'Send-DicomStore PAC'
        $offers.CompletionText | Select-Object -First 3 | Should -Be PACS1, "'PACS 2'", "PACS@127.0.0.1:$($receiver.Port)"
        $offers[0].ToolTip | Should -Be 'RADIOLOGY at pacs.local:104, calling as flywheel, TLS BCP195; registered for you'
        (Get-Completion "Test-DicomEcho 'PACS ").CompletionText | Should -Be "'PACS 2'"
        (Get-Completion 'Test-DicomEcho use').CompletionText | Should -Be used.example
        (Get-Completion 'Unregister-DicomDestination ').CompletionText | Should -Be PACS1, "'PACS 2'"
    }

    It 'offers receivers of this session, as text that leads there' {
        $offer = Get-Completion 'Test-DicomEcho PACS@'
        $offer.CompletionText | Should -Be "PACS@127.0.0.1:$($receiver.Port)"
        (Invoke-Expression "Test-DicomEcho $($offer.CompletionText)").Succeeded | Should -BeTrue
        (Get-Completion 'Stop-DicomReceiver -Port ').CompletionText | Should -Contain "$($receiver.Port)"
        (Get-Completion 'Test-DicomEcho x -Port ').CompletionText | Should -Contain 11112
        (Get-Completion 'Test-DicomEcho x -CalledAE ').CompletionText | Should -Be RADIOLOGY, ANY-SCP, PACS
    }

    It 'offers journals and the folders on the way' {
        Push-Location $folder
        try {
            '' | Set-Content run.journal.tsv, other.txt
            $null = New-Item journals -ItemType Directory
            (Get-Completion 'Get-DicomSendJournal ').ListItemText | Should -Contain run.journal.tsv
            $offers = Get-Completion 'Send-DicomStore PACS1 -Journal '
            $offers.ListItemText | Should -Contain journals
            $offers.ListItemText | Should -Not -Contain other.txt
        } finally { Pop-Location }
    }
}
