#requires -Version 7.4
<#
.SYNOPSIS
The gear's entry point: sends the DICOM of a session, subject, project or acquisition, or one input file, to a DICOM server.
.DESCRIPTION
Reads config.json as the platform lays it out, sends, and leaves the report in output/. Exits with 0 only if every image was sent.
#>

# The pipeline: one line is one step. A site that wants another step adds a line.
# The settings of each step are read from config.json below.
function Get-Step {
    { Get-FwSessionDicom @source }
    { Add-FwSendTag @tag }
    { Send-DicomStore @store }
    if ($useCommitment) { { Request-DicomCommitment } }
    { Export-FwSendReport @export }
}

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

function Write-Log([string] $Level, [string] $Message) {
    [Console]::Out.WriteLine('{0} {1,-7} {2}', [datetime]::Now.ToString('yyyy-MM-dd HH:mm:ss', [cultureinfo]::InvariantCulture), $Level, $Message)
}

# What a pipeline says beside its output becomes lines of the log; its output goes on.
filter Write-StreamLog {
    if ($_ -is [Management.Automation.ErrorRecord]) { Write-Log ERROR "$_" }
    elseif ($_ -is [Management.Automation.WarningRecord]) { Write-Log WARNING $_.Message }
    elseif ($_ -is [Management.Automation.VerboseRecord]) { Write-Log DEBUG $_.Message }
    else { $_ }
}

function Write-Table($Rows) {
    ($Rows | Format-Table -AutoSize | Out-String -Width 200).Trim() -split '\r?\n' | ForEach-Object { Write-Log INFO $_ }
}

function Exit-WithError([string[]] $Message) {
    $Message | ForEach-Object { Write-Log ERROR $_ }
    exit 1
}

