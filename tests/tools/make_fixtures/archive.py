#!/usr/bin/python3
"""Archives, made by hand: archive.py FOLDER"""

import base64
import gzip
import io
import sys
import tarfile
import warnings
import zipfile
from pathlib import Path

SEVEN = "N3q8ryccAAP5fhb/DwAAAAAAAABUAAAAAAAAAPmcdQIBAApmaXJzdCBub3RlCgABBAYAAQkPAAcLAQABISEBFgwLAAgKAQrW9fMAAAUBER0AbgBvAHQAZQBzAC8AbwBuAGUALgB0AHgAdAAAABQKAQAAoC6m9G7aARUGAQAggKSBAAA="
WHEN = (2024, 3, 5, 12, 0, 0)


def packed(members, stored=False):
    """Members: name, bytes, and perhaps the Unix mode."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, data, *mode in members:
            info = zipfile.ZipInfo(name, WHEN)
            info.create_system = 3
            info.external_attr = (mode[0] if mode else 0o100644) << 16
            z.writestr(info, data, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def renamed(data, ascii_name, raw):
    assert len(ascii_name) == len(raw)
    return data.replace(ascii_name.encode(), raw)


def tar(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as t:
        for name, data, *link in members:
            info = tarfile.TarInfo(name)
            info.mtime = 1709640000
            if link:
                info.type, info.linkname = tarfile.SYMTYPE, link[0]
                t.addfile(info)
            else:
                info.size = len(data)
                t.addfile(info, io.BytesIO(data))
    return out.getvalue()


def files():
    letter = "Прийом у понеділок.\n".encode()
    yield "letters.zip", packed([("letters/", b"", 0o40755), ("letters/перший.txt", letter), ("letters/two.txt", b"Second letter.\n" * 20),
                                 ("photo.jpg", b"\xff\xd8\xff\xe0 not really")])
    old = packed([("XXXXXX.txt", letter), ("YYYYYY.txt", b"b")], stored=True)
    yield "pages866.zip", renamed(renamed(old, "XXXXXX", "приказ".encode("cp866")), "YYYYYY", "Архив1".encode("cp866"))
    yield "pages1251.zip", renamed(old, "XXXXXX", "Приказ".encode("cp1251"))
    yield "inside.zip", packed([("inner.zip", packed([("deep.txt", b"deep")])), ("empty.txt", b""), ("link", b"/etc/passwd", 0o120777)])
    yield "names.zip", packed([("../../etc/x", b"up"), ("/abs", b"root"), ("a\\b.txt", b"back"), ("line\nbreak.txt", b"two"), ("same", b"1"), ("same", b"2")], stored=True)
    locked = bytearray(packed([("secret.txt", b"0123456789abcdefghij")], stored=True))
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    yield "locked.zip", bytes(locked)
    wrong = packed([("good.txt", b"good bytes"), ("bad.txt", b"these bytes are changed"), ("after.txt", b"after")], stored=True)
    yield "wrong_sum.zip", wrong.replace(b"these", b"thosE", 1)
    yield "empty.zip", packed([])
    yield "files.tar", tar([("one.txt", letter), ("папка/two.txt", b"two"), ("link", b"", "/etc/passwd")])
    yield "files.tar.gz", gzip.compress(tar([("one.txt", letter)]), mtime=0)
    yield "list.csv.gz", gzip.compress(b"a,b\n1,2\n", mtime=0)
    yield "notes.7z", base64.b64decode(SEVEN)
    yield "not_an_archive.zip", b"PK is how some texts begin, and this is one of them."
    yield "other.bin", b"nothing that is known here"


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")  # two members of one name are wanted
    for name, data in files():
        (folder / name).write_bytes(data)


main()
