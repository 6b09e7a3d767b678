# Archives as their own tools make them: what is found is what the tool was given, and what the tool refuses is not complete.
BeforeDiscovery {
    . $PSScriptRoot/../Support.ps1
    $tools = 'tar', 'gzip', 'xz', 'bzip2', 'zstd', '7z' | Where-Object { -not (Find-Peer $_) }
    $python = Find-Pydicom
}

BeforeAll {
    . $PSScriptRoot/../Support.ps1
    $python = Find-Pydicom
    $folder = New-TestFolder
    $images = Join-Path $folder images
    $null = New-Item $images -ItemType Directory
    foreach ($n in 1..6) { New-TestDicom (Join-Path $images "im$n.dcm") $n @{ Rows = 96; Columns = 96 } }

    function Get-Hashes { @(Get-ChildItem $images -File | Sort-Object Name | ForEach-Object { (Get-FileHash $_).Hash }) }
    function Get-Found([string] $Path) {
        $files = @(Get-DicomFile $Path -WarningAction Ignore -ErrorAction SilentlyContinue)
        $files | Where-Object { $_.Problem } | ForEach-Object { "$($_.Name): $($_.Problem)" }
        $files | Where-Object { -not $_.Problem } | ForEach-Object { (Get-FileHash -InputStream $_.OpenRead()).Hash }
    }
}

AfterAll { Remove-Item $folder -Recurse }

