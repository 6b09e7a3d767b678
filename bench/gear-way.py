"""What the dicom-send gear does with an archive, by pydicom and pynetdicom: unpack, read, tag, save, send on one association, CSV.

Usage: gear-way.py ARCHIVE PORT REPORT
"""
import csv
import os
import sys
import tempfile
import time
import zipfile

import pydicom
from pydicom.uid import ImplicitVRLittleEndian
from pynetdicom import AE

archive, port, report = sys.argv[1], int(sys.argv[2]), sys.argv[3]

with tempfile.TemporaryDirectory() as folder:
    with zipfile.ZipFile(archive) as source:
        source.extractall(folder)
    paths = sorted(os.path.join(root, name) for root, _, names in os.walk(folder) for name in names)

    syntaxes = {}
    for path in paths:
        dataset = pydicom.dcmread(path, force=True)
        block = dataset.private_block(0x0021, "Flywheel", create=True)
        block.add_new(0x00, "LO", "DICOM send")
        dataset.save_as(path)
        syntaxes.setdefault(dataset.SOPClassUID, {ImplicitVRLittleEndian}).add(dataset.file_meta.TransferSyntaxUID)

    ae = AE(ae_title="flywheel")
    ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = 60
    for sop_class, own in syntaxes.items():
        ae.add_requested_context(sop_class, list(own))
    association = ae.associate("127.0.0.1", port, ae_title="ANY-SCP")
    if not association.is_established:
        sys.exit("No association.")
    sent = 0
    for path in paths:
        answer = association.send_c_store(pydicom.dcmread(path, force=True))
        sent += bool(answer) and answer.Status in (0x0000, 0xB000, 0xB006, 0xB007)
    association.release()

with open(report, "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["Archive", "Images In", "Images Sent", "Status", "Time"])
    writer.writerow([os.path.basename(archive), len(paths), sent, "Complete" if sent == len(paths) else "Incomplete", time.strftime("%Y-%m-%d %H:%M:%S")])
sys.exit(sent != len(paths))
