#!/usr/bin/python3
"""Messages as Outlook packs them (TNEF), made by hand: tnef.py MAIL_FOLDER"""

import base64
import struct
import sys
import zlib
from pathlib import Path

USUAL = (b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
         b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0"
         b"\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx")
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452")
MESSAGE = bytes.fromhex("0703020000000000c000000000000046")
STRING, UNICODE, BINARY, OBJECT, LONG, TIME = 0x1E, 0x1F, 0x102, 0x0D, 3, 0x40


def attribute(level, number, data, wrong=0, length=None):
    return struct.pack("<BII", level, number, len(data) if length is None else length) + data + \
        struct.pack("<H", sum(data) + wrong & 0xFFFF)


def properties(*rows, count=None):
    out = struct.pack("<I", len(rows) if count is None else count)
    for kind, number, value in rows:
        out += struct.pack("<HH", kind & 0xFFFF, number)
        if number >= 0x8000:
            name = "Sender\0".encode("utf-16-le")
            out += bytes(16) + struct.pack("<II", 1, len(name)) + name + bytes(-len(name) % 4)
        values = value if isinstance(value, list) else [value]
        if kind not in (LONG, TIME):
            out += struct.pack("<I", len(values))
        for one in values:
            if kind == LONG:
                out += struct.pack("<I", one)
            elif kind == TIME:
                out += struct.pack("<Q", one)
            else:
                one = (one + "\0").encode("utf-16-le") if kind & 0xFFF == UNICODE else one
                out += struct.pack("<I", len(one)) + one + bytes(-len(one) % 4)
    return out


def tnef(*attributes):
    version = attribute(1, 0x00089006, struct.pack("<I", 0x00010000))
    return struct.pack("<IH", 0x223E9F78, 1) + version + attribute(1, 0x00069007, struct.pack("<II", 1251, 0)) + b"".join(attributes)


def packed(rtf, end=True):
    """LZFu, pointing back wherever three bytes or more are the same."""
    window = bytearray(USUAL) + bytearray(4096 - len(USUAL))
    at, i, out, tokens = len(USUAL), 0, b"", []
    while i < len(rtf):
        best = (0, 0)
        for start in range(4096 if len(rtf) < 5000 else 0):
            n = 0
            while n < 17 and i + n < len(rtf) and window[(start + n) % 4096] == rtf[i + n] and (start + n) % 4096 != at:
                n += 1
            best = max(best, (n, start))
        n, start = best if best[0] > 2 else (1, -1)
        tokens.append(bytes([rtf[i]]) if start < 0 else struct.pack(">H", start << 4 | n - 2))
        for c in rtf[i:i + n]:
            window[at] = c
            at = (at + 1) % 4096
        i += n
    if end:
        tokens.append(struct.pack(">H", at << 4))
    for k in range(0, len(tokens), 8):
        group = tokens[k:k + 8]
        out += bytes([sum(1 << b for b, t in enumerate(group) if len(t) == 2)]) + b"".join(group)
    crc = zlib.crc32(out, 0xFFFFFFFF) ^ 0xFFFFFFFF  # begins and ends with 0 instead of all ones
    return struct.pack("<IIII", len(out) + 12, len(rtf), 0x75465A4C, crc) + out


def file(title, data, *more, render=bytes(14)):
    return attribute(2, 0x00069002, render) + attribute(2, 0x00018010, title) + attribute(2, 0x0006800F, data) + \
        (attribute(2, 0x00069005, properties(*more)) if more else b"")


