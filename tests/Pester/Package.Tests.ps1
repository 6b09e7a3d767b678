BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    $module = Join-Path $repo output/FlywheelDicom

    # A copy of the module that calls itself another version.
    function New-ModuleCopy([string] $Name, [string] $Version) {
        $copy = Join-Path (New-Item (Join-Path $folder $Name) -ItemType Directory -Force).FullName FlywheelDicom
        Copy-Item $module $copy -Recurse
        $manifest = Join-Path $copy FlywheelDicom.psd1
        (Get-Content $manifest -Raw) -replace "(ModuleVersion\s*=\s*)'[^']+'", "`$1'$Version'" | Set-Content $manifest -NoNewline
        $copy
    }

    # PowerShell for a user who has nothing: no modules and no repositories of his own. What it wrote, in lines.
    function Invoke-Fresh([string] $Script) {
        $info = [Diagnostics.ProcessStartInfo]::new((Get-Command dotnet -CommandType Application | Select-Object -First 1).Source)
        foreach ($argument in (Join-Path $PSHOME pwsh.dll), '-NoProfile', '-NonInteractive', '-Command', "`$PSStyle.OutputRendering = 'PlainText'; `$ProgressPreference = 'SilentlyContinue'; $Script") { $info.ArgumentList.Add($argument) }
        foreach ($name in 'PSModulePath', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME') { $null = $info.Environment.Remove($name) }
        $info.Environment['HOME'] = $info.Environment['USERPROFILE'] = $info.Environment['LOCALAPPDATA'] = $info.Environment['DOTNET_CLI_HOME'] = (New-Item (Join-Path $folder home) -ItemType Directory -Force).FullName
        $info.Environment['POWERSHELL_TELEMETRY_OPTOUT'] = '1'
        $info.RedirectStandardOutput = $info.RedirectStandardError = $true
        $process = [Diagnostics.Process]::Start($info)
        $errors = $process.StandardError.ReadToEndAsync()
        $text = $process.StandardOutput.ReadToEnd() + $errors.Result
        $process.WaitForExit()
        @($text -split '\r?\n' | Where-Object { $_ })
    }
}

AfterAll { Remove-Item $folder -Recurse -Force }

Describe 'What the package says of itself' {
    It 'comes from the build''s properties and the changelog' {
        $data = (Import-PowerShellDataFile (Join-Path $module FlywheelDicom.psd1)).PrivateData.PSData
        $data.Tags | Should -Contain DICOM
        $data.LicenseUri | Should -BeLike 'https://*'
        $data.ReleaseNotes | Should -Not -BeNullOrEmpty
        # No address that is not there.
        foreach ($name in 'ProjectUri', 'IconUri') { if ($data.ContainsKey($name)) { $data.$name | Should -BeLike 'https://*' } }
    }

    It 'has the addresses that the properties give, and the version''s own notes' {
        $copy = New-ModuleCopy addresses 0.1.0
        Copy-Item (Join-Path $repo module/FlywheelDicom.psd1) $copy -Force
        $properties = Join-Path $folder build.props
        (Get-Content (Join-Path $repo Directory.Build.props) -Raw).Replace('<ModuleProjectUri></ModuleProjectUri>', '<ModuleProjectUri>https://example.org/dicom</ModuleProjectUri>') | Set-Content $properties
        $version = (Import-PowerShellDataFile (Join-Path $copy FlywheelDicom.psd1)).ModuleVersion
        $changelog = Join-Path $folder CHANGELOG.md
        "# Changelog`n`n## Unreleased`n`n- later`n`n## $version`n`n- It's new.`n`n## 0.0.1`n`n- old" | Set-Content $changelog
        & (Join-Path $repo eng/Set-ManifestData.ps1) -ModulePath $copy -PropertiesPath $properties -ChangelogPath $changelog
        $data = (Import-PowerShellDataFile (Join-Path $copy FlywheelDicom.psd1)).PrivateData.PSData
        $data.ProjectUri | Should -Be https://example.org/dicom
        $data.ContainsKey('IconUri') | Should -BeFalse
        $data.ReleaseNotes | Should -Be "- It's new."
    }

    It 'has an icon in it' {
        $package = & (Join-Path $repo eng/New-Package.ps1) -ModulePath (New-ModuleCopy icon 0.1.0) -OutputPath (Join-Path $folder icon)
        $zip = [IO.Compression.ZipFile]::OpenRead($package)
        try {
            $zip.GetEntry('icon.png').Length | Should -BeGreaterThan 100
            $reader = [IO.StreamReader]::new($zip.GetEntry('FlywheelDicom.nuspec').Open())
            $nuspec = [xml]$reader.ReadToEnd()
            $reader.Dispose()
            $nuspec.package.metadata.icon | Should -Be icon.png
            $nuspec.package.metadata.tags | Should -BeLike '*DICOM*'
        } finally { $zip.Dispose() }
    }
}

