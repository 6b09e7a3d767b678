# What was edited is read by others: pydicom makes the same edits by its own means and compares all elements; dcmdump accepts the bytes.
BeforeDiscovery {
    . $PSScriptRoot/../Support.ps1
    $hasPydicom = [bool](Find-Pydicom)
    $hasDcmtk = [bool](Find-Peer dcmdump)
    $syntaxes = '1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2', '1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.4.90'
    $cases = foreach ($syntax in $syntaxes) { foreach ($undefined in $false, $true) { @{ syntax = $syntax; undefined = $undefined } } }
}

BeforeAll {
    . $PSScriptRoot/../Support.ps1
    $folder = New-TestFolder
    $element = [FlywheelDicom.TestSupport.SyntheticElement]
    function New-Item2([object[]] $Elements) { , [FlywheelDicom.TestSupport.SyntheticElement[]] $Elements }
    function New-Nested([bool] $Undefined) {
        $points = $element::Sequence(0x300A0111, $Undefined, [FlywheelDicom.TestSupport.SyntheticElement[][]]((New-Item2 $element::Text(0x300A0112, 'IS', '0')), (New-Item2 $element::Text(0x300A0112, 'IS', '1'))))
        $first = New-Item2 ($element::Text(0x00190010, 'LO', 'ACME'), $element::Text(0x00191001, 'LO', 'private'), $element::Text(0x300A00C2, 'LO', 'first'), $points)
        $second = New-Item2 ($element::Text(0x00100010, 'PN', 'INNER^NAME'), $element::Text(0x300A00C2, 'LO', 'second'))
        $element::Sequence(0x300A00B0, $Undefined, [FlywheelDicom.TestSupport.SyntheticElement[][]]($first, $second))
    }
    @'
import sys, pydicom
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
model, edited = pydicom.dcmread(sys.argv[1]), pydicom.dcmread(sys.argv[2])
model.walk(lambda ds, e: ds.__delitem__(e.tag) if e.tag.is_private or e.tag == 0x00100010 else None)
model.PatientName = 'SET^ANEW'
model.SOPInstanceUID = '1.2.3.4.5'
model.ImageType = ['DERIVED', 'SECONDARY']
beams = model.BeamSequence
beams[0].BeamName = 'A'
beams[0].ControlPointSequence[1].GantryAngle = '90.5'
for beam in beams:
    beam.BeamDescription = 'each'
def flat(ds, at=''):
    for e in ds:
        if e.VR == 'SQ':
            yield at + str(e.tag), len(e.value)
            for i, item in enumerate(e.value):
                yield from flat(item, f'{at}{e.tag}[{i}]')
        elif e.tag.element != 0:
            yield at + str(e.tag), e.value if isinstance(e.value, bytes) else str(e.value)
a, b = list(flat(model)), list(flat(edited))
print('same' if a == b and edited.file_meta.MediaStorageSOPInstanceUID == '1.2.3.4.5' and model.file_meta.TransferSyntaxUID == edited.file_meta.TransferSyntaxUID else [x for x in zip(a, b) if x[0] != x[1]][:3])
'@ | Set-Content (Join-Path $folder compare.py)
}

AfterAll { Remove-Item $folder -Recurse }

Describe 'Edited files' {
    BeforeEach {
        $path = Join-Path $folder 'in.dcm'
        $edited = Join-Path $folder 'out.dcm'
        New-TestDicom $path 1 @{ TransferSyntax = $syntax; HasGroupLengths = $undefined; Extra = [FlywheelDicom.TestSupport.SyntheticElement[]]@((New-Nested $undefined), $element::Text(0x00190010, 'LO', 'ACME'), $element::Text(0x00191001, 'LO', 'x')) }
        $file = Get-DicomFile $path | Remove-DicomValue -Private -Recurse -Tag PatientName | Set-DicomValue @{
            PatientName = 'SET^ANEW'; SOPInstanceUID = '1.2.3.4.5'; ImageType = 'DERIVED', 'SECONDARY'; 'BeamSequence[0].BeamName' = 'A'
            'BeamSequence[0].ControlPointSequence[1].GantryAngle' = 90.5; 'BeamSequence[*].BeamDescription' = 'each'
        }
        $file.Problem | Should -BeNullOrEmpty
        $file.Save($edited, 'Overwrite')
    }

    It 'are to pydicom what it makes of the source itself: syntax <syntax>, undefined lengths <undefined>' -ForEach $cases -Skip:(-not $hasPydicom) {
        & (Find-Pydicom) (Join-Path $folder compare.py) $path $edited | Should -Be same
    }

    It 'are read by dcmdump without a word: syntax <syntax>, undefined lengths <undefined>' -ForEach $cases -Skip:(-not $hasDcmtk) {
        $dump = & (Find-Peer dcmdump) -q +P 300A,00C2 +P 300A,011E +P 0010,0010 $edited 2>&1
        $LASTEXITCODE | Should -Be 0
        "$dump" | Should -Match '\[A\]'
        "$dump" | Should -Match '\[90\.5\]'
        "$dump" | Should -Match '\[SET\^ANEW\]'
        "$dump" | Should -Not -Match 'INNER|warning|error'
    }
}
