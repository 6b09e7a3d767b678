# Enumerates the module: a new cmdlet without help, three examples, defaults, an output type, a view or completion fails here.
BeforeDiscovery {
    . $PSScriptRoot/Support.ps1
    $commands = Get-Command -Module FlywheelDicom
    $topics = '', '_Reports', '_Recovery', '_Tls', '_Scheduling', '_Flywheel' | ForEach-Object { "about_FlywheelDicom$_" }
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    $common = [Management.Automation.Cmdlet]::CommonParameters + 'WhatIf', 'Confirm'

    # What cannot be completed: free text, numbers, and objects of the pipeline.
    $free = 'Identifier', 'Value', 'InputObject', 'Filter', 'FileName', 'ApiKey', 'KeyPassword', 'TlsServerName', 'Certificate', 'CallingAE', 'AETitle'

    function Get-OwnParameter($Command) { $Command.Parameters.Values | Where-Object Name -NotIn $common }

    # Completed by PowerShell itself: enums, sets, switches, and paths.
    function Test-CompletesByItself($Parameter) {
        $type = $Parameter.ParameterType.IsArray ? $Parameter.ParameterType.GetElementType() : $Parameter.ParameterType
        $type = [Nullable]::GetUnderlyingType($type) ?? $type
        $Parameter.SwitchParameter -or $type.IsEnum -or ($Parameter.Attributes | Where-Object { $_ -is [ValidateSet] }) -or $Parameter.Name -match 'Path$|Directory$'
    }

    function Test-IsNumber($Parameter) { $Parameter.ParameterType -in [int], [long], [int[]], [double], [uint] -and $Parameter.Name -notmatch '^(Port|Group)$' }
}

Describe 'The help of <_.Name>' -ForEach $commands {
    BeforeAll {
        $command = $_
        $help = Get-Help $command.Name -Full
        $page = Get-Content (Join-Path $repo "docs/cmdlets/$($command.Name).md") -Raw
    }

    It 'says in one sentence what it does, and then more' {
        $help.Synopsis | Should -Match '^[A-Z].*\.$'
        $help.Description.Text | Should -Not -BeNullOrEmpty
    }

    It 'has three examples at least, each with words' {
        $examples = @($help.Examples.Example)
        $examples.Count | Should -BeGreaterOrEqual 3
        foreach ($example in $examples) { "$($example.Remarks.Text)".Trim() | Should -Not -BeNullOrEmpty -Because $example.Code }
    }

    It 'describes every parameter, -WhatIf and -Confirm too, with its default' {
        foreach ($parameter in @(Get-OwnParameter $command) + @($command.Parameters['WhatIf', 'Confirm'] | Where-Object { $_ })) {
            $described = $help.Parameters.Parameter | Where-Object Name -EQ $parameter.Name
            $described.Description.Text | Should -Not -BeNullOrEmpty -Because "-$($parameter.Name) is a parameter"
            $described.DefaultValue | Should -Not -BeNullOrEmpty -Because "-$($parameter.Name) has a default"
        }
    }

    It 'says on its page the default of each parameter that has one' {
        $cmdlet = [Activator]::CreateInstance($command.ImplementingType)
        foreach ($parameter in Get-OwnParameter $command | Where-Object { -not $_.SwitchParameter -and $_.ParameterSets.Values.IsMandatory -notcontains $true }) {
            $value = "$(@($cmdlet.GetType().GetProperty($parameter.Name).GetValue($cmdlet)) -join ', ')"
            if ($value -in '', '0') { continue }
            $line = $page -split '\r?\n' | Where-Object { $_.StartsWith("- ``-$($parameter.Name)``:") }
            "$line" | Should -Match 'Default: .+\.$' -Because "-$($parameter.Name) is $value where it is not given"
        }
        $cmdlet.Dispose()
    }

    It 'says what goes in, what comes out, and where to read on' {
        $help.inputTypes.inputType.type.name | Should -Not -BeNullOrEmpty
        $help.returnValues.returnValue.type.name | Should -Not -BeNullOrEmpty
        $links = @($help.relatedLinks.navigationLink.linkText)
        $links.Count | Should -BeGreaterThan 1
        foreach ($link in $links | Where-Object { $_ -ne 'Online version' }) { Get-Help $link -ErrorAction Ignore | Should -Not -BeNullOrEmpty -Because "$link is linked" }
    }

    It 'declares what it puts out, and there is a view for it' {
        foreach ($type in $command.OutputType.Type | Where-Object Namespace -EQ FlywheelDicom) { Get-FormatData $type.FullName | Should -Not -BeNullOrEmpty -Because "$type is put out" }
        if ($command.Verb -notin 'Disconnect', 'Stop', 'Unregister') { $command.OutputType | Should -Not -BeNullOrEmpty }
    }

    It 'completes whatever is finite or can be known' {
        foreach ($parameter in Get-OwnParameter $command) {
            if ((Test-CompletesByItself $parameter) -or (Test-IsNumber $parameter) -or $parameter.Name -in $free -or $parameter.Name -match '^(Project|Subject|Session|Acquisition|Analysis)Id$') { continue }
            $parameter.Attributes | Where-Object { $_ -is [ArgumentCompleter] } | Should -Not -BeNullOrEmpty -Because "-$($parameter.Name) of $($command.Name) could be completed"
        }
    }

    It 'has a verb that is approved and a noun in the singular' {
        (Get-Verb).Verb | Should -Contain $command.Verb
        $command.Noun | Should -Not -Match '[^s]s$'
    }
}

