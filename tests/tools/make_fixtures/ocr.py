#!/usr/bin/python3
"""Writes the picture fixtures of tests/fixtures/ocr: make_fixtures/ocr.py FOLDER

Pages are set in DejaVu Sans, rendered by pdftoppm and packed again, so that they are small. What a
page says stands beside it as NAME.txt. Texts are made up.
"""

import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")

NOTICE = """ОГОЛОШЕННЯ
З 1 червня заяви на виплати приймають лише
з новим документом. Ґрунтовну перевірку
її чинності проводить відділ № 7."""
LETTER = """Уважаемые жильцы подъезда!
Объявление: 14 июля приём граждан ведёт
инспектор отдела учёта. Список отказавшихся
передан в управление."""
REPORT = """The queue began at six in the morning.
Of 42 people who came, 17 were sent home,
for they had only the old passport.
Nobody wrote down their names."""


def glyphs(font):
    """Numbers of glyphs by letters: table cmap, format 4 (OpenType)."""
    tables = {}
    for i in range(struct.unpack(">H", font[4:6])[0]):
        tag, _, at, _ = struct.unpack(">4sIII", font[12 + 16 * i:28 + 16 * i])
        tables[tag] = at
    cmap = tables[b"cmap"]
    for i in range(struct.unpack(">H", font[cmap + 2:cmap + 4])[0]):
        _, _, at = struct.unpack(">HHI", font[cmap + 4 + 8 * i:cmap + 12 + 8 * i])
        at += cmap
        if struct.unpack(">H", font[at:at + 2])[0] == 4:
            break
    n = struct.unpack(">H", font[at + 6:at + 8])[0] // 2
    words = lambda start: struct.unpack(f">{n}H", font[start:start + 2 * n])
    ends, starts = words(at + 14), words(at + 16 + 2 * n)
    deltas, offsets = words(at + 16 + 4 * n), words(at + 16 + 6 * n)
    found = {}
    for i in range(n):
        for code in range(starts[i], min(ends[i], 0xFFFE) + 1):
            glyph = code
            if offsets[i]:
                place = at + 16 + 6 * n + 2 * i + offsets[i] + 2 * (code - starts[i])
                glyph = struct.unpack(">H", font[place:place + 2])[0]
            found[code] = (glyph + deltas[i]) & 0xFFFF
    widths_n = struct.unpack(">H", font[tables[b"hhea"] + 34:tables[b"hhea"] + 36])[0]
    advance = lambda glyph: struct.unpack(
        ">H", font[tables[b"hmtx"] + 4 * min(glyph, widths_n - 1):][:2])[0]
    return found, advance


def document(pages):
    """A PDF with the font in it."""
    font = FONT.read_bytes()
    numbers, advance = glyphs(font)
    used = sorted({numbers[ord(c)] for text in pages for c in text if c != "\n"})
    widths = " ".join(f"{g}[{advance(g) * 1000 // 2048}]" for g in used)
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        3: b"<</Type/Font/Subtype/Type0/BaseFont/D/Encoding/Identity-H/DescendantFonts[4 0 R]>>",
        4: b"<</Type/Font/Subtype/CIDFontType2/BaseFont/D/CIDToGIDMap/Identity/FontDescriptor 5 0 R"
           b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/W["
           + widths.encode() + b"]>>",
        5: b"<</Type/FontDescriptor/FontName/D/Flags 4/FontBBox[0 0 1000 1000]/ItalicAngle 0"
           b"/Ascent 900/Descent -200/CapHeight 700/StemV 80/FontFile2 6 0 R>>",
        6: b"<</Length %d/Length1 %d>>stream\n" % (len(font), len(font)) + font + b"\nendstream",
    }
    kids = []
    for i, text in enumerate(pages):
        content = b""
        for number, line in enumerate(text.split("\n")):
            raw = "".join(f"{numbers[ord(c)]:04X}" for c in line)
            content += f"BT /F 12 Tf 30 {110 - 24 * number} Td <{raw}> Tj ET\n".encode()
        kids.append(f"{10 + 2 * i} 0 R")
        objects[10 + 2 * i] = (f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 360 140]/Contents {11 + 2 * i}"
                               " 0 R/Resources<</Font<</F 3 0 R>>>>>>").encode()
        objects[11 + 2 * i] = b"<</Length %d>>stream\n" % len(content) + content + b"endstream"
    objects[2] = f"<</Type/Pages/Count {len(pages)}/Kids[{' '.join(kids)}]>>".encode()
    body = b"".join(b"%d 0 obj\n" % n + o + b"\nendobj\n" for n, o in objects.items())
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def rendered(text, *options):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.pdf"
        source.write_bytes(document([text]))
        subprocess.run(["pdftoppm", "-r", "200", "-singlefile", *options, source, f"{folder}/page"],
                       check=True, stderr=subprocess.DEVNULL)
        return next(p for p in Path(folder).iterdir() if p.name != "page.pdf").read_bytes()


