#!/usr/bin/env python3
"""Writes the engine's data dictionary and UID registry as two tab-separated tables.

    python3 eng/make-dictionary.py PYDICOM_PACKAGE_FOLDER

The facts are those of PS3.6 (attributes, UIDs) and PS3.7 Annex E (command elements), in the machine-readable form in
which the pydicom project (MIT) generates them from the standard's own DocBook sources: the modules _dicom_dict.py and
_uid_dict.py of the folder named. Run it again when a new edition of the standard is out, and commit what it writes.
"""
import pathlib
import runpy
import sys

DATA = pathlib.Path(__file__).resolve().parent.parent / "src" / "FlywheelDicom.Dicom" / "Data" / "Dictionary"


def clean(text):
    return " ".join(text.split())


def main():
    package = pathlib.Path(sys.argv[1])
    tables = runpy.run_path(str(package / "_dicom_dict.py"))
    uids = runpy.run_path(str(package / "_uid_dict.py"))["UID_dictionary"]
    DATA.mkdir(parents=True, exist_ok=True)
    with open(DATA / "attributes.tsv", "w", encoding="utf-8", newline="\n") as out:
        rows = [(f"{tag:08X}", *entry) for tag, entry in tables["DicomDictionary"].items()]
        rows += [(mask.upper().replace("X", "x"), *entry) for mask, entry in tables["RepeatersDictionary"].items()]
        for tag, vr, vm, name, retired, keyword in sorted(rows):
            if keyword:
                out.write("\t".join((tag, keyword, clean(vr).replace(" or ", "/"), vm, clean(name), "1" if retired else "")) + "\n")
    with open(DATA / "uids.tsv", "w", encoding="utf-8", newline="\n") as out:
        for uid, (name, kind, _, retired, keyword) in sorted(uids.items()):
            out.write("\t".join((uid, keyword, clean(kind), clean(name), "1" if retired else "")) + "\n")


main()
