BeforeDiscovery {
    . $PSScriptRoot/Support.ps1
    $hasDcmtk = [bool](Find-Peer storescp)
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    $double = Start-FlywheelDouble
    $session = New-TestSession $double $folder -WithCorruptZip
    $receiver = Start-DicomReceiver -Discard
}

AfterAll {
    Disconnect-FwInstance
    Get-DicomReceiver | Stop-DicomReceiver
    Stop-FlywheelDouble $double
    Remove-Item $folder -Recurse
}

Describe 'Connect-FwInstance' {
    AfterEach { Disconnect-FwInstance }

    It 'takes a key as text, as a secret and from the environment' {
        (Connect-FwInstance $double.Key 3>$null).UserId | Should -Be jane@example.org
        (Connect-FwInstance -ApiKey (ConvertTo-SecureString $double.Key -AsPlainText) 3>$null).SiteName | Should -Be Double
        $env:FW_API_KEY = $double.Key
        try { (Connect-FwInstance 3>$null).Release | Should -Be 21.4.0 } finally { Remove-Item Env:FW_API_KEY }
        (Get-FwInstance).Port | Should -Be $double.Port
        Disconnect-FwInstance
        Get-FwInstance | Should -BeNullOrEmpty
    }

    It 'warns where the key asks for a connection without encryption' {
        $null = Connect-FwInstance $double.Key -WarningVariable warning 3>$null
        "$warning" | Should -BeLike '*not encrypted*'
    }

    It 'never shows the key' {
        $shown = Connect-FwInstance $double.Key -Verbose *>&1 | Format-List * | Out-String
        $shown += Get-FwInstance | ConvertTo-Json
        $shown | Should -Not -BeLike '*s3cr3t*'
    }

    It 'says clearly what is wrong: <what>' -ForEach @(
        @{ what = 'no key'; key = $null; id = 'FlywheelKeyMissing'; category = 'InvalidArgument'; text = '*FW_API_KEY*' }
        @{ what = 'a malformed key'; key = 'TOPSECRET'; id = 'FlywheelKeyMalformed'; category = 'InvalidArgument'; text = '*SECRET*' }
        @{ what = 'a key that is refused'; key = '127.0.0.1:{0}:__force_insecure:TOPSECRET'; id = 'FlywheelUnauthorized'; category = 'AuthenticationError'; text = '*API key is not valid*' }
        @{ what = 'an instance that is down'; key = '127.0.0.1:1:__force_insecure:TOPSECRET'; id = 'FlywheelUnreachable'; category = 'ConnectionError'; text = '*cannot be reached*' }
        @{ what = 'TLS with a server that has none'; key = '127.0.0.1:{0}:TOPSECRET'; id = 'FlywheelCertificateRefused'; category = 'SecurityError'; text = '*TLS*' }
    ) {
        $parameters = if ($key) { @{ ApiKey = $key -f $double.Port } } else { @{} }
        $problem = try { Connect-FwInstance @parameters -RetryTime 1 3>$null } catch { $_ }
        $problem.FullyQualifiedErrorId | Should -Be "$id,FlywheelDicom.Cmdlets.ConnectFwInstanceCommand"
        $problem.CategoryInfo.Category | Should -Be $category
        "$problem" | Should -BeLike $text
        ($problem | Format-List * -Force | Out-String) | Should -Not -BeLike '*TOPSECRET*'
    }
}

Describe 'Get-FwSession' {
    BeforeAll { $null = Connect-FwInstance $double.Key 3>$null }

    It 'finds sessions of a project, of a subject, at a path and by a filter' {
        (Get-FwSession -ProjectId $session.ProjectId).SessionId | Should -Be $session.SessionId
        (Get-FwSession -SubjectId $session.SubjectId).Label | Should -Be 'Base/line 1'
        (Get-FwSession -Path 'neuro/Trial A').SubjectLabel | Should -Be S001
        (Get-FwSession -Path "neuro/Trial A/S001/<id:$($session.SessionId)>").SessionId | Should -Be $session.SessionId
        (Get-FwSession -ProjectId $session.ProjectId -Filter 'label=~^Base').SessionId | Should -Be $session.SessionId
        Get-FwSession -ProjectId $session.ProjectId -Filter 'label=~^2026' | Should -BeNullOrEmpty
    }

    It 'says what is not there' {
        { Get-FwSession -Path neuro/Nowhere } | Should -Throw -ErrorId 'FlywheelNotFound,*'
        (Get-FwSession -Path neuro).SessionId | Should -Contain $session.SessionId
        { Get-FwSession -Path 'a/b/c/d/e/f' } | Should -Throw -ErrorId 'InvalidFlywheelPath,*'
    }
}

