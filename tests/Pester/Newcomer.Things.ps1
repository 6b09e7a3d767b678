# What a newcomer types, in order; what one line has made, the next may use. 'says' are words that must be shown.
@(
    @{ what = 'to see what there is'; type = 'Get-Command -Module FlywheelDicom'; says = 'Send-DicomStore', 'Get-DicomFile', 'Cmdlet' }
    @{ what = 'a question mark'; type = 'Send-DicomStore -?'; says = 'Sends instances to a DICOM server (C-STORE).', 'SYNTAX' }
    @{ what = 'the topic of the module'; type = 'Get-Help about_FlywheelDicom'; says = 'FIRST STEPS', 'Test-DicomEcho pacs.local -Port 104 -CalledAE PACS' }
    @{ what = 'the help of one parameter'; type = 'Get-Help Send-DicomStore -Parameter Port'; says = '-Port <Int32>', 'Default value                104' }
    @{ what = 'the examples'; type = 'Get-Help Send-DicomStore -Examples'; says = 'Sends a folder. If the run is cut off' }
    @{ what = 'to have a destination completed'; type = 'Send-DicomStore PAC<Tab>'; says = 'PACS1', 'PACS at 127.0.0.1', 'registered for you' }
    @{ what = 'to have a receiver of the session completed'; type = 'Test-DicomEcho PACS@<Tab>'; says = 'PACS@127.0.0.1:', 'The receiver of this session' }
    @{ what = 'to have a keyword completed'; type = 'Remove-DicomValue PatientN<Tab>'; says = 'PatientName' }
    @{ what = 'to have a TLS profile completed'; type = 'Test-DicomEcho pacs.local -TlsProfile <Tab>'; says = 'BCP195' }

    @{ what = 'to ask a PACS whether it is there'; type = 'Test-DicomEcho pacs.local -CalledAE PACS'; says = 'PACS at 127.0.0.1', 'Success' }
    @{ what = 'a typo in the host'; type = 'Test-DicomEcho pacs.locl.invalid'; says = 'pacs.locl.invalid' }
    @{ what = 'a port where nothing listens'; type = 'Test-DicomEcho 127.0.0.1:1'; says = '127.0.0.1:1', 'refused' }
    @{ what = 'a word for a port'; type = 'Test-DicomEcho pacs.local -Port dicom'; says = "'Port'", '"dicom"' }
    @{ what = 'a port that cannot be'; type = 'Test-DicomEcho pacs.local -Port 70000'; says = '65535' }
    @{ what = 'an AE title that is too long'; type = 'Test-DicomEcho pacs.local -CalledAE RADIOLOGY_ARCHIVE_1'; says = "'RADIOLOGY_ARCHIVE_1' is not an AE title: it must be 1 to 16 ASCII characters" }
    @{ what = 'an AE title that the PACS does not know'; type = 'Test-DicomEcho 127.0.0.1 -Port $port -CalledAE WRONG'; says = 'WRONG', 'rejected the association' }
    @{ what = 'a web address'; type = 'Test-DicomEcho http://pacs.local'; says = "is written without 'http://', as host, host:port or AET@host:port" }
    @{ what = 'AE title, host and port as one'; type = 'Test-DicomEcho "PACS@127.0.0.1:$port"'; says = 'Success' }
    @{ what = 'two ports at once'; type = 'Test-DicomEcho pacs.local:11112 -Port 104'; says = '-Destination names the port 11112, and -Port names 104. Give it in one of them.' }
    @{ what = 'a web server'; type = 'Test-DicomEcho "127.0.0.1:$web" -Timeout 10'; says = 'not', 'DICOM' }
    @{ what = 'TLS with a server that speaks none'; type = 'Test-DicomEcho pacs.local -UseTls -Timeout 10'; says = 'TLS' }
    @{ what = 'a host by the pipeline'; type = "'pacs.local' | Test-DicomEcho"; says = 'Success' }

    @{ what = 'to register a destination'; type = 'Register-DicomDestination NEW 127.0.0.1 -Port $port -AETitle PACS -PassThru'; says = 'NEW', '127.0.0.1' }
    @{ what = 'to register it again'; type = 'Register-DicomDestination NEW pacs.local'; says = "'NEW' is registered already for you", 'Replace it with -Force.' }
    @{ what = 'to list destinations'; type = 'Get-DicomDestination'; says = 'pacs.local', 'PACS1', 'NEW', 'CalledAE' }
    @{ what = 'a destination that is none'; type = 'Get-DicomDestination NWE'; says = "No destination is registered by the name 'NWE'.", 'Registered are:', 'NEW' }
    @{ what = 'what removing it would do'; type = 'Unregister-DicomDestination NEW -WhatIf; (Get-DicomDestination NEW).Name'; says = 'NEW' }

    @{ what = 'a wrong path'; type = 'Get-DicomFile ./stduy | Out-Null'; says = 'stduy', 'does not exist' }
    @{ what = 'an empty folder'; type = 'Get-DicomFile ./empty | Out-Null'; says = 'no DICOM' }
    @{ what = 'a text file'; type = 'Get-DicomFile notes.txt | Out-Null'; says = 'notes.txt', 'DICOM' }
    @{ what = 'a zip'; type = 'Get-DicomFile series.zip'; says = '0001.dcm', 'MR' }
    @{ what = 'files from Get-ChildItem'; type = 'Get-ChildItem ./study -Filter *.dcm | Get-DicomFile | Measure-Object | ForEach-Object Count'; says = '3' }
    @{ what = 'a path by the pipeline'; type = "'series.zip' | Get-DicomFile | Select-Object -First 1 Name, Modality"; says = '.dcm', 'MR' }
    @{ what = 'all properties of a file'; type = '$f = Get-DicomFile image.dcm; $f | Format-List *'; says = 'SopInstanceUid', 'TransferSyntaxUid', 'Problem' }
    @{ what = 'the header'; type = '$f = Get-DicomFile image.dcm; $f.Dataset'; says = '(0008,0016)', 'PatientID' }
    @{ what = 'a keyword with a typo'; type = '$f = Get-DicomFile image.dcm; $f.Dataset["PatientNmae"]'; says = "'PatientNmae' is not a DICOM tag or keyword. Did you mean PatientName?" }
    @{ what = 'the header as JSON'; type = 'Get-DicomFile image.dcm | ConvertTo-DicomJson'; says = '"00080016"', '"vr": "UI"' }
    @{ what = 'files as JSON'; type = 'Get-DicomFile series.zip | Select-Object Name, Modality, Length | ConvertTo-Json'; says = '"Modality": "MR"' }
    @{ what = 'files as CSV'; type = 'Get-DicomFile series.zip | Export-Csv files.csv; (Import-Csv files.csv).Count; (Import-Csv files.csv)[0].SopInstanceUid'; says = '5', '2.25.' }
    @{ what = 'to compare two headers'; type = 'Compare-Object (Get-DicomFile image.dcm).Dataset (Get-DicomFile other.dcm).Dataset | Select-Object -First 4 | Format-List'; says = 'SideIndicator' }
    @{ what = 'to count what is there'; type = 'Get-DicomFile ./study -Recurse | Measure-DicomFile'; says = 'MR' }
    @{ what = 'a name with brackets and an umlaut'; type = "Get-DicomFile './büro [1]/bild ä.dcm' | ForEach-Object Name"; says = 'bild ä.dcm' }
    @{ what = 'a zip with a password'; type = 'Get-DicomFile locked.zip | Out-Null'; says = 'locked.zip', 'encrypted' }
    @{ what = 'the image of a disk'; type = 'Get-DicomFile disk.iso | Out-Null'; says = 'disk.iso', 'ISO 9660' }
    @{ what = 'a DICOMDIR'; type = 'Get-DicomFile DICOMDIR | Out-Null'; says = 'DICOMDIR', 'folder' }
    @{ what = 'a file that is cut off'; type = 'Get-DicomFile cut.dcm | Out-Null'; says = 'cut.dcm' }

    @{ what = 'to set a keyword with a typo'; type = "Get-DicomFile image.dcm | Set-DicomValue @{ PatientNmae = 'X' } | Out-Null"; says = 'PatientNmae', 'Did you mean PatientName?' }
    @{ what = 'a date that is none'; type = "Get-DicomFile image.dcm | Set-DicomValue @{ StudyDate = 'yesterday' } | Out-Null"; says = 'StudyDate', 'takes a date as yyyyMMdd, such as 20240131' }
    @{ what = 'to set a value, and look'; type = "Get-DicomFile image.dcm | Set-DicomValue @{ PatientName = 'TRIAL^042' } | ForEach-Object { `$_.Dataset['PatientName'] }"; says = 'TRIAL^042' }
    @{ what = 'to take a value out'; type = "Get-DicomFile image.dcm | Remove-DicomValue PatientName | ForEach-Object { `"name: '`$(`$_.Dataset['PatientName'])'`" }"; says = "name: ''" }
    @{ what = 'to save a file over itself'; type = '$f = Get-DicomFile image.dcm; $f.Save("image.dcm")'; says = 'image.dcm' }
    @{ what = 'to save a copy'; type = '$f = Get-DicomFile image.dcm; $f.Save("copy.dcm"); (Get-DicomFile copy.dcm).SopInstanceUid -eq $f.SopInstanceUid'; says = 'True' }

    @{ what = 'to save copies in folders'; needs = 'Save-DicomFile'; type = "Get-DicomFile ./study -Recurse | Save-DicomFile ./copies; (Get-ChildItem ./copies -Recurse -File).Count"; says = '6' }
    @{ what = 'what the archive would take'; type = 'Get-DicomFile ./study -Recurse | Test-DicomStore pacs.local -CalledAE PACS'; says = 'As' }
    @{ what = 'what would be sent'; type = 'Get-DicomFile ./study | Send-DicomStore pacs.local -CalledAE PACS -WhatIf'; says = 'PACS at' }
    @{ what = 'to send a zip'; type = 'Get-DicomFile series.zip | Add-FwSendTag | Send-DicomStore pacs.local -CalledAE PACS'; says = 'Sent', '0001.dcm' }
    @{ what = 'to send it again'; type = '(Get-DicomFile series.zip | Add-FwSendTag | Send-DicomStore PACS1).Status | Group-Object -NoElement'; says = '5', 'Sent' }
    @{ what = 'to send a path without Get-DicomFile'; type = "'series.zip' | Send-DicomStore PACS1"; says = 'Sent', '5 of 5' }
    @{ what = 'to send files of which one is cut off'; type = 'Get-DicomFile image.dcm, cut.dcm | Send-DicomStore PACS1 | Export-FwSendReport -Path mixed.csv'; says = '1 of 2', 'cut.dcm' }
    @{ what = 'to send to a PACS that refuses'; type = 'Get-DicomFile image.dcm | Send-DicomStore 127.0.0.1 -Port $port -CalledAE WRONG'; says = 'rejected the association', 'WRONG' }
    @{ what = 'an empty folder to the end'; type = 'Get-DicomFile ./empty -ErrorAction SilentlyContinue | Send-DicomStore PACS1 | Export-FwSendReport -Path empty.csv | ForEach-Object IsComplete'; says = 'False' }
    @{ what = 'a report'; type = 'Get-DicomFile ./study -Recurse | Send-DicomStore PACS1 | Export-FwSendReport -OutputDirectory ./reports'; says = '6 of 6', 'dicom-send_report-study' }
    @{ what = 'a report over a report'; type = '$r = Get-DicomFile image.dcm | Send-DicomStore PACS1; 1..2 | ForEach-Object { $r | Export-FwSendReport -OutputDirectory ./reports } | ForEach-Object Path | Sort-Object -Unique | Measure-Object | ForEach-Object Count'; says = '2' }
    @{ what = 'a report in a folder that is not there'; type = 'Get-DicomFile image.dcm | Send-DicomStore PACS1 | Export-FwSendReport -OutputDirectory ./nowhere'; says = 'nowhere', 'not' }
    @{ what = 'a report where nothing can be written'; type = 'Get-DicomFile image.dcm | Send-DicomStore PACS1 | Export-FwSendReport -OutputDirectory /proc'; says = '/proc' }
    @{ what = 'a journal'; type = 'Get-DicomFile ./study -Recurse | Send-DicomStore PACS1 -Journal j.tsv | Group-Object Status -NoElement'; says = '6', 'Sent' }
    @{ what = 'the journal again'; type = 'Get-DicomFile ./study -Recurse | Send-DicomStore PACS1 -Journal j.tsv | Group-Object Status -NoElement'; says = '6', 'Skipped' }
    @{ what = 'to read the journal'; type = 'Get-DicomSendJournal j.tsv | Select-Object -First 2'; says = 'PACS@127.0.0.1', 'Sent' }
    @{ what = 'a journal that is none'; type = 'Get-DicomSendJournal notes.txt'; says = "'~/here/notes.txt' is not a journal of this module." }
    @{ what = 'to send again what failed'; type = '$r = Get-DicomFile image.dcm, cut.dcm -ErrorAction Ignore | Send-DicomStore PACS1; $r | Where-Object Status -EQ Failed | Send-DicomStore PACS1 -ErrorAction Ignore | ForEach-Object { "$($_.Status): $($_.Reason)" }'; says = 'Failed: ' }
    @{ what = 'results as JSON and CSV'; type = '$r = Get-DicomFile image.dcm | Send-DicomStore PACS1; $r | ConvertTo-Json -Depth 2 -WarningAction Ignore | ConvertFrom-Json | ForEach-Object Name; $r | Export-Csv r.csv; (Import-Csv r.csv).Destination'; says = 'image.dcm', 'PACS at 127.0.0.1' }
    @{ what = 'only the first two'; type = 'Get-DicomFile series.zip | Send-DicomStore PACS1 | Select-Object -First 2 | ForEach-Object Name'; says = '.dcm' }

    @{ what = 'Flywheel without a connection'; type = 'Get-FwSession'; says = 'There is no connection with Flywheel. Make one with Connect-FwInstance.' }
    @{ what = 'to connect without a key'; type = 'Connect-FwInstance'; says = 'No API key.', 'FW_API_KEY' }
    @{ what = 'a wrong key'; type = 'Connect-FwInstance ($key -replace "[^:]+$", "wrong") -RetryTime 0'; says = 'key' }
    @{ what = 'half a key'; type = 'Connect-FwInstance just-a-secret'; says = "A key looks like 'flywheel.example.org:SECRET'" }
    @{ what = 'the right key'; type = 'Connect-FwInstance $key'; says = 'Host' }
    @{ what = 'a path with a typo'; type = "Get-FwSession -Path 'neuro/Trial B/S001'"; says = 'Trial B' }
    @{ what = 'a session to the end'; type = "Get-FwSessionDicom -Path 'neuro/Trial A/S001/Baseline' | Add-FwSendTag | Send-DicomStore PACS1 | Export-FwSendReport -Path fw.csv"; says = '5 of 5', 'fw.csv' }
    @{ what = 'a report to a session that is local'; type = 'Get-DicomFile image.dcm | Send-DicomStore PACS1 | Export-FwSendReport -Path local.csv -Attach'; says = 'Nothing that was sent came from Flywheel' }
)
