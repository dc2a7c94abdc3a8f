#!/usr/bin/python3
"""Writes the PDF fixtures of tests/fixtures/pdf: make_fixtures/pdf.py FOLDER

Every file is put together byte by byte, so that each flaw is exactly the one that its name tells.
Texts are made up. Fonts are not carried: readers of text need only their widths and the map from
bytes to letters.
"""

import hashlib
import struct
import sys
import zlib
from pathlib import Path


class Pdf:
    """Objects in the order of their numbers; references are written by hand."""

    def __init__(self):
        self.objects = {}
        self.info = None
        self.extra = ""

    def put(self, number, body):
        self.objects[number] = body if isinstance(body, bytes) else body.encode("latin-1")

    def stream(self, number, data, entries="", pack=True):
        if pack:
            data = zlib.compress(data, 9)
            entries += "/Filter/FlateDecode"
        self.put(number, f"<<{entries}/Length {len(data)}>>stream\n".encode() + data + b"\nendstream")

    def write(self, root=1):
        out = bytearray(b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n")
        places = {}
        for number in sorted(self.objects):
            places[number] = len(out)
            out += f"{number} 0 obj\n".encode() + self.objects[number] + b"\nendobj\n"
        start = len(out)
        top = max(self.objects) + 1
        out += f"xref\n0 {top}\n0000000000 65535 f \n".encode()
        for number in range(1, top):
            if number in places:
                out += f"{places[number]:010d} 00000 n \n".encode()
            else:
                out += b"0000000000 65535 f \n"
        info = f"/Info {self.info} 0 R" if self.info else ""
        out += (f"trailer\n<</Size {top}/Root {root} 0 R{info}{self.extra}>>\n"
                f"startxref\n{start}\n%%EOF\n").encode()
        return bytes(out)


TO_UNICODE = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CMapName /W1251 def /CMapType 2 def
1 begincodespacerange <00> <FF> endcodespacerange
"""


def to_unicode():
    """The map of a font whose bytes are windows-1251."""
    lines = []
    for byte in range(0x20, 0x100):
        try:
            letter = bytes([byte]).decode("cp1251")
        except UnicodeDecodeError:
            continue
        lines.append(f"<{byte:02X}> <{ord(letter):04X}>")
    out = TO_UNICODE
    for i in range(0, len(lines), 100):
        chunk = lines[i:i + 100]
        out += f"{len(chunk)} beginbfchar\n".encode() + "\n".join(chunk).encode() + b"\nendbfchar\n"
    return out + b"endcmap CMapName currentdict /CMap defineresource pop end end\n"


def font(pdf, number):
    """Takes two numbers."""
    widths = " ".join(["500"] * 224)
    pdf.put(number, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/FirstChar 32/LastChar 255"
                    f"/Widths[{widths}]/ToUnicode {number + 1} 0 R>>")
    pdf.stream(number + 1, to_unicode())


def show(words, x, y, size=11):
    """One line of text."""
    raw = words.encode("cp1251").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return f"BT /F {size} Tf {x} {y} Td (".encode() + raw + b") Tj ET\n"


def lines(text, x=60, top=780, step=14, size=11):
    """Lines one below the other; an empty one leaves room."""
    out = b""
    for number, line in enumerate(text.split("\n")):
        if line:
            out += show(line, x, top - number * step, size)
    return out


def utf16(text):
    return "<FEFF" + text.encode("utf-16-be").hex().upper() + ">"


def simple(pages, box="0 0 595 842", catalog=""):
    """A document of pages of content; its font is 3 and 4, its pages begin with 10."""
    pdf = Pdf()
    kids = " ".join(f"{10 + 2 * i} 0 R" for i in range(len(pages)))
    pdf.put(1, f"<</Type/Catalog/Pages 2 0 R{catalog}>>")
    pdf.put(2, f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>")
    font(pdf, 3)
    for i, content in enumerate(pages):
        pdf.put(10 + 2 * i, f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents {11 + 2 * i} 0 R"
                            "/Resources<</Font<</F 3 0 R>>>>>>")
        pdf.stream(11 + 2 * i, content)
    return pdf


NOTICE = """ОГОЛОШЕННЯ

Відділ обліку населення повідомляє: прийом заяв на заміну
документів ведеться щодня, крім неділі, у кімнаті 14. При собі
слід мати стару посвідку, дві світлини та довідку з місця про-
живання.

Без нового документа після 1 липня не видаватимуть довідок для
лікарні та школи. Скарги приймає черговий."""

SECOND = """Додаток 1. Перелік установ

1. Поліклініка № 3 (реєстратура).
2. Школа № 12, канцелярія."""

XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"
 xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmp:CreatorTool="Writer of notices 2">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Інша назва</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>Відділ обліку</rdf:li><rdf:li>Канцелярія</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>uk</rdf:li></rdf:Bag></dc:language>
<prism:publicationDate>2024-05-20</prism:publicationDate>
<xmpMM:DocumentID>uuid:0d6c11f0-0000-4000-8000-00000000c0de</xmpMM:DocumentID>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def notice():
    """Labels, outline, information, XMP, a note, a form, an attachment."""
    pdf = simple([lines(NOTICE), lines(SECOND)],
                 catalog="/Outlines 30 0 R/PageLabels<</Nums[0<</S/r/St 4>>]>>/Metadata 33 0 R"
                         "/Names<</EmbeddedFiles<</Names[(a) 35 0 R]>>>>"
                         "/AcroForm<</Fields[38 0 R]/DR<</Font<</F 3 0 R>>>>/DA(/F 11 Tf)>>"
                         "/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>")
    pdf.put(30, "<</Type/Outlines/First 31 0 R/Last 32 0 R/Count 2>>")
    pdf.put(31, f"<</Title{utf16('Оголошення')}/Parent 30 0 R/Next 32 0 R/Dest[10 0 R/XYZ 0 800 0]>>")
    pdf.put(32, f"<</Title{utf16('Додаток')}/Parent 30 0 R/Prev 31 0 R/Dest[12 0 R/Fit]>>")
    pdf.stream(33, XMP.encode(), "/Type/Metadata/Subtype/XML", pack=False)
    pdf.put(34, f"<</Title{utf16('Про заміну документів')}/Author{utf16('М. Писар')}"
                "/Creator(Notice maker)/Producer(Hand 1.0)/CreationDate(D:20240518093000+03'00')>>")
    pdf.put(35, "<</Type/Filespec/F(../../etc/list.txt)/UF" + utf16("../../etc/список.txt") +
                "/Desc(a list)/EF<</F 36 0 R>>>>")
    pdf.stream(36, "Кімната 14\nКімната 15\n".encode(),
               "/Type/EmbeddedFile/Params<</Size 36/ModDate(D:20240517120000Z)>>")
    pdf.put(12, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 13 0 R"
                "/Resources<</Font<</F 3 0 R>>>>/Annots[37 0 R 38 0 R]>>")
    pdf.put(37, "<</Type/Annot/Subtype/Text/Rect[400 700 420 720]/T" + utf16("Р. Дописувач") +
                "/M(D:20240519)/Contents" + utf16("Перевірити номер школи") + ">>")
    pdf.put(38, "<</Type/Annot/Subtype/Widget/FT/Tx/T(room)/V" + utf16("чотирнадцять") +
                "/Rect[60 400 200 420]/F 2/P 12 0 R/DA(/F 11 Tf)>>")
    pdf.info = 34
    pdf.extra = "/ID[<0102030405060708090A0B0C0D0E0F10><1112131415161718191A1B1C1D1E1F20>]"
    return pdf.write()


LEFT = """The office opened a second
counter in March. Those who
came without the new papers
were sent back to the end of
the line."""
RIGHT = """By June the clinic asked for
the same papers. The nurse
wrote the names of those who
had none into a book."""


def columns():
    """Two columns with a heading over both, and a table below."""
    content = show("A report from two counters", 60, 790, 18)
    content += lines(LEFT, 60, 750) + lines(RIGHT, 320, 750)
    content += lines("Month\nMarch\nJune", 60, 600) + lines("Visits\n412\n1 038", 250, 600)
    return simple([content]).write()


def letter():
    """Paragraphs set apart by their first line alone; wide leading; a page turned by 90 degrees."""
    text = lines("    ", 60, 780)
    rows = [(80, "Шановна пані директорко! Прошу пояснити, на якій"), (60, "підставі від дітей вимагають нові"),
            (60, "документи до початку навчального року."), (80, "Відповідь прошу надіслати письмово на"),
            (60, "адресу, зазначену у заяві від 3 серпня.")]
    for number, (x, words) in enumerate(rows):
        text += show(words, x, 780 - 22 * number)
    pdf = simple([text, lines("Page on its side\nsecond line")])
    pdf.put(12, pdf.objects[12].replace(b"/MediaBox", b"/Rotate 90/MediaBox"))
    return pdf.write()


def picture(pdf, number):
    data = bytes((x * y) % 251 for y in range(40) for x in range(30))
    pdf.stream(number, data, "/Type/XObject/Subtype/Image/Width 30/Height 40/ColorSpace/DeviceGray"
                             "/BitsPerComponent 8")


def scan(stamp):
    """Pages that are pictures, perhaps with the stamp of a program on each."""
    pages = []
    for number in range(2):
        pages.append(b"q 595 0 0 842 0 0 cm /I Do Q\n" +
                     (show(f"Scanned by Handy Scanner {number + 1}", 60, 20) if stamp else b""))
    pdf = simple(pages)
    picture(pdf, 40)
    for number in (10, 12):
        pdf.put(number, pdf.objects[number].replace(b"/Resources<<", b"/Resources<</XObject<</I 40 0 R>>"))
    return pdf.write()


PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def rc4(key, data):
    box = list(range(256))
    j = 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) & 255
        box[i], box[j] = box[j], box[i]
    out = bytearray()
    i = j = 0
    for byte in data:
        i = (i + 1) & 255
        j = (j + box[i]) & 255
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) & 255])
    return bytes(out)


def locked(user):
    """Encrypted in the oldest way (ISO 32000-1, 7.6.3), with a password of the reader or without."""
    ident = bytes(range(16))
    permissions = -44
    owner_key = hashlib.md5((b"owner" + PAD)[:32]).digest()[:5]
    owner = rc4(owner_key, (user + PAD)[:32])
    key = hashlib.md5((user + PAD)[:32] + owner + struct.pack("<i", permissions) + ident).digest()[:5]
    content = lines("This notice may be read\nand not be copied, says its owner.")
    pdf = simple([content])
    for number, body in list(pdf.objects.items()):
        head, mark, rest = body.partition(b"stream\n")
        if mark:
            data = rest[:-len(b"\nendstream")]
            own = hashlib.md5(key + struct.pack("<I", number)[:3] + b"\0\0").digest()[:10]
            pdf.put(number, head + mark + rc4(own, data) + b"\nendstream")
    pdf.put(50, f"<</Filter/Standard/V 1/R 2/O<{owner.hex()}>/U<{rc4(key, PAD).hex()}>/P {permissions}>>")
    pdf.extra = f"/Encrypt 50 0 R/ID[<{ident.hex()}><{ident.hex()}>]"
    return pdf.write()


def tree_loop():
    """Pages that are their own parents and children."""
    pdf = simple([lines("The page before the loop says this.")])
    pdf.put(2, "<</Type/Pages/Count 3/Kids[10 0 R 2 0 R 20 0 R]>>")
    pdf.put(20, "<</Type/Pages/Parent 2 0 R/Count 1/Kids[2 0 R 20 0 R]>>")
    return pdf.write()


def outline_loop():
    pdf = simple([lines("An outline that leads back into itself\nstands beside this page.")],
                 catalog="/Outlines 30 0 R")
    pdf.put(30, "<</Type/Outlines/First 31 0 R/Last 32 0 R/Count 2>>")
    pdf.put(31, "<</Title(One)/Parent 30 0 R/Next 32 0 R/First 32 0 R/Last 31 0 R/Dest[10 0 R/Fit]>>")
    pdf.put(32, "<</Title(Two)/Parent 31 0 R/Next 31 0 R/First 31 0 R/Last 32 0 R/Dest[10 0 R/Fit]>>")
    return pdf.write()


def form_loop():
    """A drawing that draws itself."""
    pdf = simple([lines("Words beside a drawing that draws itself.") + b"/X Do\n"])
    pdf.put(10, pdf.objects[10].replace(b"/Resources<<", b"/Resources<</XObject<</X 40 0 R>>"))
    pdf.stream(40, b"/X Do /X Do\n", "/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
                                     "/Resources<</XObject<</X 40 0 R>>>>")
    return pdf.write()


def false_count():
    pdf = simple([lines("One page, although two thousand million are promised.")])
    pdf.put(2, "<</Type/Pages/Count 2000000000/Kids[10 0 R]>>")
    return pdf.write()


def broken_table():
    """The table of objects points nowhere: poppler finds the objects by reading through."""
    whole = simple([lines("The table is wrong,\nthe words are still there.")]).write()
    head, mark, tail = whole.partition(b"startxref\n")
    return head.replace(b" 00000 n", b" 00007 n") + mark + b"99999\n%%EOF\n"


def control_bytes():
    content = b"BT /F 11 Tf 60 700 Td (A\\000B\\001 and \\377 letters of no font) Tj ET\n"
    return simple([content]).write()


def main():
    folder = Path(sys.argv[1])
    whole = notice()
    files = {
        "notice": whole,
        "columns": columns(),
        "letter": letter(),
        "scan": scan(False),
        "scan-stamped": scan(True),
        "locked": locked(b"secret"),
        "locked-owner": locked(b""),
        "tree-loop": tree_loop(),
        "outline-loop": outline_loop(),
        "form-loop": form_loop(),
        "huge-page": simple([lines("A page as wide as a district.")], "0 0 99999999 99999999").write(),
        "false-count": false_count(),
        "broken-table": broken_table(),
        "control-bytes": control_bytes(),
        "no-pages": simple([]).write(),
        "half": whole[:len(whole) // 2],
        "not-a-pdf": b"%PDF-1.4\nNothing of this is one.\n",
    }
    for name, data in files.items():
        (folder / f"{name}.pdf").write_bytes(data)


main()
