BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
}

AfterAll {
    Get-DicomReceiver | Stop-DicomReceiver
    Remove-Item $folder -Recurse
}

Describe 'The built-in receiver' {
    It 'is started, listed, asked and stopped' {
        $receiver = Start-DicomReceiver -Discard -AETitle HERE
        (Get-DicomReceiver).Port | Should -Contain $receiver.Port
        $echo = Test-DicomEcho 127.0.0.1 $receiver.Port HERE
        $echo.Succeeded | Should -BeTrue
        $echo.Status.Code | Should -Be 0
        $echo.ImplementationVersion | Should -BeLike 'FLYWHEELDICOM*'
        (Test-DicomEcho $receiver).Succeeded | Should -BeTrue
        Stop-DicomReceiver -Port $receiver.Port
        Get-DicomReceiver | Should -BeNullOrEmpty
        $receiver.IsRunning | Should -BeFalse
    }

    It 'says that a port is taken' {
        $receiver = Start-DicomReceiver -Discard
        { Start-DicomReceiver -Discard -Port $receiver.Port } | Should -Throw -ErrorId 'DicomReceiverNotStarted,FlywheelDicom.Cmdlets.StartDicomReceiverCommand'
        Stop-DicomReceiver $receiver
    }

    It 'says that a folder cannot be used' {
        'x' > (Join-Path $folder file)
        { Start-DicomReceiver -Path (Join-Path $folder file) } | Should -Throw -ErrorId 'DicomReceiverFolder,FlywheelDicom.Cmdlets.StartDicomReceiverCommand'
    }

    It 'says that none is at a port' {
        Stop-DicomReceiver -Port 9 -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -Be 'DicomReceiverNotFound,FlywheelDicom.Cmdlets.StopDicomReceiverCommand'
    }

    It 'does nothing with -WhatIf' { Start-DicomReceiver -Discard -WhatIf | Should -BeNullOrEmpty }
}

Describe 'Test-DicomEcho' {
    It 'writes one error for <what>' -ForEach @(
        @{ what = 'a closed port'; to = '127.0.0.1'; id = 'DicomConnectionRefused' }
        @{ what = 'an unknown host'; to = 'no-such-host.invalid'; id = 'DicomHostNotFound' }
    ) {
        Test-DicomEcho $to -Port 1 -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem.FullyQualifiedErrorId | Should -Be "$id,FlywheelDicom.Cmdlets.TestDicomEchoCommand"
        "$problem" | Should -BeLike "*$to*"
    }

    It 'recognises what is no DICOM server' {
        $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $listener.Start()
        $port = $listener.LocalEndpoint.Port
        $answer = $listener.AcceptTcpClientAsync()
        $job = Start-ThreadJob {
            $client = $using:answer | ForEach-Object { $_.GetAwaiter().GetResult() }
            $client.GetStream().Write([Text.Encoding]::ASCII.GetBytes("HTTP/1.1 400 Bad Request`r`n`r`n"))
            Start-Sleep 1
            $client.Dispose()
        }
        Test-DicomEcho 127.0.0.1 -Port $port -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -Be 'DicomProtocolError,FlywheelDicom.Cmdlets.TestDicomEchoCommand'
        $job | Wait-Job | Remove-Job
        $listener.Stop()
    }
}

Describe 'New-DicomDestination' {
    It 'keeps what it is given' {
        $d = New-DicomDestination pacs.local -Port 11112 -CalledAE PACS -CallingAE ME
        "$($d.Host) $($d.Port) $($d.CalledAE) $($d.CallingAE)" | Should -Be 'pacs.local 11112 PACS ME'
    }

    It 'refuses <_>' -ForEach 'a b', 'http://pacs' { { New-DicomDestination $_ } | Should -Throw }
}
