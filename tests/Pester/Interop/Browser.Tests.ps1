BeforeDiscovery {
    . $PSScriptRoot/../Support.ps1
    $hasBrowser = [bool](Find-Peer chromium)
}

BeforeAll { . $PSScriptRoot/../Support.ps1 }

Describe 'The report in Chromium' -Skip:(-not $hasBrowser) {
    BeforeAll {
        $folder = New-TestFolder
        $study = (New-Item (Join-Path $folder study) -ItemType Directory).FullName
        foreach ($n in 1..6) { New-TestDicom (Join-Path $study "$n.dcm") $n @{ Series = [int](1 + $n % 2) } }
        # A name that would be markup.
        $odd = $IsWindows ? 'a&b.dcm' : '<b onclick=x>&amp;.dcm'
        [IO.File]::WriteAllBytes((Join-Path $study $odd), [IO.File]::ReadAllBytes((Join-Path $study 1.dcm))[0..600])
        $receiver = Start-DicomReceiver -Discard -AETitle ARCHIVE
        $report = Get-DicomFile $study -ErrorAction Ignore | Add-FwSendTag | Send-DicomStore $receiver -ErrorAction Ignore | Export-FwSendReport -Path (Join-Path $folder report.csv) -Html

        # What the browser made of the page, and what it logged. Any address but the file's own would be looked up at a proxy that is none.
        function Open-Page([string] $Path, [string[]] $Option) {
            $log = Join-Path $folder "log-$([guid]::NewGuid().ToString('N'))"
            $options = '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--enable-logging=stderr', '--v=0', '--no-first-run', '--disable-background-networking',
                "--user-data-dir=$(Join-Path $folder profile)", '--proxy-server=127.0.0.1:9', "--log-net-log=$(Join-Path $folder net.json)"
            $output = & (Find-Peer chromium) @options @Option ([uri]$Path).AbsoluteUri 2>$log
            [pscustomobject]@{ Dom = $output -join "`n"; Log = Get-Content $log -Raw; Net = Get-Content (Join-Path $folder net.json) -Raw }
        }
        $page = Open-Page $report.HtmlPath '--dump-dom'
    }

    AfterAll {
        Get-DicomReceiver | Stop-DicomReceiver
        Remove-Item $folder -Recurse -Force
    }

    It 'shows the totals' {
        $page.Dom | Should -Match '<h1>6 of 7 images were sent, 1 failed</h1>'
        $page.Dom | Should -Match '(?s)<tfoot>.*Total.*>7<.*>6<.*>1<.*</tfoot>'
        [regex]::Matches($page.Dom, '<th scope="rowgroup"').Count | Should -BeGreaterThan 1
    }

    It 'has no text that became markup' {
        $page.Dom | Should -Not -Match '<b[ >]'
        if (-not $IsWindows) { $page.Dom | Should -Match ([regex]::Escape('&lt;b onclick=x&gt;&amp;amp;.dcm')) }
    }

    It 'makes no request and logs no error' {
        $page.Log | Should -Not -Match 'CONSOLE'
        # A page that asks for something is seen: this one does.
        $page.Net | Should -Not -Match 'elsewhere\.example'
        $asking = Join-Path $folder asking.html
        Set-Content $asking '<!DOCTYPE html><title>x</title><img src="http://elsewhere.example/x.png" alt=""><script>console.error("told")</script>'
        $other = Open-Page $asking '--dump-dom'
        $other.Net | Should -Match 'elsewhere\.example'
        $other.Log | Should -Match 'CONSOLE.*told'
        $addresses = [regex]::Matches($page.Net, '"url":"(https?://[^"]+)"').ForEach{ $_.Groups[1].Value } | Sort-Object -Unique
        $own = [regex]::Matches($other.Net, '"url":"(https?://[^"]+)"').ForEach{ $_.Groups[1].Value } | Where-Object { $_ -notlike '*elsewhere.example*' } | Sort-Object -Unique
        # The browser's own calls home are there with any page.
        $addresses | Where-Object { $_ -notin $own -and $_ -notmatch 'google|gvt1' } | Should -BeNullOrEmpty
    }

    It 'is drawn' {
        $picture = Join-Path $folder report.png
        $null = Open-Page $report.HtmlPath "--screenshot=$picture", '--window-size=1000,1400'
        [IO.File]::ReadAllBytes($picture)[1..3] | Should -Be 0x50, 0x4E, 0x47
        (Get-Item $picture).Length | Should -BeGreaterThan 20000
    }
}
