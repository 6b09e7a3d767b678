BeforeAll {
    . $PSScriptRoot/../Support.ps1
    $folder = New-TestFolder
    $double = Start-FlywheelDouble
    $session = New-TestSession $double $folder
    $module = Join-Path $repo 'output/FlywheelDicom/FlywheelDicom.psd1'

    # Runs a script in a runspace of its own, which stays open until it is disposed.
    function Start-Shell([string] $Script, [hashtable] $Parameters = @{}) {
        $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
        $null = $shell.AddScript("param(`$module, `$key) `$WarningPreference = 'SilentlyContinue'; Import-Module `$module; $Script").AddParameter('module', $module).AddParameter('key', $double.Key)
        $shell
    }
}

AfterAll {
    Disconnect-FwInstance
    Get-DicomReceiver | Stop-DicomReceiver
    Stop-FlywheelDouble $double
    Remove-Item $folder -Recurse
}

Describe 'Another runspace' {
    BeforeEach { $null = Connect-FwInstance $double.Key 3>$null }
    AfterEach { Disconnect-FwInstance }

    It 'changes nothing here: <script>' -ForEach @(
        @{ script = 'Disconnect-FwInstance' }
        @{ script = 'Remove-Module FlywheelDicom' }
        @{ script = '$null = Connect-FwInstance $key; Disconnect-FwInstance' }
        @{ script = '$null = Connect-FwInstance $key; Get-DicomReceiver | Stop-DicomReceiver; Remove-Module FlywheelDicom' }
    ) {
        $receiver = Start-DicomReceiver -Discard
        $shell = Start-Shell $script
        $null = $shell.Invoke()
        $shell.HadErrors | Should -BeFalse
        $shell.Runspace.Dispose()
        (Get-FwInstance).Port | Should -Be $double.Port
        $results = Get-FwSessionDicom -AcquisitionId $session.AcquisitionId | Send-DicomStore $receiver
        "$($results.Status)" | Should -Be 'Sent Sent'
        $receiver.IsRunning | Should -BeTrue
        (Get-DicomReceiver -Port $receiver.Port).Port | Should -Be $receiver.Port
        $receiver | Stop-DicomReceiver
    }

    It 'goes on where the connection is ended here in the middle of its pipeline' {
        $shell = Start-Shell '$null = Connect-FwInstance $key; Get-FwSessionDicom -SessionId $id | ForEach-Object { $go.WaitOne(20000) | Out-Null; $_ }'
        $go = [Threading.ManualResetEvent]::new($false)
        $shell.Runspace.SessionStateProxy.SetVariable('go', $go)
        $shell.Runspace.SessionStateProxy.SetVariable('id', $session.SessionId)
        $run = $shell.BeginInvoke()
        Wait-Until { (Get-DoubleState $double).requests -match 'files/' }
        Disconnect-FwInstance
        $null = $go.Set()
        $files = $shell.EndInvoke($run)
        $shell.Runspace.Dispose()
        $files.Count | Should -Be 252
        ($files | Where-Object Problem) | Should -BeNullOrEmpty
    }

    It 'is not connected by what was connected here after the module came there, and the other way round' {
        Disconnect-FwInstance
        $shell = Start-Shell ''
        $null = $shell.Invoke()
        $null = Connect-FwInstance $double.Key 3>$null
        $shell.Commands.Clear()
        $shell.AddScript('Get-FwInstance').Invoke() | Should -BeNullOrEmpty
        Disconnect-FwInstance
        $shell.Commands.Clear()
        $null = $shell.AddScript('$null = Connect-FwInstance $key').Invoke()
        Get-FwInstance | Should -BeNullOrEmpty
        $shell.Runspace.Dispose()
    }

    It 'begins with the connection of the process, where it is clear which' {
        # In a process of its own: other tests may have left runspaces that are connected elsewhere.
        $script = {
            param($module, $key, $project)
            Import-Module $module
            $null = Connect-FwInstance $key 3>$null
            1..3 | ForEach-Object -ThrottleLimit 3 -Parallel { Import-Module $using:module; (Get-FwSession -ProjectId $using:project).Label }
        }
        $labels = & dotnet (Join-Path $PSHOME pwsh.dll) -NoProfile -NonInteractive -Command $script -args $module, $double.Key, $session.ProjectId
        $labels | Should -Be @('Base/line 1', 'Base/line 1', 'Base/line 1')
        $other = Start-FlywheelDouble
        $shell = Start-Shell "`$null = Connect-FwInstance '$($other.Key)'"
        $null = $shell.Invoke()
        $third = Start-Shell 'Get-FwInstance'
        $third.Invoke() | Should -BeNullOrEmpty
        $third.Runspace.Dispose()
        Stop-FlywheelDouble $other
        $shell.Runspace.Dispose()
    }

    It 'sees its own receivers alone, and they end with it' {
        $here = Start-DicomReceiver -Discard
        $shell = Start-Shell 'Start-DicomReceiver -Discard; Get-DicomReceiver'
        $there = $shell.Invoke()
        $there.Count | Should -Be 2
        $there[1].Port | Should -Be $there[0].Port
        (Get-DicomReceiver).Port | Should -Not -Contain $there[0].Port
        $there[0].IsRunning | Should -BeTrue
        $shell.Runspace.Dispose()
        Wait-Until { -not $there[0].IsRunning }
        $here.IsRunning | Should -BeTrue
        $here | Stop-DicomReceiver
    }
}

Describe 'The same runspace' {
    AfterEach { Disconnect-FwInstance }

    It 'keeps the connection of a pipeline that runs, and refuses the next: <what>' -ForEach @(
        @{ what = 'Disconnect-FwInstance'; change = { Disconnect-FwInstance } }
        @{ what = 'Connect-FwInstance with another key'; change = { $null = Connect-FwInstance $other.Key 3>$null } }
    ) {
        $other = Start-FlywheelDouble
        $null = Connect-FwInstance $double.Key 3>$null
        $count = 0
        $files = Get-FwSessionDicom $session.SessionId | ForEach-Object { if ($count++ -eq 0) { . $change }; $_ }
        $files.Count | Should -Be 252
        ($files | Where-Object Problem) | Should -BeNullOrEmpty
        { Get-FwSessionDicom $session.SessionId } | Should -Throw
        Stop-FlywheelDouble $other
    }

    It 'says so where a file is wanted again after the connection was ended' {
        $null = Connect-FwInstance $double.Key 3>$null
        $file = Get-FwSessionDicom -AcquisitionId $session.AcquisitionId -FileName 1.dcm
        $receiver = Start-DicomReceiver -Discard
        ($file | Send-DicomStore $receiver).Status | Should -Be Sent
        ($file | Send-DicomStore $receiver).Status | Should -Be Sent
        Disconnect-FwInstance
        $result = $file | Send-DicomStore $receiver -ErrorAction SilentlyContinue
        $result.Status | Should -Be Failed
        $receiver | Stop-DicomReceiver
    }
}