Describe 'Archives of their own tools' -Skip:([bool]$tools) {
    It 'finds in <name> what was put there' -ForEach @(
        @{ name = 'gnu.tar'; make = { tar --format=gnu -cf $args[0] -C $images . } }
        @{ name = 'v7.tar'; make = { tar --format=v7 -cf $args[0] -C $images . } }
        @{ name = 'ustar.tar.gz'; make = { tar --format=ustar -czf $args[0] -C $images . } }
        @{ name = 'pax.tar.bz2'; make = { tar --format=pax -cjf $args[0] -C $images . } }
        @{ name = 'posix.tar.xz'; make = { tar --format=posix -cJf $args[0] -C $images . } }
        @{ name = 'blocks.tar.xz'; make = { tar -cf "$($args[0]).tar" -C $images .; xz -T2 --block-size=20000 --check=sha256 -c "$($args[0]).tar" > $args[0] } }
        @{ name = 'crc32.tar.xz'; make = { tar -cf "$($args[0]).tar" -C $images .; xz --check=crc32 -c "$($args[0]).tar" > $args[0] } }
        @{ name = 'gnu.tar.zst'; make = { tar -cf "$($args[0]).tar" -C $images .; zstd -q "$($args[0]).tar" -o $args[0] } }
        @{ name = 'lzma2.7z'; make = { 7z a -bd $args[0] "$images/*" } }
        @{ name = 'deflate.zip'; make = { 7z a -bd -tzip $args[0] "$images/*" } }
        @{ name = 'deflate64.zip'; make = { 7z a -bd -tzip -mm=Deflate64 $args[0] "$images/*" } }
        @{ name = 'bzip2.zip'; make = { 7z a -bd -tzip -mm=BZip2 $args[0] "$images/*" } }
        @{ name = 'lzma.zip'; make = { 7z a -bd -tzip -mm=LZMA $args[0] "$images/*" } }
    ) {
        $path = Join-Path $folder $name
        $null = & $make $path
        Get-Found $path | Sort-Object | Should -Be (Get-Hashes | Sort-Object)
    }

    It 'reads sparse files as tar writes them in <_>' -ForEach '--format=gnu', '--format=pax --sparse-version=0.0', '--format=pax --sparse-version=0.1', '--format=pax --sparse-version=1.0' {
        $holed = New-TestFolder
        foreach ($n in 1, 2) {
            $file = Join-Path $holed "h$n.dcm"
            New-TestDicom $file $n @{ Rows = 500; Columns = 500 }
            # Zeros of whole blocks inside the pixels, and then as holes.
            $stream = [IO.File]::OpenWrite($file)
            $stream.Position = 65536 * $n
            $stream.Write([byte[]]::new(131072 + 4096 * $n))
            $stream.Dispose()
            cp --sparse=always $file "$file.s"
            Move-Item "$file.s" $file -Force
        }
        $path = Join-Path $folder sparse.tar
        $arguments = -split $_
        tar -S @arguments -cf $path -C $holed h1.dcm h2.dcm
        Get-Found $path | Should -Be @(Get-ChildItem $holed | Sort-Object Name | ForEach-Object { (Get-FileHash $_).Hash })
        gzip -f $path
        Get-Found "$path.gz" | Should -Be @(Get-ChildItem $holed | Sort-Object Name | ForEach-Object { (Get-FileHash $_).Hash })
        Remove-Item $holed -Recurse
    }

    It 'names the method of a 7z that is not supported' {
        $path = Join-Path $folder deflate64.7z
        $null = 7z a -bd -m0=Deflate64 $path "$images/*"
        $found = Get-DicomFile $path -ErrorVariable problem -ErrorAction SilentlyContinue
        $found.Problem | Should -Match 'not supported: Deflate64'
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ArchiveNotSupported*'
        $problem[0].CategoryInfo.Category | Should -Be NotImplemented
    }

    It 'calls <name> encrypted' -ForEach @(
        @{ name = 'secret.7z'; how = '-t7z', '-ppass' }
        @{ name = 'hidden.7z'; how = '-t7z', '-ppass', '-mhe' }
        @{ name = 'zipcrypto.zip'; how = '-tzip', '-ppass', '-mem=ZipCrypto' }
        @{ name = 'aes.zip'; how = '-tzip', '-ppass', '-mem=AES256' }
    ) {
        $path = Join-Path $folder $name
        $null = 7z a -bd @how $path "$images/*"
        $found = @(Get-DicomFile $path -ErrorVariable problem -ErrorAction SilentlyContinue)
        $found.ProblemDetail.Id | Should -Be 'ArchiveEncrypted'
        "$problem" | Should -Match ([regex]::Escape($name))
    }

    It 'calls the parts of a split archive what they are, in a folder too' {
        $parts = (New-Item (Join-Path $folder parts) -ItemType Directory).FullName
        Copy-Item (Join-Path $images im1.dcm) $parts
        $null = 7z a -bd -v20k -mx0 (Join-Path $parts split.7z) "$images/*"
        $null = 7z a -bd -v20k -mx0 -tzip (Join-Path $parts split.zip) "$images/*"
        $count = @(Get-ChildItem $parts -Filter split.*).Count
        $count | Should -BeGreaterThan 6
        $found = @(Get-DicomFile $parts -ErrorAction SilentlyContinue)
        @($found | Where-Object { -not $_.Problem }).Count | Should -Be 1
        $found.ProblemDetail.Id | Where-Object { $_ } | Should -Be (@('ArchiveNotSupported') * $count)
    }

    It 'warns of a tar without an end' {
        $path = Join-Path $folder cut.tar
        tar -cf $path -b 1 -C $images .
        $whole = [IO.File]::ReadAllBytes($path)
        [IO.File]::WriteAllBytes($path, $whole[0..($whole.Length - 1025)])
        $found = @(Get-DicomFile $path -WarningVariable warned -WarningAction SilentlyContinue)
        $found.Count | Should -Be 6
        "$warned" | Should -Match 'cut\.tar.*no end'
    }

    It 'finds as much damage as <tool> does' -ForEach @(
        @{ tool = 'gzip'; packed = 'damaged.tar.gz'; pack = { gzip -c $args[0] > $args[1] }; test = { gzip -t $args[0] } }
        @{ tool = 'xz'; packed = 'damaged.tar.xz'; pack = { xz -c $args[0] > $args[1] }; test = { xz -t $args[0] } }
        @{ tool = 'bzip2'; packed = 'damaged.tar.bz2'; pack = { bzip2 -c $args[0] > $args[1] }; test = { bzip2 -t $args[0] } }
        @{ tool = 'zstd'; packed = 'damaged.tar.zst'; pack = { zstd -q -f $args[0] -o $args[1] }; test = { zstd -q -t $args[0] } }
    ) {
        $tar = Join-Path $folder damage.tar
        tar -cf $tar -C $images .
        $path = Join-Path $folder $packed
        & $pack $tar $path
        $whole = [IO.File]::ReadAllBytes($path)
        $random = [Random]::new(7)
        foreach ($round in 1..25) {
            $bytes = [byte[]]$whole.Clone()
            if ($round % 5 -eq 0) { $bytes = $bytes[0..($bytes.Length - 1 - $random.Next(1, 200))] }
            else { $at = $random.Next($bytes.Length); $bytes[$at] = $bytes[$at] -bxor (1 -shl $random.Next(8)) }
            [IO.File]::WriteAllBytes($path, $bytes)
            & $test $path 2>&1 | Out-Null
            if ($LASTEXITCODE -eq 0) { continue }
            $problems = @(Get-DicomFile $path -ErrorAction SilentlyContinue -WarningAction Ignore | Where-Object Problem)
            $problems.Count | Should -BeGreaterThan 0 -Because "$tool refuses round $round"
        }
    }
}

