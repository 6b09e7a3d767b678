BeforeAll {
    . $PSScriptRoot/Support.ps1
    $assembly = (Get-Command Send-DicomStore).ImplementingType.Assembly
    $page = $assembly.GetType('FlywheelDicom.Cmdlets.DicomErrors')
    $kinds = $page.GetField('s_kinds', 'NonPublic, Static').GetValue($null)
    $sources = Get-ChildItem (Join-Path $repo src) -Recurse -Filter *.cs | Where-Object FullName -NotMatch '[\\/](obj|bin)[\\/]'

    # Every id that the sources can produce: names of enums, constants, and texts where an id is asked for.
    $ids = [Collections.Generic.SortedSet[string]]::new()
    foreach ($name in [Enum]::GetNames([FlywheelDicom.DicomNetworkError])) { $null = $ids.Add("Dicom$name") }
    $flywheelError = (Get-Content ($sources | Where-Object Name -EQ FlywheelError.cs) -Raw) -replace '(?s).*enum FlywheelError\s*\{(.*?)\}.*', '$1' -replace '///.*'
    foreach ($name in $flywheelError -split '[\s,]+' | Where-Object { $_ }) { $null = $ids.Add("Flywheel$name") }
    foreach ($file in $sources | Where-Object Name -NE DicomErrors.cs) {
        $text = Get-Content $file -Raw
        $patterns = @(
            'DicomErrors\.Record\([^\n]*?"(?<id>[A-Z][a-z]+[A-Z][A-Za-z]+)"'
            'ErrorId = [^;\n]*?"(?<id>[A-Z][A-Za-z]+)"'
            'new(?: DicomProblem| JournalException| CertificateFileException| DestinationFileException| ReportPlaceException| ArchiveException)?\("(?<id>[A-Z][A-Za-z]+)"'
        )
        if ($file.Name -in 'DicomProblem.cs', 'ConfirmationOutcome.cs', 'DicomSendResult.cs') { $patterns += 'const string \w+ = "(?<id>[A-Z][A-Za-z]+)"' }
        foreach ($pattern in $patterns) { foreach ($match in [regex]::Matches($text, $pattern)) { $null = $ids.Add($match.Groups['id'].Value) } }
    }
}

Describe 'The page of error ids' {
    It 'declares every id that the sources can produce' {
        $ids.Count | Should -BeGreaterThan 70
        $ids | Where-Object { -not $kinds.ContainsKey($_) } | Should -BeNullOrEmpty
    }

    It 'declares none that they cannot' {
        $others = $sources | Where-Object Name -NE DicomErrors.cs
        $kinds.Keys | Where-Object { $_ -notin $ids -and -not ($others | Select-String "`"$_`"" -SimpleMatch -Quiet) } | Should -BeNullOrEmpty
    }

    It 'gives each a category and words' {
        foreach ($kind in $kinds.Values) {
            $kind.Category | Should -Not -Be NotSpecified -Because $kind.Id
            $kind.Action | Should -Match '^[A-Z].*\.$' -Because $kind.Id
        }
    }

    It 'is the only place where error records are made' {
        ($sources | Where-Object Name -NE DicomErrors.cs | Select-String 'new ErrorRecord\(').Path | Should -BeNullOrEmpty
        ($sources | Select-String '\(Parameter"').Path | Should -BeNullOrEmpty
    }

    It 'gives one meaning to each constant' {
        $constants = foreach ($name in 'DicomProblem.cs', 'ConfirmationOutcome.cs') {
            [regex]::Matches((Get-Content ($sources | Where-Object Name -EQ $name) -Raw), 'const string \w+ = "(\w+)"') | ForEach-Object { $_.Groups[1].Value }
        }
        ($constants | Group-Object | Where-Object Count -GT 1).Name | Should -BeNullOrEmpty
    }

    It 'comes with what to try in an error' {
        $null = Get-DicomFile (Join-Path $repo nothing-here) -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem[0].ErrorDetails.RecommendedAction | Should -Be 'Check the path.'
        $problem[0].CategoryInfo.Category | Should -Be ObjectNotFound
    }
}
