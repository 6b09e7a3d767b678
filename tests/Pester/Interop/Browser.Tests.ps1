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

        # What the browser made of the page, and what it logged. The page's own policy forbids all requests; one that is tried is logged.
        function Open-Page([string] $Path, [string[]] $Option) {
            $log = Join-Path $folder "log-$([guid]::NewGuid().ToString('N'))"
            $options = @('--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--enable-logging=stderr', '--v=0', '--no-first-run',
                '--disable-background-networking', "--user-data-dir=$(Join-Path $folder profile)") + $Option + [uri]::new($Path).AbsoluteUri
            $output = & (Find-Peer chromium) @options 2>$log
            [pscustomobject]@{ Dom = $output -join "`n"; Log = Get-Content $log -Raw }
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
        # The same page with a picture from elsewhere: that is seen.
        $asking = Join-Path $folder asking.html
        (Get-Content $report.HtmlPath -Raw).Replace('</main>', '<img src="https://elsewhere.example/x.png" alt=""/></main>') | Set-Content $asking
        (Open-Page $asking '--dump-dom').Log | Should -Match 'CONSOLE.*Content Security Policy'
    }

    It 'is drawn' {
        $picture = Join-Path $folder report.png
        $null = Open-Page $report.HtmlPath "--screenshot=$picture", '--window-size=1000,1400'
        [IO.File]::ReadAllBytes($picture)[1..3] | Should -Be 0x50, 0x4E, 0x47
        (Get-Item $picture).Length | Should -BeGreaterThan 20000
    }
}
