#!/usr/bin/python3
"""Files that nobody should have to read: torn, false, endless, nested, expanding.

    make_hostile.py FIXTURES FOLDER [--large]

Writes about ninety files into FOLDER, some made here, some cut out of the good ones in FIXTURES. --large makes the expanding and
endless ones as large as they come (1 GiB), else a tenth of that. Deterministic.
"""

import gzip
import io
import random
import struct
import sys
import zipfile
import zlib
from pathlib import Path

MIB = 1 << 20


class Zeros(io.RawIOBase):
    """So many bytes of one letter, without holding them."""

    def __init__(self, size):
        self.left = size

    def readinto(self, room):
        n = min(len(room), self.left)
        room[:n] = b"0" * n
        self.left -= n
        return n

    def readable(self):
        return True


def zip_of(members, **how):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **how) as z:
        for name, data in members:
            z.writestr(zipfile.ZipInfo(name, (2023, 7, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def zip_bomb(size):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z, z.open("zeros.txt", "w") as member:
        source = Zeros(size)
        while chunk := source.read(MIB):
            member.write(chunk)
    return out.getvalue()


def nested(depth, wrap, inner=b"a word in the middle\n"):
    for level in range(depth):
        inner = wrap(level, inner)
    return inner


LAUGHS = ('<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha">'
          + "".join(f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(9))
          + "]>").encode()


def docx(document):
    return zip_of([("[Content_Types].xml", b"<Types/>"), ("word/document.xml", document)])


def png(width, height, data=b"\x00"):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def jpeg(width, height):
    sof = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xc0" + struct.pack(">H", len(sof) + 2) \
        + sof + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x00" * 32 + b"\xff\xd9"


def tiff(width, height, next_ifd=0):
    entries = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8),
               (278, 4, 1, height), (279, 4, 1, 0xffffffff)]
    body = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *e) for e in entries)
    return b"II*\x00" + struct.pack("<I", 8) + body + struct.pack("<I", next_ifd)


def pdf(*objects, trailer=b"/Root 1 0 R"):
    out = b"%PDF-1.5\n"
    places = []
    for i, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (i, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % p for p in places)
    return out + b"trailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, table)