Describe 'Archives of Python' -Skip:(-not $python) {
    It 'lists 200 random ones as Python does' {
        @'
import hashlib, io, os, random, sys, tarfile, zipfile
random.seed(11)
folder, images = sys.argv[1], [open(os.path.join(sys.argv[2], n), "rb").read() for n in sorted(os.listdir(sys.argv[2]))]
for round in range(200):
    name = os.path.join(folder, "r%03d" % round)
    entries = [("%s/%d%s" % (random.choice(["a", "b" * random.choice([1, 90, 140]), "\u00fc", "../x", "/abs"]), i, random.choice(["", ".dcm", ".IMA"])),
                random.choice(images + [b"notes", b"x" * 511, b"y" * 513])) for i in range(random.randint(1, 7))]
    entries = [(n, c) if len(c) > 600 else ("notes%d.txt" % i, c) for i, (n, c) in enumerate(entries)]
    if not any(len(c) > 600 for n, c in entries): entries.append(("last", images[0]))
    kind = random.randrange(3)
    if kind == 0:
        with zipfile.ZipFile(name, "w", random.choice([0, 8, 12, 14])) as z:
            if random.random() < .3: z.comment = b"c" * random.randint(1, 999)
            for n, c in entries: z.writestr(n, c, compress_type=random.choice([None, None, 0, 8, 12, 14]))
        if random.random() < .3:
            body = open(name, "rb").read()
            open(name, "wb").write(os.urandom(random.randint(1, 999)) + body)
        with zipfile.ZipFile(name) as z: listed = [(i.filename, z.read(i)) for i in z.infolist()]
    else:
        mode = random.choice(["w", "w:gz", "w:bz2", "w:xz"])
        with tarfile.open(name, mode, format=random.choice([0, 1, 2]), encoding="utf-8") as t:
            for n, c in entries:
                i = tarfile.TarInfo(n if len(n.encode()) < 100 else "short%d" % random.randrange(10**6) if t.format == 0 else n)
                i.size, i.mtime = len(c), random.choice([0, 1, 2**31, 2**33 - 1])
                t.addfile(i, io.BytesIO(c))
                if random.random() < .2:
                    d = tarfile.TarInfo("dir%d" % random.randrange(99)); d.type = tarfile.DIRTYPE; t.addfile(d)
                if random.random() < .2:
                    d = tarfile.TarInfo("link%d" % random.randrange(99)); d.type = tarfile.SYMTYPE; d.linkname = n; t.addfile(d)
        with tarfile.open(name) as t: listed = [(m.name, t.extractfile(m).read()) for m in t.getmembers() if m.isreg()]
    for n, c in listed:
        if len(c) > 600: print("%s\t%s" % (os.path.basename(name), hashlib.sha256(c).hexdigest().upper()))
'@ | Set-Content (Join-Path $folder make.py)
        $archives = Join-Path $folder random
        $null = New-Item $archives -ItemType Directory
        $expected = & $python (Join-Path $folder make.py) $archives $images
        $LASTEXITCODE | Should -Be 0
        $found = foreach ($file in Get-DicomFile $archives -ErrorAction SilentlyContinue) {
            if ($file.Problem) { "$($file.Name): $($file.Problem)" }
            else { "$($file.Origin.FileName)`t$((Get-FileHash -InputStream $file.OpenRead()).Hash)" }
        }
        $found | Should -Be $expected
    }
}
