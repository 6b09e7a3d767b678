BeforeDiscovery {
    . $PSScriptRoot/Support.ps1
    # Whatever a cmdlet puts out, and what is met inside of it.
    $types = @(Get-Command -Module FlywheelDicom | ForEach-Object { $_.OutputType.Type } | Where-Object { $_.Namespace -like 'FlywheelDicom*' }) +
        [FlywheelDicom.DicomElement], [FlywheelDicom.FwSendReportRow], [FlywheelDicom.DicomTlsSession] | Sort-Object FullName -Unique
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    foreach ($n in 1..3) { New-TestDicom (Join-Path $folder "$n.dcm") $n }
    New-TestDicom (Join-Path $folder compressed.dcm) 4 @{ TransferSyntax = '1.2.840.10008.1.2.4.90'; Modality = 'RTSTRUCT' }
    [IO.File]::WriteAllBytes((Join-Path $folder cut.dcm), [IO.File]::ReadAllBytes((Join-Path $folder 1.dcm))[0..600])
    $files = Get-DicomFile $folder -ErrorAction Ignore
    $receiver = Start-DicomReceiver -Discard
    $results = $files | Send-DicomStore $receiver -ErrorAction Ignore
    $saved = $PSStyle.OutputRendering

    # As a window of 80 columns shows it: the text, and its lines.
    function Show($Object, [string] $Format = 'Table', [string] $Rendering = 'PlainText') {
        $PSStyle.OutputRendering = $Rendering
        try { ($Object | & "Format-$Format" | Out-String -Width 80).TrimEnd() } finally { $PSStyle.OutputRendering = $saved }
    }
}

AfterAll {
    Get-DicomReceiver | Stop-DicomReceiver
    Remove-Item $folder -Recurse
}

Describe 'The views' {
    It '<_.Name> has a table and a list' -ForEach $types {
        $views = (Get-FormatData $_.FullName -PowerShellVersion $PSVersionTable.PSVersion).FormatViewDefinition.Control
        $views | Where-Object { $_ -is [Management.Automation.ListControl] } | Should -Not -BeNullOrEmpty
        # A report is one object with a table inside.
        if ($_.Name -ne 'FwSendReport') { $views | Where-Object { $_ -is [Management.Automation.TableControl] } | Should -Not -BeNullOrEmpty }
    }

    It 'keep a problem whole at 80 columns' {
        $file = $files | Where-Object Problem
        $text = Show $file
        $text -split '\r?\n' | ForEach-Object { $_.Length | Should -BeLessOrEqual 80 }
        ($text -replace '\s+', ' ') | Should -Match ([regex]::Escape('The data set is truncated'))
        # Line by line, behind the columns before it.
        (($text -split '\r?\n' | Select-Object -Skip 3 | ForEach-Object { $_.PadRight(80).Substring(53).Trim() }) -join ' ').Trim() | Should -Be $file.Problem
    }

    It 'keep a reason whole at 80 columns' {
        $failed = $results | Where-Object Status -EQ Failed
        $text = Show $failed
        (($text -split '\r?\n' | Select-Object -Skip 3 | ForEach-Object { $_.PadRight(80).Substring(59).Trim() }) -join ' ').Trim() | Should -Be $failed.Reason
        $text | Should -Match '\bFailed\b'
    }

    It 'name a transfer syntax in short, and translate UIDs' {
        $compressed = $files | Where-Object Modality -EQ RTSTRUCT
        Show $compressed | Should -Match 'RTSTRUCT +\d.*JPEG 2000 Lossless'
        $list = Show $compressed List
        $list | Should -Match 'SopClass +: CT Image Storage \(1\.2\.840\.10008\.5\.1\.4\.1\.1\.2\)'
        $list | Should -Match 'TransferSyntax +: JPEG 2000'
    }

    It 'have colours where the host renders them, and none in plain text' {
        Show $results | Should -Not -Match '\x1b'
        Show $results List | Should -Not -Match '\x1b'
        $text = Show $results Table Ansi
        $text | Should -Match ([regex]::Escape("$($PSStyle.Foreground.Green)Sent"))
        $text | Should -Match ([regex]::Escape("$($PSStyle.Foreground.Red)Failed"))
    }

    It 'fit into 80 columns: <Name>' -ForEach @(
        @{ Name = 'a receiver'; Make = { $receiver } }
        @{ Name = 'an echo'; Make = { Test-DicomEcho $receiver } }
        @{ Name = 'a destination'; Make = { New-DicomDestination pacs.example.org 104 -CalledAE ARCHIVE_OF_HOUSE } }
        @{ Name = 'a series'; Make = { $files | Measure-DicomFile } }
        @{ Name = 'a result'; Make = { $results } }
    ) {
        $object = & $Make
        $text = Show $object
        $text | Should -Not -Match '…$'
        $text -split '\r?\n' | ForEach-Object { $_.Length | Should -BeLessOrEqual 80 }
        Show $object List | Should -Match ' : '
    }
}