def pdf_files(add):
    add("page-loop.pdf", pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 9 /Kids [2 0 R 2 0 R] >>"))
    add("parent-loop.pdf", pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Parent 2 0 R /Kids [3 0 R] >>",
                               b"<< /Type /Page /Parent 3 0 R /Contents 3 0 R >>"))
    add("xref-loop.pdf", pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 0 /Kids [] >>",
                             trailer=b"/Root 1 0 R /Prev 9"))
    add("length-of-itself.pdf", pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Length 2 0 R >>\nstream\nBT\nendstream"))
    add("deep-array.pdf", pdf(b"<< /Type /Catalog /Pages 2 0 R /X " + b"[" * 100000 + b"]" * 100000 + b" >>",
                              b"<< /Type /Pages /Count 0 /Kids [] >>"))
    add("many-pages.pdf", pdf(b"<< /Type /Catalog /Pages 2 0 R >>",
                              b"<< /Type /Pages /Count 2147483647 /Kids [" + b"3 0 R " * 5000 + b"] >>",
                              b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1e30 1e30] >>"))
    bomb = zlib.compress(zlib.compress(zlib.compress(b"0" * (64 * MIB), 9), 9), 9)
    add("filters.pdf", pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
                           b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
                           b"<< /Filter [/FlateDecode /FlateDecode /FlateDecode] /Length %d >>\nstream\n%s\nendstream"
                           % (len(bomb), bomb)))
    add("runs-things.pdf", pdf(b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /Launch /F (/bin/sh) >> "
                               b"/AA << /O << /S /JavaScript /JS (app.alert\\(1\\)) >> >> >>",
                               b"<< /Type /Pages /Count 0 /Kids [] >>"))


def markup_files(add):
    add("million-tags.html", b"<html><body>" + b"<i></i>" * 1000000)
    add("deep.html", b"<html>" + b"<div>" * 1000000 + b"a word")
    add("unclosed.html", b"<html><p>" + b"<b><i><u><s>" * 20000 + b"<p>" * 20000)
    add("attribute.html", b"<html><a href='" + b"x" * (10 * MIB) + b"'>word</a>")
    add("attributes.html", b"<html><a " + b" ".join(b"a%d=1" % i for i in range(200000)) + b">word</a>")
    add("entities.html", b"<html>" + b"&#x41;&bogus;&#1114112;&#0;" * 50000)
    add("tables.html", b"<html>" + b"<table><tr><td>" * 20000 + b"word")
    add("comment.html", b"<html><!-- " + b"- " * MIB)
    add("loads-things.html", b"<html><script src=http://127.0.0.1:1/></script><img src=file:///etc/passwd>"
                             b"<meta http-equiv=refresh content='0;url=file:///etc/passwd'><iframe src=//x></iframe><p>words")
    add("laughs.docx", docx(LAUGHS + b"<w:document xmlns:w='x'><w:t>&j;</w:t></w:document>"))
    add("outside.docx", docx(b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                             b"<w:document xmlns:w='x'><w:t>&x;</w:t></w:document>"))
    add("deep.docx", docx(b"<d>" * 1000000))
    add("bomb.docx", docx(b"<w:t>" + b"0" * (100 * MIB) + b"</w:t>"))
    add("laughs.odt", zip_of([("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", LAUGHS + b"<a>&j;</a>")]))
    add("no-parts.xlsx", zip_of([("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>")]))
    add("columns.xlsx", zip_of([("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook><sheets><sheet name='a'/></sheets></workbook>"),
                                ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row r='4294967295'><c r='ZZZZZZZZ9999999999'><v>1</v></c></row></sheetData></worksheet>")]))
    add("spine.epub", zip_of([("mimetype", b"application/epub+zip"), ("META-INF/container.xml", b"<container><rootfiles><rootfile full-path='../../etc/passwd'/></rootfiles></container>")]))
    add("braces.rtf", b"{\\rtf1" + b"{" * 1000000 + b"word")
    add("numbers.rtf", b"{\\rtf1\\u99999999999\\'zz\\bin4294967295 word}")
    add("brackets.json", b'{"type": "personal_chat", "id": 1, "messages": ' + b"[" * 1000000)
    add("one-message.json", b'{"name": "x", "type": "personal_chat", "id": 1, "messages": [{"id": 1, "type": "message", "text": "' + b"x" * (20 * MIB))
    add("not-utf8.json", b'{"name": "\xff\xfe", "type": "personal_chat", "id": 1, "messages": [{"id": 1e999, "text": "\xd0"}]}')


def mail_files(add):
    head = b"From: a@example.org\nReceived: by b\nMIME-Version: 1.0\n"
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(20000))
    add("multiparts.eml", head + deep)
    add("letters-in-letters.eml", nested(2000, lambda i, inner: head + b"Content-Type: message/rfc822\n\n" + inner))
    add("headers.eml", head + b"".join(b"X-%d: y\n" % i for i in range(300000)) + b"\nword")
    add("long-header.eml", head + b"Subject: " + b"=?utf-8?B?0LA=?= " * 300000 + b"\n\nword")
    add("open-boundary.eml", head + b'Content-Type: multipart/mixed; boundary="b\n\n--b\n\nword')
    add("bad-base64.eml", head + b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" + b"=" * 100000 + b"!!")
    add("names.eml", head + b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: attachment; filename=\"../../../etc/cron.d/x\"\n\nword\n--b--\n")
    add("no-end.mbox", b"From a@example.org Mon Jul  3 10:00:00 2023\nFrom: a@example.org\n\n" + b">From x\n" * 200000)
    add("many.mbox", b"From a@example.org Mon Jul  3 10:00:00 2023\nFrom: a@example.org\n\nx\n\n" * 30000)
    add("no-root.mhtml", head + b"Snapshot-Content-Location: file:///etc/passwd\nContent-Type: multipart/related; boundary=b\n\n--c--\n")


def archive_files(add, large):
    add("bomb.zip", zip_bomb(1024 * MIB if large else 100 * MIB))
    add("bombs.zip", zip_of([(f"{i}.zip", zip_bomb(8 * MIB)) for i in range(20)]))
    add("deep.zip", nested(12, lambda i, inner: zip_of([(f"{i}.zip" if i else "a.txt", inner)])))
    add("deep.gz", nested(12, lambda i, inner: gzip.compress(inner, mtime=0)))
    add("many.zip", zip_of([(f"{i}.txt", b"") for i in range(25000)]))
    add("names.zip", zip_of([("../../etc/passwd", b"a"), ("/etc/shadow", b"b"), ("x" * 4000 + ".txt", b"c"), ("a\x00b.txt", b"d"), ("a\nb.txt", b"e"), ("con/../..", b"f")]))
    good = bytearray(zip_of([("a.txt", b"words " * 100)]))
    good[14:18] = b"\0\0\0\0"
    add("sum.zip", bytes(good))
    good[22:26] = b"\xff\xff\xff\x7f"
    add("size.zip", bytes(good))
    add("member.warc.gz", gzip.compress(b"0" * (100 * MIB), mtime=0))
    add("length.warc", b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 99999999999999999999\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx")
    add("chunks.warc", b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://example.org/\r\nWARC-Date: 2023-07-03T10:00:00Z\r\nContent-Type: application/http\r\nContent-Length: 90\r\n\r\n"
                       b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nword\r\n\r\n")
    add("no-data.wacz", zip_of([("datapackage.json", b'{"resources": [{"path": "archive/a.warc.gz", "hash": "sha256:00", "bytes": 1}]}'), ("pages/pages.jsonl", b'{"format": "json-pages-1.0"}\n' + b"[" * 100000)]))


def media_files(add):
    add("false.png", png(60000, 60000))
    add("bomb.png", png(20000, 20000, b"\0" * (60 * MIB)))
    add("zero.png", png(0, 0))
    add("false.jpg", jpeg(65535, 65535))
    add("false.tif", tiff(0xffffffff, 0xffffffff))
    add("loop.tif", tiff(10, 10, next_ifd=8))
    add("false.bmp", b"BM" + struct.pack("<IIIIiiHHIIiiII", 100, 0, 54, 40, 2 ** 31 - 1, -2 ** 31, 1, 24, 0, 0, 0, 0, 0, 0))
    add("false.gif", b"GIF89a\xff\xff\xff\xff\xf7\x00\x00" + b"\x21\xff\xff" * 1000)
    add("boxes.mp4", b"\0\0\0\x18ftypisom\0\0\0\0isomiso2" + b"\0\0\0\x08moov" * 100000)
    add("size.mp4", b"\0\0\0\x18ftypisom\0\0\0\0isomiso2" + b"\0\0\0\x01moov\xff\xff\xff\xff\xff\xff\xff\xff")
    add("deep.mp4", b"\0\0\0\x18ftypisom\0\0\0\0isomiso2" + b"".join(struct.pack(">I", 8 * (20000 - i)) + b"moov" for i in range(20000)))
    add("size.mkv", b"\x1a\x45\xdf\xa3\x01\xff\xff\xff\xff\xff\xff\xfe" + b"\x18\x53\x80\x67\xff" * 1000)
    add("size.wav", b"RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff" + b"\0" * 100)
    add("size.mp3", b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + b"TIT2\x7f\x7f\x7f\x7f\0\0")


def text_files(add, large):
    noise = random.Random(7)
    add("one-line.txt", Zeros(1024 * MIB if large else 100 * MIB))
    add("noise.txt", noise.randbytes(MIB))
    add("ones.txt", b"\xff" * 100000)
    add("only-a-mark.txt", b"\xef\xbb\xbf")
    add("odd-utf16.txt", b"\xff\xfea\0b\0c")
    add("lone-surrogates.txt", b"\xff\xfe" + b"\x00\xd8" * 1000)
    add("controls.txt", bytes(range(1, 32)) * 1000)
    add("bidi.txt", "\u202eabc\u2066def\u2069 ".encode() * 1000)
    add("combining.txt", ("a" + "\u0301" * 100000).encode())
    add("open-quote.csv", b'a,b\n1,"' + b"x,\n" * MIB)
    add("columns.csv", b"," * MIB)
    add("times.srt", b"1\n99:99:99,999 --> 00:00:00,000\nword\n\n" * 20000)
    add("times.vtt", b"WEBVTT\n\n" + b"99999999:00:00.000 --> x\nword\n\n" * 10000)
    add("an-elf-named.docx", b"\x7fELF" + noise.randbytes(1000))
    add("a-page-named.pdf", b"<!doctype html><p>words of a page")
    add("both.pdf", b"%PDF-1.4\n" + zip_of([("a.txt", b"word")]))
    add("\u202ecod.exe.txt", b"a name that reads backwards\n")
    add("-rf", b"a name like an option\n")
    add("two\nlines.txt", b"a name of two lines\n")
    add("n" * 251 + ".txt", b"a long name\n")


def torn_files(fixtures, add):
    """Good files of each family, cut off and with bytes turned round."""
    noise = random.Random(11)
    for pattern in ("pdf/letter.pdf", "office/letter.docx", "office/notice.odt", "office/numbers.xlsx", "mail/*.eml", "web/*.warc.gz", "web/*.wacz",
                    "archive/files.tar.gz", "media/*.jpg", "media/*.mp4", "rtf/table.rtf", "chat/*.json"):
        found = sorted(fixtures.glob(pattern))
        if not found:
            sys.exit(f"make_hostile: no fixture {pattern}")
        data = found[0].read_bytes()
        name = found[0].name
        add(f"torn-{name}", data[:len(data) * 5 // 8])
        turned = bytearray(data)
        for _ in range(max(3, len(data) // 200)):
            turned[noise.randrange(len(turned))] ^= 1 << noise.randrange(8)
        add(f"turned-{name}", bytes(turned))


def main():
    words = [w for w in sys.argv[1:] if w != "--large"]
    if len(words) != 2:
        sys.exit(__doc__)
    large = "--large" in sys.argv
    folder = Path(words[1])
    folder.mkdir(parents=True, exist_ok=True)

    def add(name, data):
        with open(folder / name, "wb") as out:
            if isinstance(data, bytes):
                out.write(data)
                return
            while chunk := data.read(MIB):
                out.write(chunk)

    pdf_files(add)
    markup_files(add)
    mail_files(add)
    archive_files(add, large)
    media_files(add)
    text_files(add, large)
    torn_files(Path(words[0]), add)


if __name__ == "__main__":
    main()