Describe 'A topic of the help' {
    It '<_> is found, in lines that fit a terminal' -ForEach $topics {
        $text = Get-Help $_ | Out-String -Width 200
        $text | Should -Match '(?s)SHORT DESCRIPTION.*LONG DESCRIPTION.*SEE ALSO'
        ($text -split '\r?\n' | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
    }

    It 'speaks of cmdlets and parameters that exist' {
        $all = Get-Command -Module FlywheelDicom
        $parameters = $all.Parameters.Keys | Sort-Object -Unique
        foreach ($file in Get-ChildItem (Join-Path $repo module/en-US) -Filter about_*.txt) {
            $text = Get-Content $file -Raw
            foreach ($match in [regex]::Matches($text, '\b[A-Z][a-z]+-(?:Dicom|Fw)\w+')) { $all.Name | Should -Contain $match.Value -Because $file.Name }
            foreach ($match in [regex]::Matches($text, 'about_FlywheelDicom\w*')) { Join-Path $repo "module/en-US/$($match.Value).help.txt" | Should -Exist -Because $file.Name }
            foreach ($line in $text -split '\r?\n' | Where-Object { $_ -match '\b(Send|Get|Register|Test|Start|Export|Connect|Request|Confirm)-(Dicom|Fw)' }) {
                foreach ($match in [regex]::Matches($line, '(?<= )-([A-Z]\w+)')) {
                    if ($match.Groups[1].Value -cin 'ErrorAction', 'EQ', 'NE', 'AsSecureString') { continue }
                    $parameters | Should -Contain $match.Groups[1].Value -Because "$($file.Name): $line"
                }
            }
        }
    }
}

Describe 'Get-Help -Online' {
    It 'goes to the project''s page once there is an address' {
        $copy = Join-Path (New-TestFolder) FlywheelDicom
        Copy-Item (Join-Path $repo output/FlywheelDicom) $copy -Recurse
        # In a process of its own: one process has one copy of the module.
        & dotnet (Join-Path $PSHOME pwsh.dll) -NoProfile -File (Join-Path $repo eng/New-ModuleHelp.ps1) -ModulePath $copy -DocsPath (Join-Path $repo docs/cmdlets) -ProjectUri https://example.org/dicom/
        $help = [xml](Get-Content (Join-Path $copy en-US/FlywheelDicom.Cmdlets.dll-Help.xml) -Raw)
        $uri = $help.helpItems.command | Where-Object { $_.details.name -eq 'Send-DicomStore' } | ForEach-Object { @($_.relatedLinks.navigationLink)[0].uri }
        $uri | Should -Be https://example.org/dicom/blob/main/docs/cmdlets/Send-DicomStore.md
        Remove-Item (Split-Path $copy) -Recurse
    }

    It 'says so as long as there is none' {
        { Get-Help Send-DicomStore -Online } | Should -Throw '*online*'
    }
}
