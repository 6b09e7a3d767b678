BeforeDiscovery {
    . $PSScriptRoot/../Support.ps1
    $hasPydicom = [bool](Find-Pydicom)
    $blocks = @(
        @{ name = 'no block'; extra = @{}; start = 0x1000; creator = 'Flywheel' }
        @{ name = 'our block there'; extra = @{ 0x00210010 = 'Flywheel' }; start = 0x1000; creator = 'Flywheel' }
        @{ name = 'another vendor''s block at 0010'; extra = @{ 0x00210010 = 'ACME'; 0x00211000 = 'x' }; start = 0x1100; creator = 'Flywheel' }
        @{ name = 'creator in other case'; extra = @{ 0x00210010 = 'FLYWHEEL' }; start = 0x1000; creator = 'FLYWHEEL' }
        @{ name = 'creator padded'; extra = @{ 0x00210010 = 'Flywheel  ' }; start = 0x1000; creator = 'Flywheel' }
        @{ name = 'orphan data'; extra = @{ 0x00211001 = 'orphan' }; start = 0x1100; creator = 'Flywheel' }
    )
    $cases = foreach ($block in $blocks) {
        foreach ($syntax in '1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2', '1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.4.90') {
            foreach ($lengths in $false, $true) { $block + @{ syntax = $syntax; lengths = $lengths; pixels = $lengths } }
        }
    }
}

BeforeAll {
    . $PSScriptRoot/../Support.ps1
    $folder = New-TestFolder
    @'
import sys, pydicom
ds = pydicom.dcmread(sys.argv[1])
block = ds.private_block(0x0021, sys.argv[2])
values = {e.tag.element & 0xFF: e.value if isinstance(e.value, str) else e.value.decode().rstrip() for e in ds.group_dataset(0x21) if e.tag.element >> 8 == block.block_start >> 8}
groups = {e.tag.group: e.value for e in ds if e.tag.element == 0 and e.tag.group > 2}
print(hex(block.block_start), 'DICOM send' in values.values(), len(ds.dir() or []) > 10, ds.PatientName == 'SYNTHETIC^SUBJECT')
'@ | Set-Content (Join-Path $folder read.py)
}

AfterAll { Remove-Item $folder -Recurse }

Describe 'pydicom finds the tag' -Skip:(-not $hasPydicom) {
    It '<name>, syntax <syntax>, group lengths <lengths>' -ForEach $cases {
        $elements = [FlywheelDicom.TestSupport.SyntheticElement[]]@($extra.GetEnumerator() | ForEach-Object { [FlywheelDicom.TestSupport.SyntheticElement]::Text($_.Key, 'LO', $_.Value) })
        $path = Join-Path $folder 'in.dcm'
        New-TestDicom $path 1 @{ TransferSyntax = $syntax; HasGroupLengths = $lengths; HasPixelData = $pixels; Extra = $elements }
        $tagged = Join-Path $folder 'out.dcm'
        (Get-DicomFile $path | Add-FwSendTag).Save($tagged, 'Overwrite')
        & (Find-Pydicom) (Join-Path $folder read.py) $tagged $creator | Should -Be ('0x{0:x} True True True' -f $start)
    }
}
