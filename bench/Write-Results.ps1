#requires -Version 7.4
<#
.SYNOPSIS
Makes the table in docs/performance.md, and the chart, of the figures that were measured last.
#>
param([Parameter(Mandatory)] [string] $Path)
Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$data = Get-Content $Path -Raw | ConvertFrom-Json -AsHashtable

$table = @('| Work | Goal | Measured | |', '|---|---|---|---|') + @($data.rows | ForEach-Object { "| $($_.work) | $($_.goal) | $($_.measured) | $($_.goal ? ($_.met ? 'met' : '**missed**') : '') |" })
$document = Join-Path $PSScriptRoot '../docs/performance.md'
$text = [IO.File]::ReadAllText($document)
$begin, $end = '<!-- goal table -->', '<!-- end of goal table -->'
$stand = "Measured on $($data.measured): $($data.processors) processors, $($data.system), $($data.runtime), PowerShell $($data.powershell)."
[IO.File]::WriteAllText($document, "$($text.Substring(0, $text.IndexOf($begin) + $begin.Length))`n`n$($table -join "`n")`n`n$stand`n`n$($text.Substring($text.IndexOf($end)))")

# Bars of our time, the rival's being one.
$bars = @($data.rows | Where-Object { $_.figures.ContainsKey('rival') } | ForEach-Object {
        $ratio = $_.figures.ContainsKey('ratio') ? $_.figures.ratio : $_.figures.ours / $_.figures.rival
        @{ Label = "$($_.work -replace ', beside.*|, the same beside.*') · $($_.figures.rivalName)"; Ratio = $ratio }
    })
$width, $left, $height = 1000, 570, 26
$scale = ($width - $left - 70) / [math]::Max(1, ($bars.Ratio | Measure-Object -Maximum).Maximum)
$svg = [Text.StringBuilder]::new()
$total = $bars.Count * $height + 50
$null = $svg.AppendLine("<svg xmlns=`"http://www.w3.org/2000/svg`" width=`"$width`" height=`"$total`" viewBox=`"0 0 $width $total`" font-family=`"sans-serif`" font-size=`"12`">")
$null = $svg.AppendLine("<rect width=`"$width`" height=`"$total`" fill=`"#fff`"/><text x=`"10`" y=`"20`" font-size=`"14`" font-weight=`"bold`">Our time beside the rival's (the line is 1: the same)</text>")
$invariant = [cultureinfo]::InvariantCulture
for ($i = 0; $i -lt $bars.Count; $i++) {
    $y = 34 + $i * $height
    $bar = [math]::Max(1, $bars[$i].Ratio * $scale)
    $null = $svg.AppendLine([string]::Format($invariant, '<text x="10" y="{0}">{1}</text><rect x="{2}" y="{3}" width="{4:0.0}" height="16" fill="#2f6f9f"/><text x="{5:0.0}" y="{0}">{6:0.00}</text>',
            $y + 13, [Net.WebUtility]::HtmlEncode($bars[$i].Label), $left, $y, $bar, $left + $bar + 6, $bars[$i].Ratio))
}
$null = $svg.AppendLine([string]::Format($invariant, '<line x1="{0:0.0}" y1="28" x2="{0:0.0}" y2="{1}" stroke="#a11" stroke-dasharray="4 3"/></svg>', $left + $scale, $total - 12))
[IO.File]::WriteAllText((Join-Path (Split-Path $Path) 'chart.svg'), $svg.ToString())
$data.rows | ForEach-Object { [pscustomobject]@{ Work = $_.work; Measured = $_.measured; Goal = $_.goal; Met = $_.goal ? $_.met : $null } } | Format-Table -Wrap
