# Runs every example of every page in docs/cmdlets as it stands there. Sandbox.ps1 says what its names lead to.
BeforeDiscovery {
    . $PSScriptRoot/Support.ps1
    . $PSScriptRoot/Sandbox.ps1
    $hasOrthanc = [bool](Find-Peer Orthanc)
    $hasOpenssl = [bool](Find-Peer openssl)
    $examples = foreach ($page in Get-ChildItem (Join-Path $repo docs/cmdlets) -Filter *.md) {
        $number = 0
        foreach ($match in [regex]::Matches((Get-Content $page -Raw), '(?ms)^```powershell\r?\n(.*?)^```')) {
            $number++
            @{ page = $page.BaseName; number = $number; code = $match.Groups[1].Value.Trim() }
        }
    }
        # A page may speak of a cmdlet that is yet to come.
    $commands = (Get-Command -Module FlywheelDicom).Name
    $examples = $examples.Where({ -not ([regex]::Matches($_.code, '\b[A-Z][a-z]+-(?:Dicom|Fw)[A-Za-z]+').Value | Where-Object { $_ -notin $commands }) })
    $plain, $needy = $examples.Where({ $_.code -notmatch 'archive\.local|-CertificatePath' -or $_.page -in 'New-DicomDestination', 'Register-DicomDestination' -and $_.code -notmatch 'CertificatePath' }, 'Split')
    $ofTls, $ofOrthanc = $needy.Where({ $_.code -match '-CertificatePath' }, 'Split')
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    . $PSScriptRoot/Sandbox.ps1
    $sandbox = New-Sandbox
    Add-SandboxFlywheel $sandbox

    # Each in a runspace of its own, with the variables and answers that a reader would have. An exit ends the example alone.
    function Invoke-Example([string] $Code) {
        $state = [initialsessionstate]::CreateDefault2()
        $state.ImportPSModule($sandbox.Module)
        $runspace = [runspacefactory]::CreateRunspace($state)
        $runspace.Open()
        $shell = [powershell]::Create($runspace)
        try {
            $null = $shell.AddScript({
                    param($sandbox, $code)
                    Set-Location $sandbox.Folder
                    function global:Read-Host { ConvertTo-SecureString $sandbox.Double.Key -AsPlainText }
                    function global:Get-Secret { $sandbox.Double.Key }
                    $global:sandbox = $sandbox
                    $global:project, $global:subject, $global:session, $global:acquisition = $sandbox.Project, $sandbox.Subject, $sandbox.Session, $sandbox.Acquisition
                    $null = Connect-FwInstance $sandbox.Double.Key -WarningAction Ignore
                }).AddParameters(@($sandbox)).Invoke()
            $shell.Commands.Clear()
            $null = $shell.AddScript($Code)
            $output = $shell.Invoke()
            [pscustomobject]@{ Output = $output; Errors = @($shell.Streams.Error); Text = ($output | Out-String -Width 120) }
        } finally {
            $shell.Dispose()
            $runspace.Dispose()
        }
    }
}

AfterAll { Remove-Sandbox $sandbox }

Describe 'An example of the help' {
    BeforeEach {
        # What an example has registered or removed is as it was for the next.
        Get-DicomDestination TEST, PACS1 -ErrorAction Ignore | Unregister-DicomDestination
        $names = $code -match '^Register-DicomDestination PACS1' ? 'pacs.local', 'TEST1' : 'pacs.local', 'TEST1', 'PACS1'
        foreach ($name in $names) { Register-DicomDestination $name 127.0.0.1 -Port $sandbox.Receiver.Port -CalledAE PACS -Force }
        foreach ($name in 'new.dcm', 'study.csv', 'later.csv', 'received') { Remove-Item (Join-Path $sandbox.Folder $name) -Recurse -ErrorAction Ignore }
        Get-ChildItem (Join-Path $sandbox.Folder out) | Remove-Item -Recurse
        # The journal that a page about journals reads.
        Push-Location $sandbox.Folder
        $journal = Join-Path $sandbox.Folder study.journal.tsv
        if (-not (Test-Path $journal)) { $null = Get-DicomFile ./study -Recurse | Send-DicomStore PACS1 -Journal $journal }
        Pop-Location
    }

    It 'runs as it stands: <page> <number>' -ForEach $plain { (Invoke-Example $code).Errors | Should -BeNullOrEmpty -Because $code }

    Context 'with certificates' -Skip:(-not $hasOpenssl) {
        BeforeAll { Add-SandboxTls $sandbox }
        It 'runs as it stands: <page> <number>' -ForEach $ofTls { (Invoke-Example $code).Errors | Should -BeNullOrEmpty -Because $code }
    }

    Context 'that asks an archive' -Skip:(-not $hasOrthanc) {
        BeforeAll { Add-SandboxOrthanc $sandbox }
        It 'runs as it stands: <page> <number>' -ForEach $ofOrthanc {
            $errors = (Invoke-Example $code).Errors
            # One example asks an archive for what went elsewhere: that it has none of it is what it shows.
            if ($code -match 'Send-DicomStore pacs\.local .*archive\.local') { $errors = $errors | Where-Object FullyQualifiedErrorId -NotLike 'DicomNotCommitted,*' }
            $errors | Should -BeNullOrEmpty -Because $code
        }
    }
}
