BeforeDiscovery {
    . $PSScriptRoot/Support.ps1
    $hasPydicom = [bool](Find-Pydicom)
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    foreach ($n in 1..4) { New-TestDicom (Join-Path $folder "$n.dcm") $n @{ Series = [int](1 + $n % 2); Modality = 'MR' } }
    Set-Content (Join-Path $folder broken.dcm) 'no DICOM'
}

AfterAll { Remove-Item $folder -Recurse }

Describe 'Measure-DicomFile' {
    It 'sums up by series, in the order met' {
        $series = Get-DicomFile $folder -Recurse -ErrorAction Ignore | Measure-DicomFile
        $series.Count | Should -Be 3
        ($series | Measure-Object Count -Sum).Sum | Should -Be 5
        $readable = $series | Where-Object SeriesInstanceUid
        $readable.Count | Should -Be 2
        $readable.Modality | Should -Be MR, MR
        ($readable | Measure-Object Bytes -Sum).Sum | Should -Be (Get-ChildItem $folder -Filter ?.dcm | Measure-Object Length -Sum).Sum
        $readable.TransferSyntaxes | Should -Be 'Explicit VR Little Endian', 'Explicit VR Little Endian'
        ($series | Where-Object Problems).FirstProblem | Should -Match DICOM
    }

    It 'lets the instances flow on, and tells beside them' {
        $files = Get-DicomFile (Join-Path $folder 1.dcm), (Join-Path $folder 2.dcm) | Measure-DicomFile -PassThru -InformationVariable told
        $files.Count | Should -Be 2
        $files[0] | Should -BeOfType FlywheelDicom.DicomFile
        $told.MessageData.Count | Should -Be 2
    }
}

Describe 'ConvertTo-DicomJson' {
    It 'gives one JSON text for each instance' {
        $lines = Get-DicomFile (Join-Path $folder 1.dcm), (Join-Path $folder 2.dcm) | ConvertTo-DicomJson -Compress
        $lines.Count | Should -Be 2
        ($lines[0] | ConvertFrom-Json).'00080060'.Value | Should -Be MR
        $lines[0] | Should -Not -Match '\n'
        Get-DicomFile (Join-Path $folder 1.dcm) | ConvertTo-DicomJson | Should -Match '\n'
    }

    It 'tells of what has no header, and goes on' {
        $lines = Get-DicomFile (Join-Path $folder broken.dcm), (Join-Path $folder 1.dcm) -ErrorAction Ignore | ConvertTo-DicomJson -ErrorAction SilentlyContinue -ErrorVariable problems
        @($lines).Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -Be 'DicomHeaderUnreadable,FlywheelDicom.Cmdlets.ConvertToDicomJsonCommand'
    }

    It 'says what pydicom says' -Skip:(-not $hasPydicom) {
        $python = @'
import sys, json, pydicom
ds = pydicom.dcmread(sys.argv[1], stop_before_pixels=True)
print(json.dumps({k: v for k, v in json.loads(ds.to_json()).items() if not k.endswith("0000")}, sort_keys=True))
'@
        $script = Join-Path $folder header_of.py
        Set-Content $script $python
        $path = Join-Path $folder 1.dcm
        $theirs = & (Find-Pydicom) $script $path | ConvertFrom-Json -AsHashtable
        $ours = Get-DicomFile $path | ConvertTo-DicomJson | ConvertFrom-Json -AsHashtable
        ($ours.Keys | Sort-Object) | Should -Be ($theirs.Keys | Sort-Object)
        foreach ($tag in $ours.Keys) {
            $ours[$tag].vr | Should -Be $theirs[$tag].vr -Because $tag
            (ConvertTo-Json $ours[$tag].Value -Compress -Depth 9) | Should -Be (ConvertTo-Json $theirs[$tag].Value -Compress -Depth 9) -Because $tag
        }
    }
}
