#!/usr/bin/env python3
"""Print the public age vectors of the npm package cctv-age for tests/unit/test_age_vectors.c.

usage: age_vectors.py INDEX_JS

The package is one JavaScript file that holds each vector in base64. A vector is a textual header, an
empty line and an age file, which may be compressed. Output per vector: a line "NAME HEADER_BYTES
FILE_BYTES", the header, the file as age would read it.
"""
import base64
import re
import sys
import zlib

ENTRY = re.compile(r'// \.\./testdata/(\S+)\nvar \S+ = __toBinary\("([^"]*)"\)')


def main():
    with open(sys.argv[1], encoding="ascii") as f:
        source = f.read()
    for name, encoded in ENTRY.findall(source):
        header, body = base64.b64decode(encoded).split(b"\n\n", 1)
        header += b"\n"
        if b"\ncompressed: zlib\n" in header:
            body = zlib.decompress(body)
        sys.stdout.buffer.write(b"%s %d %d\n" % (name.encode(), len(header), len(body)))
        sys.stdout.buffer.write(header + body)


if __name__ == "__main__":
    main()
