#!/usr/bin/python3
"""png_pixel.py FILE [X Y]: the size of a PNG, or the colour of one of its pixels (8-bit RGB and RGBA)."""

import struct
import sys
import zlib


def read(path):
    data = open(path, "rb").read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", "no PNG"
    at, packed, head = 8, b"", None
    while at < len(data):
        n = struct.unpack(">I", data[at:at + 4])[0]
        kind, body = data[at + 4:at + 8], data[at + 8:at + 8 + n]
        assert zlib.crc32(kind + body) == struct.unpack(">I", data[at + 8 + n:at + 12 + n])[0], "damaged"
        if kind == b"IHDR":
            head = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            packed += body
        at += 12 + n
    return head, zlib.decompress(packed)


def undo(how, row, above, step):
    """One row without its filter (PNG specification, section 9)."""
    for i, value in enumerate(row):
        left = row[i - step] if i >= step else 0
        up, corner = above[i], above[i - step] if i >= step else 0
        if how == 4:
            p = left + up - corner
            near = min((abs(p - left), 0, left), (abs(p - up), 1, up), (abs(p - corner), 2, corner))[2]
        else:
            near = (0, left, up, (left + up) // 2)[how]
        row[i] = (value + near) & 255


def main():
    (width, height, bits, colour, _, _, interlaced), raw = read(sys.argv[1])
    if len(sys.argv) == 2:
        print(width, height)
        return
    x, y = int(sys.argv[2]), int(sys.argv[3])
    assert bits == 8 and colour in (2, 6) and not interlaced
    step = 3 if colour == 2 else 4
    line = width * step
    above = bytearray(line)
    for n in range(y + 1):
        start = n * (line + 1)
        row = bytearray(raw[start + 1:start + 1 + line])
        if raw[start]:
            undo(raw[start], row, above, step)
        above = row
    print(*above[x * step:x * step + 3])


main()