Describe 'A header as a list of elements' {
    BeforeAll {
        $one = $files | Where-Object Name -Like '*1.dcm'
        $changed = Get-DicomFile (Join-Path $folder 1.dcm)
        $changed.SetValue('Modality', 'MR')
        $changed.SetValue('ImageType', @('DERIVED', 'SECONDARY'))
    }

    It 'shows meta information, keywords and the size of pixel data' {
        $lines = (Show $one.Dataset) -split '\r?\n'
        $lines | ForEach-Object { $_.Length | Should -BeLessOrEqual 80 }
        $lines | Should -Contain '(0008,0060)     CS        2 Modality                    CT'
        @($lines) -match '^\(0002,0010\) +UI +\d+ TransferSyntaxUID +Explicit VR Little' | Should -Not -BeNullOrEmpty
        $lines[-1] | Should -Match '^\(7FE0,0010\) +OW +512 PixelData +512 bytes, not loaded$'
    }

    It 'is compared element by element' {
        $difference = Compare-Object $one.Dataset $changed.Dataset
        # An element that is new has one side, one that differs has two.
        $difference.InputObject.Keyword | Sort-Object | Should -Be ImageType, Modality, Modality
        Compare-Object $one.Dataset (Get-DicomFile (Join-Path $folder 1.dcm)).Dataset | Should -BeNullOrEmpty
        $byProperty = Compare-Object $one.Dataset $changed.Dataset -Property Tag, Value
        $byProperty.Tag | Sort-Object | Should -Be '(0008,0008)', '(0008,0060)', '(0008,0060)'
        $again = Get-DicomFile (Join-Path $folder 1.dcm)
        $again.SetValue('ImageType', @('DERIVED', 'PRIMARY'))
        $again.SetValue('Modality', 'MR')
        Compare-Object $again.Dataset $changed.Dataset -Property Tag, Value | ForEach-Object { "$($_.Value.ToString())" } | Sort-Object | Should -Be 'DERIVED\PRIMARY', 'DERIVED\SECONDARY'
    }

    It 'is filtered, selected and exported as any list' {
        ($changed.Dataset | Where-Object Tag -Like '(0008,*').Count | Should -BeGreaterThan 4
        ($changed.Dataset | Where-Object Keyword -EQ ImageType).Value | Should -Be DERIVED, SECONDARY
        ($changed.Dataset | ForEach-Object Keyword) | Should -Contain Modality
        $path = Join-Path $folder header.csv
        $changed.Dataset | Export-Csv $path
        $rows = Import-Csv $path
        $rows.Count | Should -Be $changed.Dataset.Count
        ($rows | Where-Object Keyword -EQ ImageType).Value | Should -Be 'DERIVED\SECONDARY'
        $json = $changed.Dataset | Where-Object Keyword -In Modality, ImageType | ConvertTo-Json | ConvertFrom-Json
        $json.Tag | Should -Be '(0008,0008)', '(0008,0060)'
        $json.VR | Should -Be CS, CS
        $json[0].Value | Should -Be DERIVED, SECONDARY
    }

    It 'is still looked up by keyword, tag and number' {
        $one.Dataset['Modality'] | Should -Be CT
        $one.Dataset['(0008,0060)'] | Should -Be CT
        $one.Dataset[0x00080060] | Should -Be CT
        $one.Dataset[0x00080060u] | Should -Be CT
        $one.Dataset['TransferSyntaxUID'] | Should -Be '1.2.840.10008.1.2.1'
        # A number that PowerShell takes for a negative one.
        $one.Dataset[0x90990010] | Should -BeNullOrEmpty
    }
}
