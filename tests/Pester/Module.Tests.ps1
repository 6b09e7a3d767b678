BeforeDiscovery {
    . $PSScriptRoot/Support.ps1
    $commands = Get-Command -Module FlywheelDicom
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    $documented = (Get-ChildItem (Join-Path $repo 'docs/cmdlets') -Filter *.md).BaseName | Sort-Object
}

Describe 'The module' {
    It 'exports the cmdlets that are documented and nothing else' {
        (Get-Command -Module FlywheelDicom).Name | Sort-Object | Should -Be $documented
    }

    It 'has a manifest that is valid' { (Test-ModuleManifest (Join-Path $repo 'output/FlywheelDicom/FlywheelDicom.psd1')).Version | Should -Not -BeNullOrEmpty }

    It 'keeps its packages in a load context of its own' {
        $null = Get-DicomFile (Join-Path $repo 'README.md') -ErrorAction Ignore
        $contexts = [Runtime.Loader.AssemblyLoadContext]::All
        $own = $contexts | Where-Object Name -EQ 'FlywheelDicom'
        $own.Assemblies.GetName().Name | Should -Contain 'FlywheelDicom.Transfer'
        [Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.GetName().Name | Should -Not -Contain 'FlywheelDicom.Transfer'
        [Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.GetName().Name | Should -Not -Contain 'SharpCompress'
    }

    It 'resolves its types by name' {
        [FlywheelDicom.DicomFile].Assembly.GetName().Name | Should -Be 'FlywheelDicom.Dicom'
        [FlywheelDicom.DicomTag]::Parse('PatientName').ToString() | Should -Be '(0010,0010)'
    }

    It 'has a format view for what it puts out' -ForEach @(
        'DicomFile', 'DicomSendResult', 'DicomDestination', 'DicomEchoResult', 'DicomReceiver', 'FwSendReport', 'FwSendReportRow', 'DicomElement', 'FwInstance', 'FwSession', 'DicomTlsSession', 'DicomSendJournalEntry', 'DicomSeriesSummary', 'DicomSaveSummary' | ForEach-Object { @{ Type = $_ } }
    ) { Get-FormatData "FlywheelDicom.$Type" | Should -Not -BeNullOrEmpty }

    It '<_.Name> has help with a synopsis, described parameters and examples' -ForEach $commands {
        $help = Get-Help $_.Name -Full
        $help.Synopsis | Should -Not -Match ([regex]::Escape("$($_.Name) ["))
        $help.Description.Text | Should -Not -BeNullOrEmpty
        @($help.Examples.Example).Count | Should -BeGreaterThan 0
        $common = [Management.Automation.Cmdlet]::CommonParameters + [Management.Automation.Cmdlet]::OptionalCommonParameters
        foreach ($name in $_.Parameters.Keys | Where-Object { $_ -notin $common }) {
            $described = $help.Parameters.Parameter | Where-Object Name -EQ $name
            $described.Description.Text | Should -Not -BeNullOrEmpty -Because "-$name is a parameter"
        }
    }

    It 'can be imported again by force' {
        { Import-Module (Join-Path $repo 'output/FlywheelDicom/FlywheelDicom.psd1') -Force } | Should -Not -Throw
        (Get-Command -Module FlywheelDicom).Name | Sort-Object | Should -Be $documented
    }
}

Describe 'The package' {
    It 'installs from a folder that is a repository' {
        $folder = New-TestFolder
        $package = & (Join-Path $repo 'eng/New-Package.ps1') -ModulePath (Join-Path $repo 'output/FlywheelDicom') -OutputPath $folder
        $package | Should -Exist
        $name = "FlywheelDicomTest$PID"
        Register-PSResourceRepository -Name $name -Uri (Split-Path $package) -Trusted
        try { Save-PSResource FlywheelDicom -Repository $name -Path $folder } finally { Unregister-PSResourceRepository -Name $name }
        $manifest = Get-ChildItem (Join-Path $folder FlywheelDicom) -Recurse -Filter FlywheelDicom.psd1
        (Test-ModuleManifest $manifest.FullName).ExportedCmdlets.Keys | Sort-Object | Should -Be $documented
        Remove-Item $folder -Recurse
    }
}
