#!/usr/bin/python3
"""Small pictures, sounds and films that say a lot about themselves, made by hand: media.py FOLDER"""

import struct
import sys
import zlib
from pathlib import Path

XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmp:CreatorTool="Cabinet 3 &amp; Co" photoshop:City="Мала Балка">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Двері паспортного столу</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>Одарка Перша</rdf:li><rdf:li>Second Hand</rdf:li></rdf:Seq></dc:creator>
</rdf:Description></rdf:RDF></x:xmpmeta>
                                                  <?xpacket end="w"?>""".encode()


# ---- EXIF ----

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1}


def entry_bytes(kind, value, o):
    if kind in (1, 2, 7):
        return value if isinstance(value, bytes) else value.encode() + b"\0"
    values = value if isinstance(value, list) else [value]
    if kind == 5:
        return b"".join(struct.pack(o + "II", a, b) for a, b in values)
    return b"".join(struct.pack(o + {3: "H", 4: "I"}[kind], v) for v in values)


def directory(at, entries, o, following=0):
    """One directory and its data, to stand at a place in the block."""
    data_at = at + 2 + 12 * len(entries) + 4
    head, data = struct.pack(o + "H", len(entries)), b""
    for tag, kind, value in sorted(entries, key=lambda e: e[0]):
        raw = entry_bytes(kind, value, o)
        count = len(raw) // SIZES[kind]
        if len(raw) <= 4:
            field = raw.ljust(4, b"\0")
        else:
            field = struct.pack(o + "I", data_at + len(data))
            data += raw + b"\0" * (len(raw) % 2)
        head += struct.pack(o + "HHI", tag, kind, count) + field
    return head + struct.pack(o + "I", following) + data


def exif(o="<", extra=(), thumbnail=True):
    begin = (b"II*\0" if o == "<" else b"MM\0*") + struct.pack(o + "I", 8)
    first = [(0x010f, 2, "Balka Optics"), (0x0110, 2, "Window 2"), (0x0132, 2, "2022:11:03 09:41:00"),
             (0x013b, 2, "Одарка Перша"), (0x8298, 2, "(c) Odarka"), (0x0112, 3, 1), *extra]
    camera = [(0x9003, 2, "2022:11:03 09:40:58"), (0xa431, 2, "SN-0042-7781"), (0x829a, 5, (1, 60)),
              (0x829d, 5, (28, 10)), (0x9000, 7, b"0230"), (0xa430, 2, "Odarka P.")]
    place = [(0, 1, b"\2\3\0\0"), (1, 2, "N"), (2, 5, [(47, 1), (50, 1), (1234, 100)]), (3, 2, "E"),
             (4, 5, [(35, 1), (8, 1), (3000, 100)]), (6, 5, (104, 1)), (29, 2, "2022:11:03")]
    pointers = [(0x8769, 4, 0), (0x8825, 4, 0)]
    size = len(directory(8, first + pointers, o))
    at_camera = 8 + size
    at_place = at_camera + len(directory(at_camera, camera, o))
    at_second = at_place + len(directory(at_place, place, o))
    pointers = [(0x8769, 4, at_camera), (0x8825, 4, at_place)]
    small = b"\xff\xd8\xff\xd9"
    second = [(0x0103, 3, 6), (0x0201, 4, 0), (0x0202, 4, len(small))]
    at_small = at_second + len(directory(at_second, second, o))
    second[1] = (0x0201, 4, at_small)
    block = begin + directory(8, first + pointers, o, at_second if thumbnail else 0)
    block += directory(at_camera, camera, o) + directory(at_place, place, o)
    return block + (directory(at_second, second, o) + small if thumbnail else b"")


# ---- pictures ----

def segment(mark, body):
    return bytes([0xff, mark]) + struct.pack(">H", len(body) + 2) + body


def jpeg(*segments, progressive=False, tail=b""):
    """Eight by eight grey points: every coefficient is nothing."""
    frame = struct.pack(">BHHB", 8, 8, 8, 1) + b"\1\x11\0"
    table = b"\1" + b"\0" * 15 + b"\0"
    return (b"\xff\xd8" + b"".join(segments) + segment(0xdb, b"\0" + b"\1" * 64) + segment(0xc2 if progressive else 0xc0, frame) +
            segment(0xc4, b"\0" + table) + segment(0xc4, b"\x10" + table) +
            segment(0xda, b"\1\1\0\0\x3f\0") + b"\x3f\xff\xd9" + tail)


def iptc():
    def one(record, number, text):
        raw = text if isinstance(text, bytes) else text.encode()
        return struct.pack(">BBBH", 0x1c, record, number, len(raw)) + raw
    records = (one(1, 90, b"\x1b%G") + one(2, 5, "Черга") + one(2, 80, "Одарка Перша") + one(2, 25, "queue") + one(2, 25, "office") +
               one(2, 90, "Мала Балка") + one(2, 120, "Before opening hours") + one(2, 199, "unknown"))
    return records


def photoshop():
    records = iptc()
    return (b"Photoshop 3.0\0" + b"8BIM\x03\xed\0\0" + struct.pack(">I", 3) + b"abc\0" +
            b"8BIM\x04\x04\0\0" + struct.pack(">I", len(records)) + records)


def profile(multi):
    if multi:
        text = "Balka RGB".encode("utf-16-be")
        tag = b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(text), 28) + text
    else:
        tag = b"desc\0\0\0\0" + struct.pack(">I", 10) + b"Balka RGB\0"
    body = struct.pack(">I4sII", 1, b"desc", 144, len(tag)) + tag
    return struct.pack(">I", 128 + len(body)) + b"\0" * 32 + b"acsp" + b"\0" * 88 + body


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks, tail=b""):
    pixel = chunk(b"IDAT", zlib.compress(b"\0\x80"))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + b"".join(chunks) + pixel +
            chunk(b"IEND", b"") + tail)


def gif(*extensions, frames=1):
    frame = b"\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
    return b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff" + b"".join(extensions) + frame * frames + b";"


def gif_xmp():
    slide = b"\1" + bytes(range(255, -1, -1)) + b"\0"
    return b"\x21\xff\x0bXMP DataXMP" + XMP + slide


def riff(form, *chunks):
    body = form + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def part(name, body):
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def listed(form, *chunks):
    return part(b"LIST", form + b"".join(chunks))


def webp():
    pixel = bytes.fromhex("2f000000100710111188 88fe0700".replace(" ", ""))
    flags = struct.pack("<I", 0x08 | 0x04) + b"\0\0\0" + b"\0\0\0"
    return riff(b"WEBP", part(b"VP8X", flags), part(b"VP8L", pixel), part(b"EXIF", exif(thumbnail=False)), part(b"XMP ", XMP))


def tiff(o="<", pages=1):
    extra = [(256, 3, 1), (257, 3, 1), (258, 3, 8), (259, 3, 1), (262, 3, 1), (277, 3, 1), (278, 3, 1), (279, 4, 1), (273, 4, 8),
             (700, 1, XMP), (33723, 7, iptc()), (34675, 7, profile(False)), (0x0131, 2, "Scanner of the office")]
    begin = (b"II*\0" if o == "<" else b"MM\0*")
    if pages == 1:
        return exif(o, extra, thumbnail=False)
    out = begin + struct.pack(o + "I", 8)
    for i in range(pages):
        entries = [(256, 3, 1 + i), (257, 3, 2), (0x010d, 2, f"page {i + 1} of the order")]
        size = len(directory(len(out), entries, o))
        out += directory(len(out), entries, o, len(out) + size if i + 1 < pages else 0)
    return out


def bmp():
    return b"BM" + struct.pack("<IHHI", 58, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, 1, -1, 1, 24, 0, 4, 2835, 2835, 0, 0) + b"\x80\x80\x80\0"


# ---- boxes ----

def box(kind, *bodies):
    body = b"".join(bodies)
    return struct.pack(">I", len(body) + 8) + kind + body


def full(kind, *bodies, version=0):
    return box(kind, bytes([version, 0, 0, 0]), *bodies)


def when(days):
    return days * 86400 + 12 * 3600


def track(handler, name, entry, language="ukr", size=(0, 0)):
    code = 0
    for c in language:
        code = code << 5 | ord(c) - 0x60
    head = full(b"tkhd", struct.pack(">IIIII", when(43406), when(43406), 1, 0, 12500), b"\0" * 16,
                struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30), struct.pack(">II", size[0] << 16, size[1] << 16))
    media = box(b"mdia", full(b"mdhd", struct.pack(">IIIIHH", when(43406), when(43406), 1000, 12500, code, 0)),
                full(b"hdlr", b"\0\0\0\0", handler, b"\0" * 12, name.encode() + b"\0"),
                box(b"minf", box(b"stbl", full(b"stsd", struct.pack(">I", 1), entry))))
    return box(b"trak", head, media)


def video_entry(codec):
    body = b"\0" * 6 + struct.pack(">H", 1) + b"\0" * 16 + struct.pack(">HH", 640, 480) + b"\0" * 14 + b"\7Balka 1".ljust(32, b"\0") + b"\0\x18\xff\xff"
    return box(codec, body)


def sound_entry(codec):
    return box(codec, b"\0" * 6 + struct.pack(">H", 1) + b"\0" * 8 + struct.pack(">HHHHI", 2, 16, 0, 0, 44100 << 16))


def data(text, form=1):
    return box(b"data", struct.pack(">II", form, 0), text)


def movie_head(wide=False):
    if wide:
        body = struct.pack(">QQIQ", when(43406), when(43406) + 60, 1000, 12500)
    else:
        body = struct.pack(">IIII", when(43406), when(43406) + 60, 1000, 12500)
    return full(b"mvhd", body, b"\0" * 80, version=1 if wide else 0)


def mp4():
    place = struct.pack(">iii", round(35.1417 * 65536), round(47.8368 * 65536), 0)
    loci = full(b"loci", struct.pack(">H", 0x55c4), "Площа\0".encode(), b"\0", place, b"earth\0\0")
    xyz = "+47.8368+035.1417/".encode()
    user = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(xyz), 0x15c7), xyz), loci,
               full(b"titl", struct.pack(">H", 0x55c4), "Біля віконця\0".encode()),
               full(b"meta", full(b"hdlr", b"\0\0\0\0mdirappl" + b"\0" * 9),
                    box(b"ilst", box(b"\xa9nam", data("Черга о сьомій".encode())), box(b"\xa9too", data(b"Balka Muxer 1.0")),
                        box(b"tmpo", data(struct.pack(">H", 90), 21)), box(b"covr", data(b"\xff\xd8\xff\xd9", 13)),
                        box(b"----", full(b"mean", b"com.example"), full(b"name", b"DEVICE"), data(b"SN-0042-7781")))))
    moov = box(b"moov", movie_head(), track(b"vide", "VideoHandler", video_entry(b"avc1"), size=(640, 480)),
               track(b"soun", "SoundHandler", sound_entry(b"mp4a"), "rus"), user, box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac"), XMP))
    return box(b"ftyp", b"isom\0\0\2\0isomavc1mp41") + box(b"mdat", b"\0" * 500) + moov


def mov():
    names = [b"com.apple.quicktime.make", b"com.apple.quicktime.model", b"com.apple.quicktime.location.ISO6709",
             b"com.apple.quicktime.creationdate", b"com.apple.quicktime.software"]
    values = [b"Balka", b"Pocket 9", b"+47.8368+035.1417+104.000/", b"2022-11-03T09:40:58+0200", b"16.1"]
    keys = full(b"keys", struct.pack(">I", len(names)), *[struct.pack(">I", len(n) + 8) + b"mdta" + n for n in names])
    rows = box(b"ilst", *[box(struct.pack(">I", i + 1), data(v)) for i, v in enumerate(values)])
    meta = box(b"meta", full(b"hdlr", b"\0\0\0\0mdta" + b"\0" * 13), keys, rows)
    moov = box(b"moov", movie_head(True), track(b"vide", "Core Media", video_entry(b"hvc1"), size=(1920, 1080)), meta, box(b"udta", b"\0\0\0\0"))
    return box(b"ftyp", b"qt  \0\0\0\0qt  ") + box(b"wide") + struct.pack(">I4sQ", 1, b"mdat", 116) + b"\0" * 100 + moov


def m4a():
    moov = box(b"moov", movie_head(), track(b"soun", "Sound", sound_entry(b"mp4a")),
               box(b"udta", full(b"meta", full(b"hdlr", b"\0\0\0\0mdirappl" + b"\0" * 9), box(b"ilst", box(b"\xa9nam", data("Розмова".encode())), box(b"\xa9ART", data(b"Odarka"))))))
    return box(b"ftyp", b"M4A \0\0\0\0M4A mp42") + moov + box(b"mdat", b"\0" * 100)


def heic(brand=b"heic", inside=False):
    """A picture of no pixels, with EXIF and XMP as its items."""
    block = struct.pack(">I", 0) + exif(thumbnail=False)
    names = full(b"iinf", struct.pack(">H", 3), full(b"infe", struct.pack(">HH", 1, 0) + b"hvc1\0", version=2),
                 full(b"infe", struct.pack(">HH", 2, 0) + b"Exif\0", version=2),
                 full(b"infe", struct.pack(">HH", 3, 0) + b"mime\0application/rdf+xml\0", version=2))
    sides = box(b"iprp", box(b"ipco", full(b"ispe", struct.pack(">II", 512, 512)), full(b"ispe", struct.pack(">II", 4032, 3024))))
    begin = box(b"ftyp", brand + b"\0\0\0\0mif1" + brand)

    def places(at):
        method = 1 if inside else 0
        rows = struct.pack(">HHHHII", 2, method, 0, 1, at, len(block)) + struct.pack(">HHHHII", 3, method, 0, 1, at + len(block), len(XMP))
        return full(b"iloc", struct.pack(">HH", 0x4400, 2), rows, version=1)

    def meta(at):
        idat = box(b"idat", block, XMP) if inside else b""
        return full(b"meta", full(b"hdlr", b"\0\0\0\0pict" + b"\0" * 13), full(b"pitm", struct.pack(">H", 1)), names, places(at), sides, idat)

    at = 0 if inside else len(begin) + len(meta(0)) + 8 + 16
    return begin + meta(at) + (box(b"mdat", b"\0" * 16) if inside else box(b"mdat", b"\0" * 16, block, XMP))


# ---- Matroska ----

def element(name, body, unknown=False):
    raw = bytes.fromhex(name)
    if unknown:
        return raw + b"\x01\xff\xff\xff\xff\xff\xff\xff" + body
    return raw + struct.pack(">Q", len(body) | 1 << 56) + body


def number(name, value):
    return element(name, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def matroska(doctype, unknown=False):
    head = element("1a45dfa3", element("4282", doctype))
    date = struct.pack(">q", 7976 * 86400 * 10**9 + 34858 * 10**9)
    info = element("1549a966", number("2ad7b1", 1000000) + element("4489", struct.pack(">d", 12500.0)) + element("4461", date) +
                   element("7ba9", "Двір суду".encode()) + element("4d80", b"balkamux 1") + element("5741", b"Balka Recorder"))
    tracks = element("1654ae6b", element("ae", number("83", 1) + element("86", b"V_VP9") + element("22b59c", b"ukr") + element("e0", number("b0", 320) + number("ba", 240))) +
                     element("ae", number("83", 2) + element("86", b"A_OPUS") + element("536e", b"microphone") + element("e1", element("b5", struct.pack(">f", 48000.0)) + number("9f", 1))))
    tags = element("1254c367", element("7373", element("67c8", element("45a3", b"LOCATION") + element("4487", b"+47.8368+035.1417/")) +
                                       element("67c8", element("45a3", b"ENCODER") + element("4487", b"Balka 1"))))
    files = element("1941a469", element("61a7", element("466e", b"note.txt") + element("465c", b"x" * 40)))
    cluster = element("1f43b675", element("e7", b"\0") + element("a3", b"\x81\0\0\0" + b"\0" * 50), unknown)
    return head + element("18538067", info + tracks + cluster + tags + files, unknown)


# ---- sound ----

def wav():
    fmt = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)
    bext = (b"Corridor, before the door opened".ljust(256, b"\0") + b"Odarka".ljust(32, b"\0") + b"UA-0042".ljust(32, b"\0") +
            b"2022-11-03" + b"09:40:58" + b"\0" * 264 + b"A=PCM,F=8000\r\n")
    info = listed(b"INFO", part(b"INAM", "Коридор\0".encode("cp1251")), part(b"IART", b"Odarka\0"), part(b"ISFT", b"Balka Recorder\0"))
    return riff(b"WAVE", part(b"fmt ", fmt), part(b"bext", bext), part(b"data", b"\0" * 1600), info)


def avi():
    head = struct.pack("<IIIIIIIIII", 40000, 0, 0, 0, 250, 0, 2, 0, 320, 240) + b"\0" * 16
    video = listed(b"strl", part(b"strh", b"vidsMJPG" + b"\0" * 48), part(b"strf", b"\0" * 40))
    sound = listed(b"strl", part(b"strh", b"auds\0\0\0\0" + b"\0" * 48), part(b"strf", struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8)))
    return riff(b"AVI ", listed(b"hdrl", part(b"avih", head), video, sound, part(b"IDIT", b"Thu Nov 03 09:40:58 2022\n\0")),
                listed(b"INFO", part(b"ISFT", b"Balka Cam\0")), listed(b"movi", part(b"00dc", b"\0" * 30)))


def comments(*rows):
    out = struct.pack("<I", 9) + b"Balka 1.0" + struct.pack("<I", len(rows))
    for row in rows:
        raw = row.encode()
        out += struct.pack("<I", len(raw)) + raw
    return out


ROWS = ("TITLE=Розмова в коридорі", "ARTIST=Одарка Перша", "DATE=2022-11-03", "LOCATION=Мала Балка", "no sign", "METADATA_BLOCK_PICTURE=AAAA")


def flac():
    stream = struct.pack(">HH", 4096, 4096) + b"\0" * 6 + struct.pack(">Q", 8000 << 44 | 0 << 41 | 15 << 36 | 100000) + b"\0" * 16

    def block(kind, body, last=False):
        return bytes([kind | (128 if last else 0)]) + struct.pack(">I", len(body))[1:] + body
    picture = struct.pack(">II", 3, 10) + b"image/jpeg" + struct.pack(">I", 5) + b"cover" + b"\0" * 20
    return b"fLaC" + block(0, stream) + block(4, comments(*ROWS)) + block(6, picture) + block(1, b"\0" * 8, True) + b"\xff\xf8" + b"\0" * 30


def page(serial, flags, granule, number_, *packets):
    lacing, body = b"", b"".join(packets)
    for p in packets:
        lacing += b"\xff" * (len(p) // 255) + bytes([len(p) % 255])
    return b"OggS\0" + bytes([flags]) + struct.pack("<qIII", granule, serial, number_, 0) + bytes([len(lacing)]) + lacing + body


def ogg(codec):
    if codec == "opus":
        first = b"OpusHead\1\1" + struct.pack("<HIhB", 312, 16000, 0, 0)
        second, end = b"OpusTags" + comments(*ROWS, "NOTE=" + "long " * 80), 48000 * 3 + 312
    else:
        first = b"\1vorbis" + struct.pack("<IBIiiiBB", 0, 2, 44100, 0, 128000, 0, 0xb8, 1)
        second, end = b"\3vorbis" + comments(*ROWS) + b"\1", 44100 * 2
    return page(7, 2, 0, 0, first) + page(7, 0, 0, 1, second) + page(9, 2, 5, 0, b"other stream") + page(7, 4, end, 2, b"\0" * 60)


def seven(n):
    return bytes([n >> 21 & 127, n >> 14 & 127, n >> 7 & 127, n & 127])


def frames(count, first=b""):
    one = b"\xff\xfb\x90\0" + b"\0" * 413
    return (b"\xff\xfb\x90\0" + first.rjust(32 + len(first), b"\0")).ljust(417, b"\0") + one * (count - 1)


def id3(version, *rows, flags=0):
    body = b""
    for name, value in rows:
        if version == 2:
            body += name + struct.pack(">I", len(value))[1:] + value
        else:
            size = seven(len(value)) if version == 4 else struct.pack(">I", len(value))
            body += name + size + b"\0\0" + value
    body += b"\0" * 20
    return b"ID3" + bytes([version, 0, flags]) + seven(len(body)) + body


def mp3(version):
    wide = b"\1" + "Оголошення".encode("utf-16")
    if version == 2:
        return id3(2, (b"TT2", wide), (b"TP1", b"\0Odarka"), (b"COM", b"\0engnote\0read at the door")) + frames(4)
    old = b"TAG" + "Старий запис".encode("cp1251").ljust(30, b"\0") + b"Odarka".ljust(30, b"\0") + b"\0" * 30 + b"2022" + b"at the door".ljust(30, b"\0") + b"\0"
    if version == 3:
        return id3(3, (b"TIT2", wide), (b"TPE1", b"\1" + "Одарка".encode("utf-16")), (b"TXXX", b"\0DEVICE\0SN-0042-7781"),
                   (b"APIC", b"\0image/jpeg\0\3\0" + b"\xff\xd8\xff\xd9"), (b"PRIV", b"owner@office.example\0\1\2"),
                   (b"WOAS", b"https://office.example/sound")) + frames(4) + old
    table = b"Xing" + struct.pack(">II", 1, 1000)
    return id3(4, (b"TIT2", b"\3" + "Оголошення вдруге".encode()), (b"TDRL", b"\x032022-11-04"),
               (b"TPE1", b"\3Odarka\0Second"), (b"COMM", b"\3ukr\0" + "читано біля дверей".encode())) + frames(4, table)


def files():
    mark = segment(0xe1, b"Exif\0\0" + exif())
    yield "phone.jpg", jpeg(mark, segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0" + XMP), segment(0xe2, b"ICC_PROFILE\0\1\1" + profile(True)),
                            segment(0xed, photoshop()), segment(0xfe, "Зі сходів".encode("cp1251")))
    yield "turned.jpg", jpeg(segment(0xe1, b"Exif\0\0" + exif(">", [(0x010e, 2, "stairs, second floor")])), progressive=True)
    yield "tail.jpg", jpeg(tail=b"PK\3\4 hidden behind the end")
    yield "cut.jpg", jpeg(mark)[:-4]
    yield "false_size.jpg", b"\xff\xd8\xff\xe1\0\1" + b"\0" * 40
    yield "notes.png", png(chunk(b"tEXt", b"Author\0Odarka"), chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"seen from the street")),
                           chunk(b"iTXt", b"Title\0\0\0uk\0\0" + "Вивіска".encode()), chunk(b"tIME", struct.pack(">HBBBBB", 2022, 11, 3, 9, 41, 0)))
    yield "exif.png", png(chunk(b"eXIf", exif(thumbnail=False)), chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(XMP)),
                          chunk(b"iCCP", b"Balka RGB\0\0" + zlib.compress(profile(False))), tail=b"behind")
    yield "bomb.png", png(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 3000000)))
    yield "cut.png", png(chunk(b"tEXt", b"Author\0Odarka"))[:60]
    yield "plain.gif", gif(b"\x21\xfe\x0bcomment one\0", frames=3)
    yield "xmp.gif", gif(gif_xmp())
    yield "cut.gif", gif(gif_xmp())[:300]
    yield "picture.webp", webp()
    yield "cut.webp", webp()[:200]
    yield "scan.tif", tiff()
    yield "pages.tif", tiff(">", 3)
    yield "ring.tif", b"II*\0" + struct.pack("<I", 8) + directory(8, [(256, 3, 5), (257, 3, 6)], "<", 8)
    yield "point.bmp", bmp()
    yield "phone.heic", heic()
    yield "picture.avif", heic(b"avif", True)
    yield "cut.heic", heic()[:700]
    yield "queue.mp4", mp4()
    yield "phone.mov", mov()
    yield "talk.m4a", m4a()
    yield "cut.mp4", mp4()[:900]
    yield "false_size.mp4", box(b"ftyp", b"isom\0\0\2\0isom") + box(b"moov", struct.pack(">I4s", 0x7fffffff, b"trak") + b"\0" * 30) + box(b"free")
    yield "court.mkv", matroska(b"matroska")
    yield "court.webm", matroska(b"webm", True)
    yield "cut.mkv", matroska(b"matroska")[:200]
    yield "corridor.wav", wav()
    yield "cut.wav", wav()[:900]
    yield "camera.avi", avi()
    yield "talk.flac", flac()
    yield "talk.opus", ogg("opus")
    yield "talk.ogg", ogg("vorbis")
    yield "cut.ogg", ogg("vorbis")[:150]
    for version in (2, 3, 4):
        yield f"notice{version}.mp3", mp3(version)
    yield "bare.mp3", frames(5)
    yield "false_size.mp3", b"ID3\3\0\0\x7f\x7f\x7f\x7fTIT2" + b"\0" * 60
    yield "other.bin", b"\0\1\2\3 nothing of these"


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files():
        (folder / name).write_bytes(content)


main()
