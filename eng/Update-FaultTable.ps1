#requires -Version 7.4
<#
.SYNOPSIS
Runs the fault matrix, and puts its table between the marks in docs/reliability.md.
#>
Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$repo = Split-Path $PSScriptRoot
$table = Join-Path ([IO.Path]::GetTempPath()) "fwdicom-faults-$([guid]::NewGuid().ToString('N')).md"
$env:FLYWHEELDICOM_FAULT_TABLE = $table
try {
    dotnet test (Join-Path $repo 'tests/Unit') --no-build --nologo --filter FullyQualifiedName~FaultMatrix
    if ($LASTEXITCODE) { throw 'The fault matrix failed.' }
    $document = Join-Path $repo 'docs/reliability.md'
    $text = [IO.File]::ReadAllText($document)
    $begin, $end = '<!-- fault table -->', '<!-- end of fault table -->'
    $head = $text.Substring(0, $text.IndexOf($begin) + $begin.Length)
    [IO.File]::WriteAllText($document, "$head`n`n$([IO.File]::ReadAllText($table).Trim())`n`n$($text.Substring($text.IndexOf($end)))")
    "Wrote the table into $document"
} finally {
    Remove-Item Env:FLYWHEELDICOM_FAULT_TABLE
    Remove-Item $table -ErrorAction Ignore
}