Describe 'The package, for a user who has nothing yet' {
    BeforeAll {
        $feed = (New-Item (Join-Path $folder feed) -ItemType Directory).FullName
        foreach ($version in '0.1.0', '0.1.1') {
            $package = & (Join-Path $repo eng/New-Package.ps1) -ModulePath (New-ModuleCopy "v$version" $version) -OutputPath (Join-Path $folder "p$version")
            Copy-Item $package $feed
        }
        $show = '"version: $((Get-Command Get-DicomReceiver -ErrorAction Ignore).Version)"; if (Get-Command Get-DicomReceiver -ErrorAction Ignore) { Get-DicomReceiver; "loaded: $((Get-Module FlywheelDicom).Version)" }'
    }

    It 'installs, loads itself at the first command, updates and goes' {
        Invoke-Fresh $show | Should -Be 'version: '
        Invoke-Fresh "Register-PSResourceRepository Local -Uri '$feed' -Trusted; Install-PSResource FlywheelDicom -Version 0.1.0 -Repository Local" | Should -BeNullOrEmpty
        Invoke-Fresh $show | Should -Be 'version: 0.1.0', 'loaded: 0.1.0'
        Invoke-Fresh 'Get-Help about_FlywheelDicom | Select-Object -First 1; (Get-Help Send-DicomStore).Synopsis' | Should -Contain 'Sends instances to a DICOM server (C-STORE).'
        Invoke-Fresh 'Update-PSResource FlywheelDicom -Repository Local' | Should -BeNullOrEmpty
        Invoke-Fresh $show | Should -Be 'version: 0.1.1', 'loaded: 0.1.1'
        Invoke-Fresh "Uninstall-PSResource FlywheelDicom -Version '*'" | Should -BeNullOrEmpty
        Invoke-Fresh $show | Should -Be 'version: '
    }
}

Describe 'A second copy in one process' {
    It 'is refused with words, and the first goes on: <what>' -ForEach @(
        @{ what = 'an exact copy elsewhere'; version = '' }
        @{ what = 'another version of another build'; version = '0.1.1' }
    ) {
        $second = New-ModuleCopy "second$version" ($version ? $version : '0.1.0')
        if ($version) {
            # Another build: the engine's assembly has the same name and other content.
            $path = Join-Path $second FlywheelDicom.Dicom.dll
            $bytes = [IO.File]::ReadAllBytes($path)
            $mvid = [Reflection.Metadata.PEReaderExtensions]::GetMetadataReader(($pe = [Reflection.PortableExecutable.PEReader]::new([Collections.Immutable.ImmutableArray]::Create($bytes))))
            $id = $mvid.GetGuid($mvid.GetModuleDefinition().Mvid).ToByteArray()
            $pe.Dispose()
            $at = [Text.Encoding]::Latin1.GetString($bytes).IndexOf([Text.Encoding]::Latin1.GetString($id), [StringComparison]::Ordinal)
            $bytes[$at] = $bytes[$at] -bxor 1
            [IO.File]::WriteAllBytes($path, $bytes)
        }
        $lines = Invoke-Fresh "Import-Module '$module/FlywheelDicom.psd1'; try { Import-Module '$second/FlywheelDicom.psd1' -ErrorAction Stop; 'imported' } catch { 'refused' }; Get-DicomReceiver; (Get-Module FlywheelDicom).ModuleBase"
        $text = $lines -join ' '
        $text | Should -Match ([regex]::Escape("from '$module', and one process has one copy of the module. To use the other copy, start a new PowerShell session and import it there."))
        $text | Should -Match 'WARNING: This process has FlywheelDicom \d+\.\d+\.\d+ '
        $lines | Should -Contain refused
        $lines[-1] | Should -Be $module
        ([regex]::Matches($text, 'one copy of the module')).Count | Should -Be 1
    }

    It 'is not what importing by force is' {
        Invoke-Fresh "Import-Module '$module/FlywheelDicom.psd1'; Import-Module '$module/FlywheelDicom.psd1' -Force; (Get-Command -Module FlywheelDicom).Count -gt 10" | Should -Be True
    }
}
