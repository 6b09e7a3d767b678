BeforeAll {
    . $PSScriptRoot/../Support.ps1
    $folder = New-TestFolder
    $double = Start-FlywheelDouble
    $null = Connect-FwInstance $double.Key 3>$null
    $session = New-TestSession $double $folder 'What if'
    $receiver = Start-DicomReceiver -Discard
    $out = (New-Item (Join-Path $folder out) -ItemType Directory).FullName
}

AfterAll {
    Disconnect-FwInstance
    $receiver | Stop-DicomReceiver
    Stop-FlywheelDouble $double
    Remove-Item $folder -Recurse
}

Describe 'A run with -WhatIf over a session' {
    It 'fetches nothing, and tells from the entries what it would: <what>' -ForEach @(
        @{ what = 'said to Send-DicomStore'; code = { Get-FwSessionDicom $session.SessionId | Add-FwSendTag | Send-DicomStore $receiver -WhatIf | Export-FwSendReport -OutputDirectory $out } }
        @{ what = 'said to Get-FwSessionDicom'; code = { Get-FwSessionDicom $session.SessionId -WhatIf | Add-FwSendTag | Send-DicomStore $receiver | Export-FwSendReport -OutputDirectory $out } }
        @{ what = 'by preference'; code = { $WhatIfPreference = $true; Get-FwSessionDicom $session.SessionId | Add-FwSendTag | Send-DicomStore $receiver | Export-FwSendReport -OutputDirectory $out } }
        @{ what = 'of piped sessions'; code = { Get-FwSession -SubjectId $session.SubjectId | Get-FwSessionDicom | Send-DicomStore $receiver -WhatIf | Export-FwSendReport -OutputDirectory $out } }
    ) {
        $before = @((Get-DoubleState $double).requests).Count
        $said = & $code 6>&1
        $said | ForEach-Object { $_ | Should -BeOfType System.Management.Automation.InformationRecord }
        @($said -like "What if: Fetch 'neuro/Trial A/S001/What if/*").Count | Should -Be 4
        "$($said[-1])" | Should -BeLike 'What if: What is in 4 files (* MB) of Flywheel would be sent to *; nothing was fetched to look.'
        (Get-DoubleState $double).requests | Select-Object -Skip $before | Where-Object { $_ -match '/files/' } | Should -BeNullOrEmpty
        Get-ChildItem $out | Should -BeNullOrEmpty
        $receiver.Instances | Should -Be 0
    }

    It 'sums up by itself' {
        $said = Get-FwSessionDicom $session.SessionId -WhatIf 6>&1
        "$($said[-1])" | Should -BeLike "What if: 4 files (* MB) would be fetched from 127.0.0.1."
    }

    It 'says what is not there, as a run would' {
        { Get-FwSessionDicom ('0' * 24) | Send-DicomStore $receiver -WhatIf } | Should -Throw -ErrorId 'FlywheelNotFound,*'
    }

    It 'counts what was at hand beside' {
        $files = Get-FwSessionDicom $session.SessionId | Select-Object -First 2
        $null = $files | Send-DicomStore $receiver -WhatIf -InformationVariable said 6>$null
        "$said" | Should -BeLike 'What if: 2 instances*'
    }
}

Describe 'Results of what came from Flywheel' {
    It 'are sent again: what was fetched is fetched again' {
        $results = Get-FwSessionDicom $session.SessionId | Send-DicomStore $receiver
        $before = $receiver.Instances
        $again = $results | Select-Object -First 5 | Send-DicomStore $receiver
        $again | ForEach-Object { $_.Status | Should -Be Sent }
        $receiver.Instances | Should -Be ($before + 5)
    }

    It 'that were saved and loaded fail with the line that fetches them' {
        $results = Get-FwSessionDicom $session.SessionId | Select-Object -First 1 | Send-DicomStore $receiver
        $results | Export-Clixml (Join-Path $folder r.xml)
        $again = Import-Clixml (Join-Path $folder r.xml) | Send-DicomStore $receiver -ErrorAction SilentlyContinue
        $again.ErrorId | Should -Be ResultNotReopened
        $again.Reason | Should -BeLike "*Get-FwSessionDicom -AcquisitionId $($again.Origin.AcquisitionId)*"
    }

    It 'fail in words once there is no connection' {
        $ids = Add-DoubleFile $double 'neuro', 'Trial A', 'S001', 'gone', 't1' @(@{ name = '1.zip'; disk = (Join-Path $session.Folder mr.zip); type = 'dicom' })
        $results = Get-FwSessionDicom $ids[3] | Send-DicomStore $receiver
        Disconnect-FwInstance
        $again = $results | Select-Object -First 2 | Send-DicomStore $receiver -ErrorAction SilentlyContinue
        $null = Connect-FwInstance $double.Key 3>$null
        $again | ForEach-Object { $_.Status | Should -Be Failed }
        $again[0].Reason | Should -BeLike '*connection*'
    }
}
