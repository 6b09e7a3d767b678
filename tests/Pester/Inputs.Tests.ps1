# Each stage takes paths, files and folders as Get-DicomFile does, and objects of the fo-dicom library where a user has it loaded.
BeforeDiscovery {
    $stages = @(
        @{ stage = 'Add-FwSendTag'; run = { $input | Add-FwSendTag } }
        @{ stage = 'Set-DicomValue'; run = { $input | Set-DicomValue @{ PatientName = 'X' } } }
        @{ stage = 'Remove-DicomValue'; run = { $input | Remove-DicomValue PatientName } }
        @{ stage = 'Save-DicomFile'; run = { $input | Save-DicomFile $out -PassThru } }
        @{ stage = 'Measure-DicomFile'; run = { $input | Measure-DicomFile -PassThru } }
        @{ stage = 'Send-DicomStore'; run = { $input | Send-DicomStore $receiver } }
        @{ stage = 'ConvertTo-DicomJson'; run = { $input | ConvertTo-DicomJson | ConvertFrom-Json | ForEach-Object { [pscustomobject]@{ SopInstanceUid = $_.'00080018'.Value[0] } } } }
    )
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    $images = Join-Path $folder images
    $null = New-Item $images -ItemType Directory
    foreach ($n in 1..3) { New-TestDicom (Join-Path $images "$n.dcm") $n }
    'no image' | Set-Content (Join-Path $images notes.txt)
    $zip = Join-Path $folder images.zip
    [IO.Compression.ZipFile]::CreateFromDirectory($images, $zip)
    $uids = (Get-DicomFile $images).SopInstanceUid | Sort-Object
    $receiver = Start-DicomReceiver -Discard

    # What fo-dicom has of it, and no more: the name of the type, Save, a data set, and the file that it was read from.
    Add-Type -IgnoreWarnings -TypeDefinition @'
namespace FellowOakDicom
{
    public class DicomWriteOptions { }
    public class FileReference { public string Name { get; set; } }
    public class DicomFile
    {
        private readonly byte[] _bytes;
        public DicomFile(byte[] bytes) { _bytes = bytes; }
        public FileReference File { get; set; }
        public object Dataset { get { return new object(); } }
        public int Saves;
        public string Failure;
        public void Save(string path, DicomWriteOptions options = null) { throw new System.NotSupportedException(); }
        public void Save(System.IO.Stream stream, DicomWriteOptions options = null)
        {
            Saves++;
            if (Failure != null) throw new System.InvalidOperationException(Failure);
            for (var i = 0; i < _bytes.Length; i += 1000) stream.Write(_bytes, i, System.Math.Min(1000, _bytes.Length - i));
        }
    }
}
'@
    function New-FoDicom([int] $Number) { [FellowOakDicom.DicomFile]::new([IO.File]::ReadAllBytes((Join-Path $images "$Number.dcm"))) }
}

AfterAll {
    Get-DicomReceiver | Stop-DicomReceiver
    Remove-Item $folder -Recurse
}

Describe '<stage>' -ForEach $stages {
    BeforeEach { $out = Join-Path $folder ([guid]::NewGuid().ToString('N')) }

    It 'takes <what>' -ForEach @(
        @{ what = 'the path of a folder'; make = { $images } }
        @{ what = 'the path of an archive'; make = { $zip } }
        @{ what = 'a wildcard'; make = { Join-Path $images *.dcm } }
        @{ what = 'files of Get-ChildItem'; make = { Get-ChildItem $images -Filter *.dcm } }
        @{ what = 'a folder of Get-Item'; make = { Get-Item $images } }
        @{ what = 'objects of fo-dicom'; make = { 1..3 | ForEach-Object { New-FoDicom $_ } } }
        @{ what = 'DicomFile objects'; make = { Get-DicomFile $images } }
    ) {
        (& $make | & $run).SopInstanceUid | Sort-Object | Should -Be $uids
    }

    It 'tells of a path that leads nowhere once, and goes on' {
        $ErrorActionPreference = 'Continue'
        $results = @((Join-Path $folder gone.dcm), (Join-Path $images 1.dcm) | & $run 2>&1)
        @($results | Where-Object { $_ -is [Management.Automation.ErrorRecord] }).Count | Should -Be 1
        @($results | Where-Object SopInstanceUid).Count | Should -Be 1
    }
}

Describe 'What a stage is given' {
    It 'may be an array, as an argument' {
        (Set-DicomValue @{ PatientName = 'X' } -InputObject (Join-Path $images 1.dcm), (Get-Item (Join-Path $images 2.dcm)), (Get-DicomFile (Join-Path $images 3.dcm))).Count | Should -Be 3
    }

    It 'is relative to the location, and streams' {
        Push-Location $folder
        try { $first = 'images' | Set-DicomValue @{ PatientName = 'X' } | Select-Object -First 1 } finally { Pop-Location }
        $first.Problem | Should -BeNullOrEmpty
        $first.Origin.FileName | Should -Be 1.dcm
    }
}

Describe 'An object of fo-dicom' {
    It 'is edited and sent as any other, and writes itself anew when it is opened' {
        $other = New-FoDicom 1
        $file = $other | Set-DicomValue @{ PatientID = 'NEW'; PatientName = { "of $($_.PatientId)" } } | Add-FwSendTag
        ($file | Send-DicomStore $receiver).Status | Should -Be Sent
        $saves = $other.Saves
        ($file | Send-DicomStore $receiver).Status | Should -Be Sent
        $other.Saves | Should -BeGreaterThan $saves
        $file.Dataset['PatientID'] | Should -Be NEW
    }

    It 'has the name of its file where it has one' {
        $other = New-FoDicom 1
        ($other | Measure-DicomFile -PassThru).Name | Should -Be 'FellowOakDicom.DicomFile'
        $other.File = [FellowOakDicom.FileReference]@{ Name = Join-Path $images 1.dcm }
        $file = $other | Measure-DicomFile -PassThru
        $file.Name | Should -Be (Join-Path $images 1.dcm)
        $file.Origin.FileName | Should -Be 1.dcm
    }

    It 'that cannot be saved is told without what its library says' {
        $other = New-FoDicom 1
        $other.Failure = 'Content "SECRET^NAME" does not validate'
        $result = $other | Send-DicomStore $receiver -ErrorVariable problems -ErrorAction SilentlyContinue
        $result.Status | Should -Be Failed
        $result.Reason | Should -Match 'InvalidOperationException'
        "$($problems | Format-List * -Force | Out-String)$($result | Format-List * | Out-String)" | Should -Not -Match 'SECRET'
        $problems.FullyQualifiedErrorId | Should -Be 'SourceUnreadable,FlywheelDicom.Cmdlets.SendDicomStoreCommand'
    }

    It 'leaves no temporary file and holds none open: a thousand of them fit' {
        $files = 1..1000 | ForEach-Object { New-FoDicom (1 + $_ % 3) } | Set-DicomValue @{ PatientName = 'X' }
        $files.Count | Should -Be 1000
        @($files | Where-Object Problem).Count | Should -Be 0
        if ($IsLinux) { @(Get-ChildItem /proc/$PID/fd -ErrorAction Ignore).Count | Should -BeLessThan 500 }
    }
}
