# What is no instance is named by its type and its place: what it says of itself may be a patient's.
BeforeDiscovery {
    $things = @(
        @{ thing = 'properties that were selected'; make = { $file | Select-Object PatientId, @{ n = 'Name'; e = { 'SECRET^NAME' } } }; named = 'object 1, a Selected.FlywheelDicom.DicomFile' }
        @{ thing = 'elements of a data set'; make = { $file.Dataset | Where-Object { "$($_.Tag)" -eq '(0010,0020)' } }; named = 'object 1, a FlywheelDicom.DicomElement' }
        @{ thing = 'a data set, which is its elements'; make = { $file.Dataset }; named = 'object 1, a FlywheelDicom.DicomElement' }
        @{ thing = 'a table'; make = { [pscustomobject]@{ PatientName = 'SECRET^NAME' } }; named = 'object 1, a System.Management.Automation.PSCustomObject' }
    )
    $texts = @(
        @{ thing = 'JSON'; make = { $file | ConvertTo-DicomJson } }
        @{ thing = 'JSON on one line'; make = { '{"00100010":{"vr":"PN","Value":["SECRET^NAME"]}}' } }
        @{ thing = 'lines'; make = { "SECRET^NAME`nSECRET042" } }
        @{ thing = 'a long text'; make = { 'SECRET' * 200 } }
    )
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    $path = Join-Path $folder 'one.dcm'
    New-TestDicom $path 1
    $file = Get-DicomFile $path | Set-DicomValue @{ PatientName = 'SECRET^NAME'; PatientID = 'SECRET042' }
    $receiver = Start-DicomReceiver -Discard
    $quiet = @{ ErrorAction = 'SilentlyContinue'; WarningAction = 'SilentlyContinue' }

    # What a run leaves: its objects, errors, warnings and files.
    function Get-Traces([scriptblock] $Run) {
        $out = (New-Item (Join-Path $folder ([guid]::NewGuid().ToString('N'))) -ItemType Directory).FullName
        $before = $global:Error.Count
        $objects = & $Run *>&1
        $text = ($objects | ForEach-Object { "$_"; $_ | Format-List * -Force | Out-String }) -join "`n"
        $text += $global:Error | Select-Object -First ([math]::Max(0, $global:Error.Count - $before)) | ForEach-Object { "$_ $($_.TargetObject)" } | Out-String
        $text + (Get-ChildItem $out -Recurse -File | ForEach-Object { $_.FullName; Get-Content $_ -Raw } | Out-String)
    }
}

AfterAll {
    $receiver | Stop-DicomReceiver
    Remove-Item $folder -Recurse
}

Describe 'What is no instance' {
    It 'is not quoted by a stage: <thing>' -ForEach ($things + $texts) {
        $given = & $make
        Get-Traces { $given | Add-FwSendTag -ErrorAction Continue | Set-DicomValue @{ PatientName = 'X' } -ErrorAction Continue | Send-DicomStore $receiver -ErrorAction Continue | Export-FwSendReport -OutputDirectory $out -Html -ErrorAction Continue } | Should -Not -BeLike '*SECRET*'
        Get-Traces { $given | Save-DicomFile $out -PassThru -ErrorAction Continue } | Should -Not -BeLike '*SECRET*'
        Get-Traces { $given | Measure-DicomFile -PassThru -ErrorAction Continue } | Should -Not -BeLike '*SECRET*'
        Get-Traces { $given | Export-FwSendReport -OutputDirectory $out -Html -ErrorAction Continue } | Should -Not -BeLike '*SECRET*'
        Get-Traces { $given | Confirm-DicomStore -WaitTime 0 -ErrorAction Continue } | Should -Not -BeLike '*SECRET*'
    }

    It 'is named by its place and type: <thing>' -ForEach $things {
        $result = & $make | Send-DicomStore $receiver @quiet | Select-Object -First 1
        $result.ErrorId | Should -Be InputNotDicomFile
        $result.Name | Should -BeLike $named
        $result.Reason | Should -BeLike 'It is a *, not a FlywheelDicom.DicomFile or a path.*'
    }

    It 'has its place among all that came, in an array too' {
        $thing = [pscustomobject]@{ a = 1 }
        $results = $path, $thing, $file, @($path, $thing) | Send-DicomStore $receiver @quiet
        ($results | Where-Object Status -EQ Failed).Name | Should -Be ('object 2', 'object 5' | ForEach-Object { "$_, a System.Management.Automation.PSCustomObject" })
        $null = $thing, $thing | Export-FwSendReport -OutputDirectory $folder -ErrorVariable problem @quiet
        $problem.TargetObject | Should -Be ('object 1', 'object 2' | ForEach-Object { "$_, a System.Management.Automation.PSCustomObject" })
    }

    It 'is a text that is no path: <thing>' -ForEach $texts {
        $given = & $make
        $result = $given | Send-DicomStore $receiver @quiet
        $result.Name | Should -Be 'object 1, a text that is no path'
        $result.ErrorId | Should -Be InputNotDicomFile
        $found = $given | Get-DicomFile @quiet
        $found.Name | Should -Be 'a text that is no path'
    }

    It 'is a path all the same where a file has that name' -Skip:$IsWindows {
        $odd = Join-Path $folder "two`nlines.dcm"
        Copy-Item $path $odd
        ($odd | Send-DicomStore $receiver).Status | Should -Be Sent
    }
}
