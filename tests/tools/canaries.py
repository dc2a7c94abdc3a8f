#!/usr/bin/python3
"""canaries.py --words FILE [--trace FILE]... [--image FILE] PATH...

Searches every file under each PATH, their names, and every byte that a traced program wrote, for
the words of FILE (one a line): as they are, folded, in UTF-8, UTF-16, base64 at each alignment, and
hexadecimal. Prints one line for each find; exit code 1 when there is any.

An image is searched whole, the blocks of deleted files too; holes in it hold nothing.

A trace is made by strace -f -y -xx -s 100000000 -e trace=write,pwrite64,writev,pwritev; what goes to
standard output and error is meant to be read and left out, and so is what goes to another process (a
pipe, a socket) or into a file that lies in memory alone: none of it comes to rest.
"""

import argparse
import base64
import os
import re
import sys
from pathlib import Path

WRITTEN = re.compile(rb"p?writev?(?:64)?\((\d+)(?:<([^>]*)>)?(?:\(deleted\))?, (.*)")
PASSING = (b"/memfd:", b"socket:[", b"pipe:[")
HEX = re.compile(rb"\\x([0-9a-f]{2})")


def forms(word):
    """Byte strings under which a word would show."""
    found = {}
    for text in {word, word.lower(), word.upper(), word.casefold()}:
        raw = text.encode()
        found[raw] = f"{word} (UTF-8)"
        found[text.encode("utf-16-le")] = f"{word} (UTF-16)"
        found[text.encode("utf-16-be")] = f"{word} (UTF-16 BE)"
        found[raw.hex().encode()] = f"{word} (hex)"
        for shift in range(3):
            # Only the characters that do not depend on the neighbours.
            code = base64.b64encode(b"\0" * shift + raw)
            first = -(-shift * 8 // 6)
            last = (shift + len(raw)) * 8 // 6
            found[code[first:last]] = f"{word} (base64)"
    return found


def search(name, data, wanted, finds):
    for form, what in wanted.items():
        at = data.find(form)
        if at >= 0:
            finds.append(f"{name}: {what} at byte {at}")


def read_image(path):
    """The parts of a sparse file that hold data."""
    end = os.path.getsize(path)
    with open(path, "rb") as f:
        at = 0
        while at < end:
            try:
                at = os.lseek(f.fileno(), at, os.SEEK_DATA)
            except OSError:
                return
            stop = os.lseek(f.fileno(), at, os.SEEK_HOLE)
            f.seek(at)
            yield at, f.read(stop - at)
            at = stop


def read_trace(path):
    """What was written to anything but the standard streams, call by call."""
    with open(path, "rb") as f:
        for line in f:
            call = WRITTEN.search(line)
            if not call or int(call.group(1)) <= 2:
                continue
            goes_to = bytes(int(pair, 16) for pair in HEX.findall(call.group(2) or b""))
            if not goes_to.startswith(PASSING):
                yield bytes(int(pair, 16) for pair in HEX.findall(call.group(3)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--words", required=True, type=Path)
    parser.add_argument("--trace", action="append", default=[])
    parser.add_argument("--image", type=Path)
    parser.add_argument("paths", nargs="*", type=Path)
    args = parser.parse_args()
    wanted = {}
    for word in args.words.read_text(encoding="utf-8").split():
        wanted.update(forms(word))
    finds = []
    n_files = n_bytes = 0
    for root in args.paths:
        for path in [root, *sorted(root.rglob("*"))]:
            search("the name of a file", path.name.encode("utf-8", "surrogateescape"), wanted, finds)
            if path.is_file() and not path.is_symlink():
                data = path.read_bytes()
                n_files += 1
                n_bytes += len(data)
                search(str(path), data, wanted, finds)
    if args.image:
        for at, data in read_image(args.image):
            n_bytes += len(data)
            search(f"{args.image} from byte {at}", data, wanted, finds)
    for trace in args.trace:
        before = b""
        for data in read_trace(trace):
            n_bytes += len(data)
            search(trace, before[-200:] + data, wanted, finds)
            before = data
    for find in finds:
        print(find)
    print(f"searched {n_files} files, {n_bytes} bytes for {len(wanted)} forms")
    return 1 if finds else 0


if __name__ == "__main__":
    sys.exit(main())
