#!/usr/bin/python3
"""Opens a vault without dokaz, as docs/format/recovery.md says it can be done.

    open_by_hand.py identity MASTER_SECRET_HEX     the age identity, by the program in recovery.md
    open_by_hand.py sources VAULT GRANT OUT

`sources` takes the file that says what the member may open (what age makes of
keys/<member>.grant.age), reads key tables, journal and objects, and writes the original of every
source to OUT under the name that it was added with. Their SHA-256 has to be what the entries say.
Standard library only; `zstd` unpacks.
"""

import hashlib
import hmac
import json
import re
import struct
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def hkdf(ikm, salt, info, n):
    prk = hmac.digest(salt or bytes(32), ikm, "sha256")
    out, block = b"", b""
    for i in range(1, 256):
        if len(out) >= n:
            break
        block = hmac.digest(prk, block + info + bytes([i]), "sha256")
        out += block
    return out[:n]


def chacha20_block(key, counter, nonce):
    begin = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574]
    begin += [*struct.unpack("<8L", key), counter, *struct.unpack("<3L", nonce)]
    s = begin[:]

    def quarter(a, b, c, d):
        for x, y, z, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[x] = (s[x] + s[y]) & 0xFFFFFFFF
            s[z] ^= s[x]
            s[z] = (s[z] << bits | s[z] >> (32 - bits)) & 0xFFFFFFFF

    for _ in range(10):
        for at in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                   (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            quarter(*at)
    return struct.pack("<16L", *((a + b) & 0xFFFFFFFF for a, b in zip(s, begin)))


def poly1305(key, message):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for i in range(0, len(message), 16):
        total = (total + int.from_bytes(message[i:i + 16] + b"\1", "little")) * r % (2**130 - 5)
    return ((total + int.from_bytes(key[16:], "little")) % 2**128).to_bytes(16, "little")


def open_chunk(key, nonce, sealed):
    text, tag = sealed[:-16], sealed[-16:]
    padded = text + bytes(-len(text) % 16) + struct.pack("<QQ", 0, len(text))
    if poly1305(chacha20_block(key, 0, nonce)[:32], padded) != tag:
        sys.exit("a chunk does not authenticate")
    stream = b"".join(chacha20_block(key, 1 + i, nonce) for i in range((len(text) + 63) // 64))
    return bytes(a ^ b for a, b in zip(text, stream))


def open_payload(file_key, sealed):
    key = hkdf(file_key, sealed[:16], b"payload", 32)
    chunks = [sealed[i:i + 65552] for i in range(16, len(sealed), 65552)]
    return b"".join(
        open_chunk(key, i.to_bytes(11, "big") + bytes([i == len(chunks) - 1]), chunk)
        for i, chunk in enumerate(chunks))


def key_table(path, compartment, keys):
    data = path.read_bytes()
    if data[:4] != b"dzK3":
        sys.exit(f"{path} is no key table")
    epoch, at, number = data[20:28], 32, 0
    while at < len(data):
        if data[at:at + 1] != b"s":
            sys.exit(f"{path}: a batch for age")
        n = int.from_bytes(data[at + 1:at + 5], "big")
        key = hkdf(compartment, epoch + number.to_bytes(8, "big"), b"dokaz/v1/keytable", 16)
        records = open_payload(key, data[at + 5:at + 5 + n])
        i = 0
        while i < len(records):
            keys[records[i + 1:i + 33]] = records[i + 33:i + 49]
            i += {b"o": 49, b"b": 81}[records[i:i + 1]]
        at, number = at + 5 + n, number + 1


def key_tables(vault, grant):
    keys = {}
    for name, held in grant["compartments"].items():
        compartment = hkdf(bytes.fromhex(held["secret"]), b"", b"dokaz/v1/compartment", 32)
        key_table(vault / f"keytable/{name}.a", compartment, keys)
    return keys


def entries(vault, keys):
    for log in sorted((vault / "journal").iterdir()):
        data, at = (log / "frames").read_bytes(), 0
        while at < len(data):
            if data[at:at + 4] != b"dzF1":
                sys.exit("journal: no frame")
            length = int.from_bytes(data[at + 4:at + 8], "big")
            frame = data[at + 8:at + 8 + length]
            n = int.from_bytes(frame[9:13], "big")
            sealed = frame[17 + n:]
            at += 8 + length + 4
            if frame[:1] == b"E" and hashlib.sha256(sealed).digest() in keys:
                body = open_payload(keys[hashlib.sha256(sealed).digest()], sealed)
                yield json.loads(body[68:])


def stored_objects(vault):
    objects = {}
    for path in (vault / "objects").iterdir():
        data = path.read_bytes()
        if not path.name.startswith("seg-"):
            objects[path.name] = data
            continue
        at = 24
        while at < len(data):
            n = int.from_bytes(data[at:at + 4], "big")
            objects[data[at + 4:at + 36].hex()] = data[at + 36:at + 36 + n]
            at += 36 + n
    return objects


def write_sources(vault, grant, out):
    keys, objects, n = key_tables(vault, grant), stored_objects(vault), 0
    for entry in entries(vault, keys):
        if entry["kind"] != "source.added":
            continue
        plain = open_payload(keys[bytes.fromhex(entry["object"])], objects[entry["object"]])
        if entry["codec"] == "zstd":
            plain = subprocess.run(["zstd", "-dcq"], input=plain, stdout=subprocess.PIPE,
                                   check=True).stdout
        if hashlib.sha256(plain).hexdigest() != entry["sha256"]:
            sys.exit(f"{entry['name']} is not what its entry says")
        (out / entry["name"]).write_bytes(plain)
        n += 1
    print(n)


def main():
    if sys.argv[1] == "identity":
        page = (ROOT / "docs/format/recovery.md").read_text(encoding="utf-8")
        program = re.search(r"```\n(   import sys\n.*?)   ```", page, re.DOTALL).group(1)
        program = re.sub(r"^   ", "", program, flags=re.MULTILINE)
        sys.argv = ["identity", sys.argv[2]]
        exec(compile(program, "recovery.md", "exec"), {})
        return
    write_sources(Path(sys.argv[2]), json.loads(Path(sys.argv[3]).read_text()), Path(sys.argv[4]))


if __name__ == "__main__":
    main()
