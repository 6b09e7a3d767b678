@{
    RootModule             = 'FlywheelDicom.Cmdlets.dll'
    RequiredAssemblies     = @('FlywheelDicom.Dicom.dll')
    TypesToProcess         = @('FlywheelDicom.Types.ps1xml')
    FormatsToProcess       = @('FlywheelDicom.Format.ps1xml')
    ModuleVersion          = '0.1.0'
    CompatiblePSEditions   = @('Core')
    PowerShellVersion      = '7.4'
    GUID                   = '6f0b2c1e-6b2b-4a0d-9c58-3b6f3a7f2d41'
    Author                 = 'FlywheelDicom contributors'
    CompanyName            = 'FlywheelDicom'
    Copyright              = '(c) 2026 FlywheelDicom contributors. MIT licence.'
    Description            = 'Gets medical images out of a research platform, or from files and archives, into a PACS: a pipeline of cmdlets that streams DICOM instances, tags them, sends them by C-STORE, and reports on each.'
    CmdletsToExport        = @(
        'Add-FwSendTag'
        'Confirm-DicomStore'
        'Connect-FwInstance'
        'ConvertTo-DicomJson'
        'Disconnect-FwInstance'
        'Export-FwSendReport'
        'Get-DicomDestination'
        'Get-DicomFile'
        'Get-DicomReceiver'
        'Get-DicomSendJournal'
        'Get-FwAcquisition'
        'Get-FwFile'
        'Get-FwGroup'
        'Get-FwInstance'
        'Get-FwProject'
        'Get-FwSession'
        'Get-FwSessionDicom'
        'Get-FwSubject'
        'Measure-DicomFile'
        'New-DicomDestination'
        'Register-DicomDestination'
        'Remove-DicomValue'
        'Request-DicomCommitment'
        'Save-DicomFile'
        'Send-DicomStore'
        'Set-DicomValue'
        'Start-DicomReceiver'
        'Stop-DicomReceiver'
        'Test-DicomEcho'
        'Test-DicomStore'
        'Unregister-DicomDestination'
    )
    FunctionsToExport      = @()
    AliasesToExport        = @()
    VariablesToExport      = @()
    PrivateData            = @{
        # The build fills it in, from Directory.Build.props and CHANGELOG.md.
        PSData = @{
        }
    }
}