def bits(text):
    """Width, height and rows of one bit a pixel, 1 for black."""
    head, size, rows = rendered(text, "-mono").split(b"\n", 2)
    assert head == b"P4"
    width, height = map(int, size.split())
    return width, height, rows


def png(text):
    width, height, rows = bits(text)
    step = (width + 7) // 8
    raw = b"".join(b"\0" + bytes(255 - b for b in rows[y * step:(y + 1) * step])
                   for y in range(height))

    def chunk(name, data):
        return (struct.pack(">I", len(data)) + name + data +
                struct.pack(">I", zlib.crc32(name + data)))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
            + chunk(b"pHYs", struct.pack(">IIB", 7874, 7874, 1))
            + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b""))


def tiff(texts):
    """Pages packed by deflate (TIFF technical note 2)."""
    out = bytearray(b"II*\0\0\0\0\0")
    link = 4
    for text in texts:
        width, height, rows = bits(text)
        data = zlib.compress(rows, 9)
        out += b"\0" * (len(out) % 2)
        strip = len(out)
        out += data + b"\0" * (len(data) % 2)
        resolution = len(out)
        out += struct.pack("<II", 200, 1)
        out[link:link + 4] = struct.pack("<I", len(out))
        entries = [(256, 3, width), (257, 3, height), (258, 3, 1), (259, 3, 8), (262, 3, 0),
                   (273, 4, strip), (277, 3, 1), (278, 3, height), (279, 4, len(data)),
                   (282, 5, resolution), (283, 5, resolution), (296, 3, 2)]
        out += struct.pack("<H", len(entries))
        for tag, kind, value in entries:
            out += struct.pack("<HHII", tag, kind, 1, value)
        link = len(out)
        out += struct.pack("<I", 0)
    return bytes(out)


def scan(texts):
    """A PDF whose pages are pictures."""
    objects = {1: b"<</Type/Catalog/Pages 2 0 R>>"}
    for i, text in enumerate(texts):
        width, height, rows = bits(text)
        data = zlib.compress(rows, 9)
        at = 3 + 3 * i
        content = b"q 360 0 0 140 0 0 cm /I Do Q"
        objects[at] = (f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 360 140]/Contents {at + 1} 0 R"
                       f"/Resources<</XObject<</I {at + 2} 0 R>>>>>>").encode()
        objects[at + 1] = b"<</Length %d>>stream\n" % len(content) + content + b"\nendstream"
        objects[at + 2] = (f"<</Type/XObject/Subtype/Image/Width {width}/Height {height}"
                           "/ColorSpace/DeviceGray/Decode[1 0]/BitsPerComponent 1"
                           f"/Filter/FlateDecode/Length {len(data)}>>stream\n").encode()
        objects[at + 2] += data + b"\nendstream"
    kids = " ".join(f"{3 + 3 * i} 0 R" for i in range(len(texts)))
    objects[2] = f"<</Type/Pages/Count {len(texts)}/Kids[{kids}]>>".encode()
    body = b"".join(b"%d 0 obj\n" % n + o + b"\nendobj\n" for n, o in objects.items())
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def main():
    folder = Path(sys.argv[1])
    photo = rendered(LETTER, "-gray", "-jpeg", "-jpegopt", "quality=60")
    files = {
        "notice.png": (png(NOTICE), NOTICE),
        "letter.jpg": (photo, LETTER),
        "report.tif": (tiff([REPORT, NOTICE]), REPORT + "\n" + NOTICE),
        "scanned.pdf": (scan([REPORT, LETTER]), REPORT + "\n" + LETTER),
    }
    for name, (data, text) in files.items():
        (folder / name).write_bytes(data)
        (folder / f"{name}.txt").write_text(text + "\n", encoding="utf-8")


main()
