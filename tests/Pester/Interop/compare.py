"""Holds what arrived against what was sent, element by element and byte by byte, with pydicom.

    compare.py SENT_LIST RECEIVED_FOLDER [--any]

SENT_LIST names the source files, one a line. Each must have arrived, and differ in the tag's two elements alone. With --any, for an
archive that keeps one of several files with one UID and writes them anew, each SOP instance must be there, and be one of those sent;
group lengths and padding, which such an archive makes itself, do not count. Prints one line; exits 1 on any difference.
"""
import os
import sys

import pydicom
from pydicom.dataelem import RawDataElement

pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
REWRITES = "--any" in sys.argv


def is_sequence(element):
    if element.VR in (None, "UN") and not element.tag.is_private:
        return pydicom.datadict.dictionary_has_tag(element.tag) and pydicom.datadict.dictionary_VR(element.tag) == "SQ"
    return element.VR == "SQ"


def raw(dataset):
    """Tag, VR and bytes of each element; sequences by their items. Implicit private ones have no VR to compare."""
    rows = []
    for tag in sorted(dataset.keys()):
        element = dataset.get_item(tag)
        if is_sequence(element):
            # Whether lengths are defined or not is the writer's choice, and some archives write anew.
            rows.append((int(tag), [raw(item) for item in dataset[tag].value]))
        elif isinstance(element, RawDataElement):
            rows.append((int(tag), bytes(element.value or b"")))
        else:
            # pydicom has decoded it: an empty one, or one that it needed itself.
            value = element.value
            rows.append((int(tag), value if isinstance(value, bytes) else repr(value) if value else b""))
    return rows


def without_tag(rows, source_tags):
    kept, added = [], {}
    for tag, value in rows:
        key = (tag >> 16, tag & 0xFFFF)
        if key[0] == 0x0021 and tag not in source_tags:
            added[key] = value
        else:
            kept.append((tag, value))
    return kept, added


def normal(rows):
    """The length of a group that grew has to change. An archive that writes anew computes lengths and pads as it likes."""
    if not REWRITES:
        return [(t, v) for t, v in rows if t != 0x00210000]
    return [(t, v.rstrip(b" \0") if isinstance(v, bytes) else v) for t, v in rows if t & 0xFFFF]


def read(path):
    dataset = pydicom.dcmread(path, force=True)
    return dataset, raw(dataset)


def same(source, received):
    source_rows, received_rows = source[1], received[1]
    tags = {t for t, _ in source_rows}
    kept, added = without_tag(received_rows, tags)
    values = [bytes(v).rstrip(b" \0") for v in added.values()]
    return normal(kept) == normal(source_rows) and values[-1:] == [b"DICOM send"] and len(values) <= 2


def main():
    sources = [line.strip() for line in open(sys.argv[1], encoding="utf-8") if line.strip()]
    received = {}
    for name in sorted(os.listdir(sys.argv[2])):
        item = read(os.path.join(sys.argv[2], name))
        received.setdefault(str(item[0].SOPInstanceUID).strip(), []).append((name, item))
    bad, matched = [], set()
    by_uid = {}
    for path in sources:
        item = read(path)
        uid = item[0].SOPInstanceUID
        uid = (uid.decode() if isinstance(uid, bytes) else str(uid)).strip("\0 ")
        by_uid.setdefault(uid, []).append((path, item))
    if REWRITES:
        for uid, items in by_uid.items():
            arrived = received.get(uid, [])
            if not arrived or not any(same(s, r) for _, s in items for _, r in arrived):
                bad.append(uid)
            matched.update(name for name, _ in arrived)
    else:
        for uid, items in by_uid.items():
            for path, source in items:
                hit = next((n for n, r in received.get(uid, []) if n not in matched and same(source, r)), None)
                bad.append(path) if hit is None else matched.add(hit)
    extra = sum(len(v) for v in received.values()) - len(matched)
    print(f"{len(sources)} sent, {sum(len(v) for v in received.values())} received, {len(bad)} different or missing, {extra} unexpected: {bad}")
    sys.exit(1 if bad or extra else 0)


main()