Describe 'Get-FwSessionDicom' {
    BeforeAll { $null = Connect-FwInstance $double.Key 3>$null }

    It 'streams the instances of a session' {
        $files = Get-FwSessionDicom $session.SessionId -ErrorAction SilentlyContinue -ErrorVariable problem
        $files.Count | Should -Be 253
        ($files | Where-Object Problem).Name | Should -Be broken.zip
        $problem.Count | Should -Be 1
        $problem.FullyQualifiedErrorId | Should -BeLike 'ArchiveUnreadable,*'
        $files[0].Origin.FlywheelPath | Should -Be 'neuro/Trial A/S001/Base/line 1/t1 #1/files/1.2.840 #1.dicom.zip'
    }

    It 'takes sessions, ids and one file' {
        (Get-FwSession -ProjectId $session.ProjectId | Get-FwSessionDicom -ErrorAction Ignore).Count | Should -Be 253
        ($session.SessionId | Get-FwSessionDicom -ErrorAction Ignore).Count | Should -Be 253
        (Get-FwSessionDicom -SubjectId $session.SubjectId -ErrorAction Ignore).Count | Should -Be 253
        (Get-FwSessionDicom -ProjectId $session.ProjectId -ErrorAction Ignore).Count | Should -Be 253
        (Get-FwSessionDicom -AcquisitionId $session.AcquisitionId -ErrorAction Ignore).Count | Should -Be 3
        (Get-FwSessionDicom -AcquisitionId $session.AcquisitionId -FileName 2.dcm).Name | Should -Be 2.dcm
        (Get-FwSessionDicom -Path "fw://neuro/Trial A/S001/<id:$($session.SessionId)>/localizer/files/1.dcm").Name | Should -Be 1.dcm
    }

    It 'ends with one error: <what>' -ForEach @(
        @{ what = 'an unknown session'; id = 'ffffffffffffffffffffffff'; error = 'FlywheelNotFound'; category = 'ObjectNotFound' }
        @{ what = 'a session without DICOM'; id = 'empty'; error = 'FlywheelNoDicom'; category = 'ObjectNotFound' }
        @{ what = 'a session without permission'; id = 'forbidden'; error = 'FlywheelForbidden'; category = 'PermissionDenied' }
    ) {
        if ($id -eq 'empty') { $id = (Add-DoubleFile $double 'neuro', 'Trial B', 'S002', 'Empty')[3] }
        if ($id -eq 'forbidden') {
            $id = (Add-DoubleFile $double 'neuro', 'Trial B', 'S002', 'Secret')[3]
            Add-DoubleFault $double @{ Kind = 'Status'; Path = "sessions/$id"; Status = 403 }
        }
        $problem = try { Get-FwSessionDicom -SessionId $id } catch { $_ }
        $problem.FullyQualifiedErrorId | Should -Be "$error,FlywheelDicom.Cmdlets.GetFwSessionDicomCommand"
        $problem.CategoryInfo.Category | Should -Be $category
        "$problem" | Should -BeLike "*$id*"
    }

    It 'lets the others go on where one of many sessions is not there' {
        $results = 'ffffffffffffffffffffffff', $session.SessionId | Get-FwSessionDicom -ErrorAction SilentlyContinue -ErrorVariable problem |
            Send-DicomStore $receiver -ErrorAction SilentlyContinue
        $results.Count | Should -Be 254
        ($results | Where-Object Status -EQ Failed).Count | Should -Be 2
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'FlywheelNotFound,*'
    }

    It 'is refused without a connection' {
        Disconnect-FwInstance
        { Get-FwSessionDicom $session.SessionId } | Should -Throw -ErrorId 'FlywheelNotConnected,*'
        $null = Connect-FwInstance $double.Key 3>$null
    }

    It 'stops within a second of Ctrl+C, and leaves nothing behind' {
        $temp = (New-Item (Join-Path $folder "spool$([guid]::NewGuid())") -ItemType Directory).FullName
        Add-DoubleFault $double @{ Kind = 'Stall'; Path = 'ct.tar.gz' }
        $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
        $null = $shell.AddScript({
                param($module, $key, $id, $port, $temp)
                $env:TMPDIR = $temp
                Import-Module $module
                $null = Connect-FwInstance $key 3>$null
                Get-FwSessionDicom $id | Send-DicomStore 127.0.0.1 -Port $port
            }).AddParameters(@((Join-Path $repo 'output/FlywheelDicom/FlywheelDicom.psd1'), $double.Key, $session.SessionId, $receiver.Port, $temp))
        $null = $shell.BeginInvoke()
        Wait-Until { (Get-DoubleState $double).requests -match 'ct.tar.gz' }
        Start-Sleep -Milliseconds 300
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 3
        $shell.Dispose()
        Get-ChildItem ([IO.Path]::GetTempPath()) -Filter 'fwdicom-*.spool' | Should -BeNullOrEmpty
        Get-ChildItem $temp | Should -BeNullOrEmpty
        $env:TMPDIR = $null
    }
}

