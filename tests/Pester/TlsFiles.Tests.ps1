BeforeDiscovery {
    . $PSScriptRoot/Support.ps1
    $hasOpenssl = [bool](Find-Peer openssl)
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
}

AfterAll {
    Get-DicomReceiver | Stop-DicomReceiver
    Remove-Item $folder -Recurse
}

Describe 'A certificate path that is no file' {
    It 'is one error before anything else: <what>' -ForEach @(
        @{ what = 'missing'; path = 'none.pem'; id = 'CertificateFileNotFound' }
        @{ what = 'a folder'; path = '.'; id = 'CertificateUnreadable' }
        @{ what = 'a drive that is not there'; path = 'NoSuchDrive:\ca.pem'; id = 'CertificateFileNotFound' }
        @{ what = 'no place of the file system'; path = 'Env:PATH'; id = 'CertificateUnreadable' }
        @{ what = 'a device'; path = '/dev/zero'; id = 'CertificateUnreadable' }
    ) {
        if ($what -eq 'a device' -and $IsWindows) { Set-ItResult -Skipped -Because 'Windows has no such path' }
        Push-Location $folder
        try {
            { Test-DicomEcho 127.0.0.1 -Port 1 -TrustedCertificatePath $path } | Should -Throw -ErrorId "$id,FlywheelDicom.Cmdlets.TestDicomEchoCommand"
            { Start-DicomReceiver -Discard -CertificatePath $path } | Should -Throw -ErrorId "$id,FlywheelDicom.Cmdlets.StartDicomReceiverCommand"
        } finally {
            Pop-Location
        }
    }

    It 'never waits for a pipe' -Skip:$IsWindows {
        & mkfifo "$folder/pipe"
        $clock = [Diagnostics.Stopwatch]::StartNew()
        { New-DicomDestination localhost -TrustedCertificatePath "$folder/pipe" } | Should -Throw -ErrorId 'CertificateUnreadable,*'
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 10
    }

    It 'is taken as it stands, relative to the location and with brackets' -Skip:(-not $hasOpenssl) {
        $c = New-TestCertificate $folder ec
        Copy-Item $c.Ca "$folder/ca [1].pem"
        Push-Location $folder
        try {
            (New-DicomDestination localhost -TrustedCertificatePath './ca [1].pem').Tls.TrustedCertificates.Count | Should -Be 1
        } finally {
            Pop-Location
        }
    }
}

Describe 'Several destinations' {
    It 'each keep their own TLS settings beside a common parameter' {
        $a = New-DicomDestination a -UseTls -TlsServerName name-of-a -TlsProfile BCP195Extended
        $b = New-DicomDestination b -UseTls -TlsServerName name-of-b
        $both = $a, $b | ForEach-Object { New-DicomDestination $_ -RevocationMode None }
        $both.Tls.ServerName | Should -Be 'name-of-a', 'name-of-b'
        "$($both.Tls.Profile)" | Should -Be 'BCP195Extended BCP195'
    }
}

Describe 'The folder of a receiver' {
    It 'that cannot be written is an error before anything listens' -Skip:(-not $IsLinux) {
        { Start-DicomReceiver -Path /proc/self } | Should -Throw -ErrorId 'DicomReceiverFolder,FlywheelDicom.Cmdlets.StartDicomReceiverCommand'
        Get-DicomReceiver | Should -BeNullOrEmpty
    }

    It 'is private to the user, and so are its files' -Skip:$IsWindows {
        $receiver = Start-DicomReceiver -Path "$folder/new/received"
        New-TestDicom "$folder/one.dcm"
        (Get-DicomFile "$folder/one.dcm" | Send-DicomStore $receiver).Status | Should -Be 'Sent'
        Stop-DicomReceiver $receiver
        [IO.File]::GetUnixFileMode("$folder/new/received") | Should -Be 'UserExecute, UserWrite, UserRead'
        $files = @(Get-ChildItem "$folder/new/received" -Force)
        $files.Count | Should -Be 1
        [IO.File]::GetUnixFileMode($files[0].FullName) | Should -Be 'UserWrite, UserRead'
    }
}
