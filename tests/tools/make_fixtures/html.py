#!/usr/bin/python3
"""Makes what in tests/fixtures/html follows from other pages there, or is no UTF-8: html.py FOLDER

The other pages are written by hand, in the shapes that sites have; the words are ours. What each must
give stands beside it in NAME.expected, checked exactly.
"""

import sys
from pathlib import Path


def main():
    folder = Path(sys.argv[1])
    # In windows-1251, as it says itself.
    government = (folder / "government.html").read_bytes().decode("cp1251")
    xml = '<?xml version="1.0" encoding="koi8-u"?>\n<html><head><title>Лист</title></head>' \
          "<body><p>Її ґанок розібрали.</p></body></html>"
    files = {
        "letter.xhtml": xml.encode("koi8_u"),
        "utf16.html": ("<!doctype html><title>Лист</title><p>Відмова без підпису.").encode("utf-16"),
        "mark.html": b"\xef\xbb\xbf" + (folder / "only-nav.html").read_bytes() + b"<p>x",
        # What is declared gives nonsense.
        "wrong.html": government.replace("windows-1251", "utf-8").encode("cp1251"),
        "wrong-latin.html": government.replace("windows-1251", "iso-8859-1").encode("cp1251"),
        "undeclared.html": "<!doctype html><p>Заяву не прийняли, її повернули через вікно.".encode("cp1251"),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)


main()