Describe 'A session through the whole pipeline' {
    BeforeAll { $null = Connect-FwInstance $double.Key 3>$null }

    It 'reaches storescp, and its report is attached' -Skip:(-not $hasDcmtk) {
        $received = New-TestFolder
        $port = Get-FreePort
        $storescp = Start-Peer (Find-Peer storescp) @('+uf', '-od', $received, '-aet', 'PACS', "$port")
        Wait-Port $port
        try {
            $report = Get-FwSessionDicom -SessionId $session.SessionId -ErrorAction SilentlyContinue | Add-FwSendTag |
                Send-DicomStore -Destination 127.0.0.1 -Port $port -CalledAE PACS | Export-FwSendReport -Attach -OutputDirectory $folder
        } finally { $storescp.Kill() }
        (Get-ChildItem $received).Count | Should -Be 252
        $rows = Import-Csv $report.Path
        $rows.'FW Path' | ForEach-Object { $_ | Should -BeLike 'neuro/Trial A/S001/Base/line 1/*/files/*' }
        "$($rows.Filename)" | Should -Be '1.2.840 #1.dicom.zip ct.tar.gz 1.dcm 2.dcm broken.zip'
        "$($rows.'Images in Series')" | Should -Be '200 50 1 1 1'
        "$($rows.'Images Sent')" | Should -Be '200 50 1 1 0'
        "$($rows.Status)" | Should -Be 'Complete Complete Complete Complete Failed'
        $report.IsComplete | Should -BeFalse
        Split-Path $report.Path -Leaf | Should -BeLike 'dicom-send_report-Base_line 1_????-??-??_??-??-??.csv'
        $state = Get-DoubleState $double
        $state.violations | Should -BeNullOrEmpty
        $upload = $state.uploads[-1]
        $upload.kind, $upload.id | Should -Be session, $session.SessionId
        $upload.text | Should -Be (Get-Content $report.Path -Raw)
        $report.AttachedTo | Should -Be "session/$($session.SessionId)/files/$($upload.name)"
        Remove-Item $received -Recurse
    }

    It 'keeps the local report, and the results, where the upload is refused' {
        Add-DoubleFault $double @{ Kind = 'Status'; Path = '/files'; Method = 'POST'; Status = 403 }
        $report = Get-FwSessionDicom -AcquisitionId $session.AcquisitionId -FileName 1.dcm | Send-DicomStore $receiver |
            Export-FwSendReport -Attach -OutputDirectory $folder -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem.FullyQualifiedErrorId | Should -BeLike 'ReportNotAttached,*'
        $report.Path | Should -Exist
        $report.AttachedTo | Should -BeNullOrEmpty
        $report.IsComplete | Should -BeTrue
    }

    It 'attaches to the acquisition, subject or project that was asked for' {
        foreach ($what in @{ AcquisitionId = $session.AcquisitionId }, @{ SubjectId = $session.SubjectId }, @{ ProjectId = $session.ProjectId }) {
            $report = Get-FwSessionDicom @what -ErrorAction Ignore | Send-DicomStore $receiver | Export-FwSendReport -Attach -OutputDirectory $folder
            $kind = "$($what.Keys)".Replace('Id', '').ToLower()
            $report.AttachedTo | Should -BeLike "$kind/$($what.Values)/files/*"
        }
    }

    It 'has nowhere to attach what is local' {
        $report = Get-DicomFile (Join-Path $session.Folder '1.dcm') | Send-DicomStore $receiver |
            Export-FwSendReport -Attach -OutputDirectory $folder -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem.FullyQualifiedErrorId | Should -BeLike 'ReportHasNoPlace,*'
        $report.Path | Should -Exist
    }

    It 'leaves no temporary file' { Get-ChildItem ([IO.Path]::GetTempPath()) -Filter 'fwdicom-*.spool' | Should -BeNullOrEmpty }
}