def files():
    date = struct.pack("<7H", 2024, 3, 5, 9, 30, 0, 2)
    sender = lambda name, address: struct.pack("<HHHH", 4, 0, len(name) + 1, len(address) + 1) + name + b"\0" + address + b"\0"
    plain = tnef(
        attribute(1, 0x00078008, b"IPM.Microsoft Mail.Note\0"), attribute(1, 0x00008000, sender("Отдел кадров".encode("cp1251"), b"SMTP:office@sender.example")),
        attribute(1, 0x00018004, "О приёме документов\0".encode("cp1251")), attribute(1, 0x00038005, date),
        attribute(1, 0x0002800C, "Добрый день.\r\nПриём по списку, см. файл.\r\n\0".encode("cp1251")),
        file("СПИСОК~1.TXT\0".encode("cp1251"), "Всего 17 человек.\n".encode("cp1251"), (UNICODE, 0x3707, "Список на март.txt"), (UNICODE, 0x370E, "text/plain")),
        file(b"logo.png\0", PNG, (STRING, 0x3712, b"logo@here\0"), (LONG, 0x3705, 1)),
        file("договор.doc\0".encode("cp1251"), bytes.fromhex("d0cf11e0a1b11ae1")))
    yield "winmail.dat", plain
    page = "<html><head><meta charset=koi8-r></head><body><h1>Години</h1><ol><li>зранку<li>ввечері</ol></body></html>".encode("utf-8")
    inner = tnef(attribute(1, 0x00069003, properties((UNICODE, 0x0037, "Переслане"), (UNICODE, 0x1000, "Слова всередині."))))
    yield "page.dat", tnef(
        attribute(1, 0x00069003, properties(
            (UNICODE, 0x0037, "Прийом — зміни"), (UNICODE, 0x0C1A, "О. Писар"), (STRING, 0x0C1F, b"pysar@office.example\0"),
            (TIME, 0x0039, (1709631000 + 11644473600) * 10_000_000), (UNICODE, 0x8001, "named"), (LONG, 0x3FDE, 65001),
            (0x1000 | UNICODE, 0x3A58, ["one", "two"]), (STRING, 0x1035, b"<a@office.example>\0"), (BINARY, 0x1013, page))),
        attribute(2, 0x00069002, bytes(14)), attribute(2, 0x00069005, properties((UNICODE, 0x3001, "Переслане повідомлення"), (OBJECT, 0x3701, MESSAGE + inner), (LONG, 0x3705, 5))),
        attribute(2, 0x00069002, bytes(14)), attribute(2, 0x00069005, properties((OBJECT, 0x3701, bytes(16) + b"an object"), (UNICODE, 0x3704, "OBJ.BIN"), (UNICODE, 0x370E, "application/x-thing"))))
    rtf = (rb"{\rtf1\ansi\ansicpg1251\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}{\*\htmltag19 <html>}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 "
           + "".join(f"\\'{b:02x}" if b > 127 else chr(b) for b in "Приём закрыт. Приём закрыт до понедельника.".encode("cp1251")).encode() + rb"\htmlrtf\par}\htmlrtf0 {\*\htmltag72 </p>}}")
    yield "rich.dat", tnef(attribute(1, 0x00069003, properties((BINARY, 0x1009, packed(rtf)))))
    yield "not_packed.dat", tnef(attribute(1, 0x00069003, properties((BINARY, 0x1009, struct.pack("<IIII", 18, 6, 0x414C454D, 0) + b"{\\rtf}"))))
    yield "only_files.dat", tnef(file(b"a.bin\0", b"1"), file(b"", b"2"))
    yield "cut.dat", plain[:len(plain) * 3 // 4]
    yield "wrong_sum.dat", tnef(attribute(1, 0x0002800C, b"Words with a wrong sum.\0", wrong=1))
    yield "false_length.dat", tnef(attribute(1, 0x0002800C, b"Words before.\0"), attribute(2, 0x0006800F, b"few", length=0xFFFFFFF0))
    yield "false_count.dat", tnef(attribute(1, 0x00069003, properties((UNICODE, 0x1000, "A word."), (BINARY, 0x1013, b""), count=0xFFFFFFFF)))
    lying = struct.pack("<HHII", BINARY, 0x1013, 0xFFFFFFFF, 0xFFFFFFFF)
    yield "false_value.dat", tnef(attribute(1, 0x00069003, struct.pack("<I", 1) + lying), attribute(1, 0x0002800C, b"Words behind.\0"))
    forever = struct.pack("<IIII", 0x7FFFFFFF, 0x7FFFFFFF, 0x75465A4C, 0) + bytes([0xFE]) + b"x" + (struct.pack(">H", 0) * 7 + b"\xFF") * 20
    yield "false_size.dat", tnef(attribute(1, 0x00069003, properties((BINARY, 0x1009, forever))))
    lines = lambda data: base64.encodebytes(data).replace(b"\n", b"\r\n")
    yield "outlook.eml", (
        b"From: =?utf-8?B?" + base64.b64encode("О. Писар".encode()) + b"?= <pysar@office.example>\r\nSubject: Hours\r\nDate: Tue, 5 Mar 2024 09:30:00 +0200\r\n"
        b"X-MS-TNEF-Correlator: 1\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n"
        b"--x\r\nContent-Type: application/ms-tnef; name=\"winmail.dat\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"winmail.dat\"\r\n\r\n"
        + lines(plain) + b"--x--\r\n")


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files():
        (folder / name).write_bytes(data)


main()