$base = $env:FLYWHEEL_BASE ?? '/flywheel/v0'
try {
    # In the image the module is installed; in a checkout the one that was built last is taken.
    $built = Join-Path $PSScriptRoot '../output/FlywheelDicom'
    Import-Module ((Test-Path $built) ? $built : 'FlywheelDicom')
    $job = Get-Content -LiteralPath (Join-Path $base config.json) -Raw | ConvertFrom-Json -AsHashtable
    if ($job -isnot [Collections.IDictionary]) { Exit-WithError "'$base/config.json' is not as the platform writes it: it is no object." }
    foreach ($part in 'config', 'inputs', 'destination') {
        $job[$part] ??= @{}
        if ($job[$part] -isnot [Collections.IDictionary]) { Exit-WithError "'$base/config.json' is not as the platform writes it: its '$part' is no object." }
    }
    $config = $job['config']
    $inputs = $job['inputs']

    # Settings, checked before anything starts. The platform hands some numbers and switches over as text.
    $problems = [Collections.Generic.List[string]]::new()
    function Get-Setting([string] $Name, $Default) { if ([string]::IsNullOrWhiteSpace("$($config[$Name])")) { $Default } else { $config[$Name] } }
    function Get-Number([string] $Name, [int] $Default, [int] $Minimum, [int] $Maximum) {
        $text = "$(Get-Setting $Name $Default)".Trim()
        $number = 0.0
        $isNumber = $text -match '^0x[0-9a-fA-F]{1,7}$' ? ($number = [int] $text) -ge 0 : [double]::TryParse($text, [Globalization.NumberStyles]::Float, [cultureinfo]::InvariantCulture, [ref] $number)
        if ($isNumber -and $number -eq [math]::Truncate($number) -and $number -ge $Minimum -and $number -le $Maximum) { return [int] $number }
        $problems.Add("The setting '$Name' must be a whole number from $Minimum to $Maximum; it is '$text'.")
    }
    function Get-Switch([string] $Name, [bool] $Default) {
        $text = "$(Get-Setting $Name $Default)".Trim()
        if ($text -in 'true', 'enabled', 'yes', 'on', '1') { return $true }
        if ($text -notin 'false', 'disabled', 'no', 'off', '0') { $problems.Add("The setting '$Name' must be true or false; it is '$text'.") }
        $false
    }
    function Get-InputPath([string] $Name) { $inputs[$Name]?['location']?['path'] }
    # What a cmdlet says of its parameters is said of the settings, before anything starts.
    function Test-Setting([scriptblock] $Use) { try { $null = & $Use } catch { $problems.Add("$_") } }

    foreach ($name in 'destination', 'called_ae') {
        if ($null -eq (Get-Setting $name $null)) { $problems.Add("The setting '$name' is required.") }
    }
    $apiKey = ($inputs['api-key'] ?? $inputs['api_key'])?['key']
    if (-not $apiKey) { $problems.Add("The input 'api-key' is required.") }
    $store = @{
        Destination = Get-Setting destination 'missing'; Port = Get-Number port 104 1 65535
        CalledAE = Get-Setting called_ae 'MISSING'; CallingAE = Get-Setting calling_ae flywheel; MaxAssociations = Get-Number max_associations 0 0 64
    }
    if ($store.MaxAssociations -eq 0) { $store.MaxAssociations = 'Auto' }
    $tag = @{ Group = Get-Number group 0x0021 9 0xFFFF; Identifier = Get-Setting identifier Flywheel; Value = Get-Setting tag_value 'DICOM send' }
    $retryTime = Get-Number file_download_retry_time 60 0 86400
    $useJournal = (Get-Switch journal $false) -or (Get-InputPath journal)
    $useCommitment = Get-Switch commitment $false
    $useHtml = Get-Switch html_report $false
    $useLog = Get-Switch log $false
    if (Get-Switch debug $false) { $VerbosePreference = 'Continue' }
    if (Get-Switch tls_enabled $false) {
        $store += @{ UseTls = $true; TlsProfile = Get-Setting tls_security_profile 'BCP 195'; SkipCertificateCheck = -not (Get-Switch tls_require_peer_cert $true) }
        $store += @{ CertificatePath = Get-InputPath cert; KeyPath = Get-InputPath key }
        if (-not $store.CertificatePath -or -not $store.KeyPath) { $problems.Add("With TLS the inputs 'key' and 'cert' are required.") }
        if (Get-InputPath add_cert_file) { $store += @{ TrustedCertificatePath = Get-InputPath add_cert_file } }
    }
    $file = $inputs['file']
    $kind = "$($job['destination']['type'])"
    if ($file) {
        if ($file['hierarchy']?['type'] -ne 'acquisition') { $problems.Add("The input file '$($file['location']?['name'])' is not one of an acquisition.") }
        elseif (-not $file['hierarchy']['id'] -or -not $file['location']?['name'] -or -not $file['location']['path']) { $problems.Add("The input 'file' does not tell its acquisition, name and path.") }
    } elseif (-not $kind) { $problems.Add('There is nothing to send: config.json names no destination, and there is no input file.') }
    elseif ($kind -notin 'session', 'subject', 'project', 'acquisition', 'analysis') { $problems.Add("The images of a '$kind' are not sent; run it on a session, subject, project or acquisition.") }
    elseif (-not $job['destination']['id']) { $problems.Add("config.json does not tell the id of its $kind.") }
    $where = $store.Clone()
    $where.Remove('MaxAssociations')
    if (-not $problems.Count) {
        Test-Setting { New-DicomDestination @where 3>$null }
        Test-Setting { @() | Add-FwSendTag @tag }
    }
    if ($problems.Count) { Exit-WithError $problems }
    $output = (New-Item (Join-Path $base output) -ItemType Directory -Force).FullName
    $export = @{ OutputDirectory = $output; ForFlywheel = $true; Html = $useHtml }
    if ($useJournal) {
        # What an earlier run has stored, given as an input, is not sent again; the journal goes on in output/.
        $store += @{ Journal = Join-Path $output dicom-send_journal.tsv }
        if (Get-InputPath journal) { Copy-Item -LiteralPath (Get-InputPath journal) -Destination $store.Journal }
    }

    if ($useLog) { $store.LogPath = Join-Path $output dicom-send_log.jsonl }
    Connect-FwInstance -ApiKey $apiKey -RetryTime $retryTime 3>&1 | Write-StreamLog | ForEach-Object { Write-Log INFO "Connected as $_." }
    $source = @{ RetryTime = $retryTime }
    if ($useLog) { $source.LogPath = $store.LogPath }
    $source += if ($file) {
        @{ AcquisitionId = $file['hierarchy']['id']; FileName = $file['location']['name']; LocalPath = $file['location']['path'] }
    } else {
        @{ "${kind}Id" = $job['destination']['id'] }
    }
    Write-Log INFO "Sending to $($store.CalledAE) at $($store.Destination):$($store.Port)$(if ($store['UseTls']) { ' over TLS' })."

    $ErrorActionPreference = 'Continue'
    $pipeline = [scriptblock]::Create((Get-Step) -join ' | ')
    $report = & $pipeline 2>&1 3>&1 4>&1 | Write-StreamLog

    if (-not $report) { Exit-WithError 'Nothing was sent.' }
    Write-Log INFO "Report: $($report.Path ?? 'it could not be written, and stands only here')"
    Write-Table ($report.Rows | Select-Object FileName, ImagesInSeries, ImagesSent, Status, FwPath)
    Write-Log INFO "$($report.ImagesSent) of $($report.ImagesInSeries) images were sent."
    exit ($report.IsComplete -and $report.Path ? 0 : 1)
} catch {
    Write-Log ERROR "$_"
    # What was done before the gear was stopped.
    Get-ChildItem (Join-Path $base output) -Filter *_stopped.csv -ErrorAction Ignore | ForEach-Object { Write-Log INFO "Report: $_"; Write-Table (Import-Csv -LiteralPath $_) }
    exit 1
}
