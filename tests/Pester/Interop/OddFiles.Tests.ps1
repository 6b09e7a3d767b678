BeforeDiscovery {
    . $PSScriptRoot/../Support.ps1
    $hasDcmtk = [bool](Find-Peer storescp) -and [bool](Find-Peer dcmdump)
    $hasPydicom = [bool](Find-Pydicom)
    $hasData = Test-Path (Join-Path $repo '../shared/data/dicom')
}

BeforeAll {
    . $PSScriptRoot/../Support.ps1
    $folder = New-TestFolder
    # Takes files apart with pydicom: mutates one element of each to an odd length, and compares value by value.
    @'
import os, struct, sys
import pydicom
from pydicom.dataelem import RawDataElement
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
LONG = {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"}

def odd(source, target):
    """Cuts the last byte of the first few text values at the top of an uncompressed or encapsulated file; their lengths follow."""
    with open(source, "rb") as f:
        data = f.read()
    if data[128:132] != b"DICM":
        return 0
    ds = pydicom.dcmread(source, force=True, defer_size=None)
    syntax = getattr(ds.file_meta, "TransferSyntaxUID", None)
    if syntax is None or syntax.is_deflated:
        return 0
    end = "<" if syntax.is_little_endian else ">"
    cuts = []
    for tag in sorted(ds.keys()):
        e = ds.get_item(tag)
        if not isinstance(e, RawDataElement) or e.tag.group <= 8 and e.tag.element in (0, 5, 0x16, 0x18) or e.tag.group >= 0x28 or e.length < 2 or e.length > 1000:
            continue
        if e.value is None or len(e.value) != e.length or e.length % 2:
            continue
        if not syntax.is_implicit_VR and (e.VR or "UN").encode() in LONG:
            continue
        cuts.append((e.value_tell, e.length))
        if len(cuts) == 3:
            break
    for at, length in reversed(cuts):
        size = 4 if syntax.is_implicit_VR else 2
        if struct.unpack(end + ("I" if size == 4 else "H"), data[at - size:at])[0] != length:
            continue
        data = data[:at - size] + struct.pack(end + ("I" if size == 4 else "H"), length - 1) + data[at:at + length - 1] + data[at + length:]
    with open(target, "wb") as f:
        f.write(data)
    return len(cuts)

def fragments(data):
    """Without their padding, and without the table of offsets, which moves with it."""
    found, at = [], 0
    while data[at:at + 4] == b"\xfe\xff\x00\xe0":
        length = struct.unpack("<I", data[at + 4:at + 8])[0]
        found.append(data[at + 8:at + 8 + length].rstrip(b"\0"))
        at += 8 + length
    return found[1:]

def values(ds):
    rows = []
    for tag in sorted(ds.keys()):
        e = ds.get_item(tag)
        if e.tag.element == 0:
            continue
        known = pydicom.datadict.dictionary_has_tag(e.tag) and pydicom.datadict.dictionary_VR(e.tag)
        if e.VR == "SQ" or (e.VR in (None, "UN") and known == "SQ"):
            rows.append((int(tag), [values(i) for i in ds[tag].value]))
        elif int(tag) == 0x7FE00010 and getattr(ds, "file_meta", None) and ds.file_meta.TransferSyntaxUID.is_encapsulated:
            rows.append((int(tag), fragments(ds.PixelData)))
        else:
            v = e.value if isinstance(e, RawDataElement) or isinstance(e.value, bytes) else (repr(e.value) if e.value else b"")
            rows.append((int(tag), v.rstrip(b" \0") if isinstance(v, bytes) else v or b""))
    return rows

if sys.argv[1] == "mutate":
    n = 0
    for name in sorted(os.listdir(sys.argv[2])):
        try:
            n += bool(odd(os.path.join(sys.argv[2], name), os.path.join(sys.argv[3], name)))
        except Exception as e:
            pass
    print(n)
else:
    pairs = [line.rstrip("\n").split("\t") for line in open(sys.argv[2], encoding="utf-8") if line.strip()]
    bad = []
    for sent, received in pairs:
        if values(pydicom.dcmread(sent, force=True)) != values(pydicom.dcmread(received, force=True)):
            bad.append(sent)
    print(f"{len(pairs)} compared, {len(bad)} different: {bad}")
    sys.exit(1 if bad else 0)
'@ | Set-Content (Join-Path $folder odd.py)

    function Set-Unpadded($Element) { Set-InitProperty $Element IsUnpadded $true; $Element }

    # DCMTK and pydicom read what arrived, and pydicom finds the values that were sent.
    function Assert-Arrived($Results, [string] $Received) {
        $names = @{}
        foreach ($file in Get-ChildItem $Received) {
            $null = & (Find-Peer dcmdump) -q $file.FullName 2>&1
            $LASTEXITCODE | Should -Be 0 -Because $file.Name
            ((Get-Item $file.FullName).Length % 2) | Should -Be 0
            $names["$([FlywheelDicom.DicomFile]::Open($file.FullName).SopInstanceUid)"] += @($file.FullName)
        }
        $rows = $Results | Where-Object { $_.Status -eq 'Sent' -and $names[$_.SopInstanceUid].Count -eq 1 -and @($Results | Where-Object SopInstanceUid -EQ $_.SopInstanceUid).Count -eq 1 } |
            ForEach-Object { "$($_.Name)`t$($names[$_.SopInstanceUid][0])" }
        $rows | Set-Content (Join-Path $folder pairs.txt)
        $output = & (Find-Pydicom) (Join-Path $folder odd.py) compare (Join-Path $folder pairs.txt)
        $LASTEXITCODE | Should -Be 0 -Because "$output"
        @($rows).Count
    }
}

AfterAll { Remove-Item $folder -Recurse }

Describe 'Odd files to DCMTK''s storescp' -Skip:(-not ($hasDcmtk -and $hasPydicom)) {
    BeforeEach {
        $received = New-TestFolder
        $source = New-TestFolder
        $port = Get-FreePort
        $storescp = Start-Peer (Find-Peer storescp) @('+xa', '+B', '+uf', '-od', $received, "$port")
        Wait-Port $port
    }

    AfterEach {
        $storescp.Kill()
        Remove-Item $received, $source -Recurse
    }

    It 'generated ones of all syntaxes arrive, padded' {
        $n = 0
        foreach ($syntax in '1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2', '1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.4.90') {
            foreach ($size in 15, 16) {
                $n++
                $inner = [FlywheelDicom.TestSupport.SyntheticElement[]]@((Set-Unpadded ([FlywheelDicom.TestSupport.SyntheticElement]::Text(0x00081150, 'UI', '1.2.3'))))
                $elements = [FlywheelDicom.TestSupport.SyntheticElement[]]@(
                    (Set-Unpadded ([FlywheelDicom.TestSupport.SyntheticElement]::Text(0x00081030, 'LO', 'odd')))
                    [FlywheelDicom.TestSupport.SyntheticElement]::Sequence(0x00081140, $false, $inner)
                    (Set-Unpadded ([FlywheelDicom.TestSupport.SyntheticElement]::Bytes(0x00420011, 'OB', [byte[]](1, 2, 3))))
                )
                New-TestDicom (Join-Path $source "$n.dcm") $n @{ TransferSyntax = $syntax; Rows = $size; Columns = $size; HasGroupLengths = $size -eq 16; Extra = $elements }
            }
        }
        $results = Get-DicomFile $source | Send-DicomStore 127.0.0.1 -Port $port
        $results.Status | Sort-Object -Unique | Should -Be Sent
        $results.Attempts | Sort-Object -Unique | Should -Be 1
        Assert-Arrived $results $received | Should -Be $n
    }

    It 'deflated streams of odd length, as DCMTK writes them, arrive' -Skip:(-not (Find-Peer dcmconv)) {
        foreach ($n in 1..9) {
            New-TestDicom (Join-Path $folder plain.dcm) $n @{ Rows = 5 + $n; Columns = 7 }
            & (Find-Peer dcmconv) +td (Join-Path $folder plain.dcm) (Join-Path $source "$n.dcm")
        }
        $results = Get-DicomFile $source | Send-DicomStore 127.0.0.1 -Port $port
        $results.Status | Sort-Object -Unique | Should -Be Sent
        $results.Attempts | Sort-Object -Unique | Should -Be 1
        Assert-Arrived $results $received | Should -Be 9
    }

    It 'real files, their text cut to odd lengths, arrive with their values, or fail with a reason' -Skip:(-not $hasData) {
        $data = (Resolve-Path (Join-Path $repo '../shared/data/dicom')).Path
        $mutated = & (Find-Pydicom) (Join-Path $folder odd.py) mutate $data $source
        [int]$mutated | Should -BeGreaterThan 40
        $results = Get-DicomFile $source -ErrorAction SilentlyContinue | Send-DicomStore 127.0.0.1 -Port $port -RetryTime 5 -ErrorAction SilentlyContinue
        $results.Count | Should -Be (Get-ChildItem $source).Count
        ($results | Where-Object Status -EQ Failed | Where-Object { -not $_.Reason -or $_.Attempts -gt 0 }) | Should -BeNullOrEmpty
        # Several of them share a UID: those are not held against each other.
        Assert-Arrived $results $received | Should -BeGreaterThan 20
    }
}
