#!/usr/bin/env python3
"""Write the vectors of docs/format/proof.md: good files, and bad ones with one fault each.

usage: proof_vectors.py FOLDER

Written from the format pages and RFC 8032 and 9162, with nothing of the C code and nothing of the
checker beside it, so that three programs have to agree. The same call writes the same bytes.
"""
import base64
import hashlib
import hmac
import json
import sys
from pathlib import Path

from plain_log import (P, Key, b64, canonical, checkpoint_text, consistency, inclusion, leaf_hash,
                       other_s, root_of, sha256, sign)

# ---- keys and entries ----


def counted(first):
    """A seed that nobody takes for a secret."""
    return bytes(range(first, first + 32))


ORIGIN = "dokaz/5eed5eed5eed5eed"
LOG_KEY = Key(ORIGIN, counted(0x80))
SAME_NAME = Key(ORIGIN, counted(0x20))
OTHER_KEY = Key("dokaz/0ddba110ddba1100", counted(0x40))
MEMBER = Key("member", counted(0x60))
STRANGER = Key("stranger", counted(0x10))
LOG = "404142434445464748494a4b4c4d4e4f"
OTHER_LOG = "505152535455565758595a5b5c5d5e5f"
SALT = bytes(range(32))
SIZE, SEQ = 11, 6


def field_salt(name, salt=SALT):
    return hmac.new(salt, name.encode(), hashlib.sha256).digest()


def field_digest(name, value, salt=None):
    salt = field_salt(name) if salt is None else salt
    encoded = name.encode()
    return sha256(b"dokaz/field/v1\0", salt, len(encoded).to_bytes(2, "big"), encoded, canonical(value))


def commit(digests):
    parts = [b"dokaz/body/v1\0", len(digests).to_bytes(2, "big")]
    for name in sorted(digests, key=str.encode):
        parts += [len(name.encode()).to_bytes(2, "big"), name.encode(), digests[name]]
    return sha256(*parts)


def things(brings=(), removes=()):
    out = len(brings).to_bytes(2, "big")
    for cls, size in brings:
        out += cls + size.to_bytes(8, "big") + sha256(cls, bytes([size & 255]))
    out += len(removes).to_bytes(2, "big")
    for cls in removes:
        out += cls + sha256(cls)
    return out


def leaf_record(commitment, tail=None, magic=b"dzL1"):
    tail = things([(b"o", 26)], [b"f"]) if tail is None else tail
    return magic + commitment + sha256(b"stands for the sealed body") + tail


def member_signature(commitment, log=LOG, seq=SEQ, by=MEMBER):
    return sign(by.seed, b"dokaz/entry/v1\0" + bytes.fromhex(log) + seq.to_bytes(8, "big") + commitment)


def body(**changes):
    b = {
        "kind": "source.described",
        "log": LOG,
        "seq": SEQ,
        "clock": 7,
        "time": "2026-11-21T09:30:00Z",
        "member": "m4k2",
        "source": "src-0123456789",
        "note": "дубль",
        "tags": ["відмова", "лікарня"],
    }
    b.update(changes)
    return {k: v for k, v in b.items() if v is not None}


class Proof:
    """A file that holds in every part; each case changes one thing before it is printed."""

    def __init__(self, fields=None, seq=SEQ, size=SIZE, withhold=(), log=LOG, leaf=None, bare=False):
        fields = body() if fields is None else fields
        self.fields = fields
        digests = {k: field_digest(k, v) for k, v in fields.items()}
        self.commitment = commit(digests)
        self.leaf = leaf_record(self.commitment) if leaf is None else leaf(self.commitment)
        self.leaves = [leaf_hash(b"leaf %d" % i) for i in range(size)]
        if seq < size:
            self.leaves[seq] = leaf_hash(self.leaf)
        self.index = str(seq)
        self.hashes = inclusion(seq, self.leaves)
        self.extra = {
            "format": "dokaz-proof/1",
            "log": log,
            "vkey": LOG_KEY.vkey,
            "leaf": b64(self.leaf),
            "shown": {},
            "withheld": {},
        }
        if not bare:
            for k, v in fields.items():
                if k in withhold:
                    self.extra["withheld"][k] = digests[k].hex()
                else:
                    self.extra["shown"][k] = {"salt": field_salt(k).hex(), "value": v}
            if "member" not in withhold:
                self.extra["public"] = MEMBER.public.hex()
                self.extra["signature"] = b64(member_signature(self.commitment, seq=seq))
        self.origin = ORIGIN
        self.size = str(size)
        self.root = root_of(self.leaves)
        self.extension = ""
        self.note = None

    def text(self):
        return checkpoint_text(self.origin, self.size, self.root, self.extension)

    def lines(self):
        """Everything before the note, each line with its newline, in a list to be changed."""
        extra = self.extra if isinstance(self.extra, bytes) else canonical(self.extra)
        out = ["c2sp.org/tlog-proof@v1", "extra " + b64(extra), "index " + self.index]
        return [line + "\n" for line in out + [b64(h) for h in self.hashes] + [""]]

    def file(self):
        note = LOG_KEY.note(self.text()) if self.note is None else self.note
        return "".join(self.lines()).encode() + note

    def shown(self, name):
        return self.extra["shown"][name]


def flipped(data, bit):
    out = bytearray(data)
    out[bit // 8] ^= 1 << bit % 8
    return bytes(out)


CASES = []


def case(kind, name, data, expected, earlier="-", key="-"):
    extension = ".tlog-proof" if kind == "proof" else ".tlog-consistency"
    CASES.append((kind, name + extension, data, earlier, key, str(expected)))


def proof(name, expected, change=None, key="-", **made):
    """change gets the proof and alters it, or gives the bytes of the file itself."""
    p = Proof(**made)
    data = change(p) if change else None
    case("proof", name, data if isinstance(data, bytes) else p.file(), expected, key=key)


def with_lines(change):
    def run(p):
        lines = p.lines()
        change(lines)
        return "".join(lines).encode() + LOG_KEY.note(p.text())
    return run


def put(**values):
    def run(p):
        for name, value in values.items():
            setattr(p, name, value)
    return run


def extra(change):
    def run(p):
        change(p.extra)
    return run


def raw_extra(change):
    def run(p):
        p.extra = change(canonical(p.extra).decode()).encode()
    return run


def setting(**values):
    return extra(lambda e: e.update(values))


def dropping(*names):
    return extra(lambda e: [e.pop(name) for name in names])


def note(change):
    def run(p):
        p.note = change(p.text())
    return run


# ---- inclusion ----


def good_proofs():
    proof("good-all-shown", "good")
    proof("good-with-key", "good", key="log.vkey")
    proof("good-member-withheld", "good", withhold=["member", "note", "tags"])
    proof("good-all-withheld", "good", withhold=list(body()))
    proof("good-note-withheld", "good", withhold=["note"])
    proof("good-signature-left-out", "good", dropping("public", "signature"))
    proof("good-body-removed", "good", bare=True)
    proof("good-only-entry", "good", fields=body(seq=0), seq=0, size=1)
    proof("good-first", "good", fields=body(seq=0), seq=0)
    proof("good-last", "good", fields=body(seq=10), seq=10)
    proof("good-power-of-two", "good", fields=body(seq=7), seq=7, size=8)
    proof("good-large-values", "good", fields=body(number=2**53 - 1, below=-(2**53) + 1, yes=True, no=False, text="\u2028\"\\\t\u0001\U0001f5ce", deep=[[{"a": []}]]))
    proof("good-no-place", "good", fields=body(log=None, seq=None))
    proof("good-other-signature-after", "good", note(lambda t: LOG_KEY.note(t) + OTHER_KEY.line(t)))
    proof("good-other-signature-before", "good", note(lambda t: t + b"\n" + OTHER_KEY.line(t) + LOG_KEY.line(t)))
    proof("good-foreign-signature-bad", "good", note(lambda t: LOG_KEY.note(t) + OTHER_KEY.line(t, bytes(64))))
    proof("good-repeated-signature-bad", "good", note(lambda t: LOG_KEY.note(t) + LOG_KEY.line(t, bytes(64))))
    proof("good-hundred-signatures", "good", note(lambda t: LOG_KEY.note(t) + 99 * OTHER_KEY.line(t, bytes(64))))
    proof("good-extension-line", "good", put(extension="more of it\n"))
    proof("good-no-things", "good", leaf=lambda c: leaf_record(c, things()))
    proof("good-1500-things", "good", leaf=lambda c: leaf_record(c, things([(b"o", 1)] * 1400, [b"o"] * 50 + [b"b"] * 50)))


def bad_forms_of_lines():
    proof("empty-file", 1, lambda p: b"")
    proof("first-line-version", 1, with_lines(lambda l: l.__setitem__(0, "c2sp.org/tlog-proof@v2\n")))
    proof("first-line-missing", 1, with_lines(lambda l: l.pop(0)))
    proof("byte-order-mark", 1, with_lines(lambda l: l.__setitem__(0, "\ufeff" + l[0])))
    proof("extra-missing", 1, with_lines(lambda l: l.pop(1)))
    proof("extra-after-index", 1, with_lines(lambda l: l.insert(1, l.pop(2))))
    proof("extra-twice", 1, with_lines(lambda l: l.insert(1, l[1])))
    proof("extra-two-spaces", 1, with_lines(lambda l: l.__setitem__(1, l[1].replace(" ", "  "))))
    proof("extra-unpadded", 1, raw_extra_unpadded)
    proof("index-missing", 1, with_lines(lambda l: l.pop(2)))
    proof("index-leading-zero", 1, put(index="06"))
    proof("index-plus", 1, put(index="+6"))
    proof("index-space", 1, put(index="6 "))
    proof("index-hexadecimal", 1, put(index="0x6"))
    proof("index-empty", 1, put(index=""))
    proof("index-2-to-63", 1, put(index=str(2**63)))
    proof("index-2-to-64-and-6", 1, put(index=str(2**64 + 6)))
    proof("hash-leading-space", 1, with_lines(lambda l: l.__setitem__(3, " " + l[3])))
    proof("hash-trailing-space", 1, with_lines(lambda l: l.__setitem__(3, l[3][:-1] + " \n")))
    proof("hash-unpadded", 1, with_lines(lambda l: l.__setitem__(3, l[3].replace("=", ""))))
    proof("hash-31-bytes", 1, put_hash(lambda h: h[:31]))
    proof("hash-33-bytes", 1, put_hash(lambda h: h + b"\0"))
    proof("hash-trailing-bits", 1, with_lines(trailing_bits))
    proof("hashes-64", 1, lambda p: setattr(p, "hashes", p.hashes + [bytes(32)] * (64 - len(p.hashes))))
    proof("hashes-65", 1, lambda p: setattr(p, "hashes", p.hashes + [bytes(32)] * (65 - len(p.hashes))))
    proof("empty-line-missing", 1, with_lines(lambda l: l.pop()))
    proof("empty-line-twice", 1, with_lines(lambda l: l.append("\n")))
    proof("ends-before-the-note", 1, lambda p: "".join(p.lines()).encode())
    proof("final-newline-missing", 1, lambda p: p.file()[:-1])
    proof("trailing-newline", 1, lambda p: p.file() + b"\n")
    proof("trailing-bytes", 1, lambda p: p.file() + b"more\n")
    proof("line-ends-crlf", 1, lambda p: p.file().replace(b"\n", b"\r\n"))
    proof("line-end-cr-in-index", 1, put(index="6\r"))


def raw_extra_unpadded(p):
    """One field more until the base64 has padding, which is then left out."""
    lines = p.lines()
    while not lines[1].endswith("=\n"):
        p.extra["withheld"]["x" * (len(p.extra["withheld"]) + 1)] = bytes(32).hex()
        lines = p.lines()
    lines[1] = lines[1].replace("=", "")
    return "".join(lines).encode() + LOG_KEY.note(p.text())


def put_hash(change):
    def run(p):
        p.hashes[0] = change(p.hashes[0])
    return run


def trailing_bits(lines):
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    line = lines[3]
    lines[3] = line[:-3] + letters[letters.index(line[-3]) + 1] + line[-2:]


def bad_forms_of_extra():
    proof("extra-not-json", 1, put(extra=b"{"))
    proof("extra-array", 1, put(extra=b"[]"))
    proof("extra-empty", 1, put(extra=b""))
    proof("extra-newline", 1, raw_extra(lambda t: t + "\n"))
    proof("extra-space", 1, raw_extra(lambda t: t.replace('":', '": ', 1)))
    proof("extra-key-order", 1, raw_extra(lambda t: '{"vkey"' + t[t.index('"vkey"') + 6:t.index(',"withheld"')] + "," + t[1:t.index(',"vkey"')] + t[t.index(',"withheld"'):]))
    proof("extra-key-twice", 1, raw_extra(lambda t: t.replace('{"format":"dokaz-proof/1"', '{"format":"dokaz-proof/1","format":"dokaz-proof/1"')))
    proof("extra-escape", 1, raw_extra(lambda t: t.replace("m4k2", "\\u006d4k2")))
    proof("extra-not-utf8", 1, lambda p: setattr(p, "extra", canonical(p.extra).replace(b"m4k2", b"m4k\xff")))
    proof("extra-unknown-key", 1, setting(more="x"))
    proof("extra-format-2", 1, setting(format="dokaz-proof/2"))
    for name in ("format", "log", "vkey", "leaf", "shown", "withheld"):
        proof(f"extra-no-{name}", 1, dropping(name))
    proof("log-upper-case", 1, setting(log=LOG.upper()))
    proof("log-31-digits", 1, setting(log=LOG[:31]))
    proof("log-a-number", 1, setting(log=7))
    proof("vkey-id-upper-case", 1, setting(vkey=LOG_KEY.vkey.replace(LOG_KEY.id.hex(), LOG_KEY.id.hex().upper())))
    proof("vkey-id-of-another", 1, setting(vkey=LOG_KEY.vkey.replace(LOG_KEY.id.hex(), SAME_NAME.id.hex())))
    proof("vkey-other-type", 1, setting(vkey=other_type(4)))
    proof("vkey-newline", 1, setting(vkey=LOG_KEY.vkey + "\n"))
    proof("leaf-empty", 1, setting(leaf=""))
    proof("leaf-too-long", 1, setting(leaf=b64(bytes(65536))))
    proof("leaf-unpadded", 1, setting(leaf=b64(Proof().leaf + bytes(-len(Proof().leaf) % 3 + 1)).rstrip("=")))
    proof("shown-an-array", 1, setting(shown=[]))
    proof("shown-no-salt", 1, lambda p: p.shown("note").pop("salt"))
    proof("shown-no-value", 1, lambda p: p.shown("note").pop("value"))
    proof("shown-more", 1, lambda p: p.shown("note").update(more=1))
    proof("shown-salt-upper-case", 1, lambda p: p.shown("note").update(salt=field_salt("note").hex().upper()))
    proof("shown-salt-short", 1, lambda p: p.shown("note").update(salt=field_salt("note").hex()[2:]))
    proof("shown-value-null", 1, lambda p: p.shown("note").update(value=None))
    proof("shown-value-real", 1, lambda p: p.shown("note").update(value=1.5))
    proof("shown-value-exponent", 1, raw_extra(lambda t: t.replace('"value":7}', '"value":7e0}')))
    proof("shown-value-minus-zero", 1, raw_extra(lambda t: t.replace('"value":7}', '"value":-0}')))
    proof("shown-value-2-to-53", 1, lambda p: p.shown("clock").update(value=2**53))
    proof("shown-value-beyond-64-bits", 1, lambda p: p.shown("clock").update(value=2**64 + 7))
    proof("shown-nested-65", 1, lambda p: p.shown("tags").update(value=nested(62)))
    proof("withheld-an-array", 1, setting(withheld=[]))
    proof("withheld-a-number", 1, lambda p: p.extra["withheld"].update(note=7), fields=body(note=None))
    proof("withheld-short", 1, lambda p: p.extra["withheld"].update(note="00"), fields=body(note=None))
    proof("withheld-upper-case", 1, lambda p: p.extra["withheld"].update(note=p.extra["withheld"]["note"].upper()), withhold=["note"])
    proof("shown-and-withheld", 1, lambda p: p.extra["withheld"].update(note=field_digest("note", "дубль").hex()))
    proof("public-alone", 1, dropping("signature"))
    proof("signature-alone", 1, dropping("public"))
    proof("public-31-bytes", 1, setting(public=MEMBER.public.hex()[2:]))
    proof("signature-63-bytes", 1, lambda p: p.extra.update(signature=b64(base64.b64decode(p.extra["signature"])[:63])))
    proof("body-removed-but-signed", 1, lambda p: p.extra.update(shown={}, withheld={}))


def other_type(kind):
    key_id = sha256(ORIGIN.encode(), b"\n", bytes([kind]), LOG_KEY.public)[:4]
    return f"{ORIGIN}+{key_id.hex()}+{b64(bytes([kind]) + LOG_KEY.public)}"


def nested(levels):
    value = []
    for _ in range(levels - 1):
        value = [value]
    return value


def bad_forms_of_the_note():
    proof("origin-of-another", 1, put(origin=OTHER_KEY.name))
    proof("origin-empty", 1, put(origin=""))
    proof("size-leading-zero", 1, put(size="011"))
    proof("size-negative", 1, put(size="-11"))
    proof("size-2-to-63", 1, put(size=str(2**63)))
    proof("root-31-bytes", 1, lambda p: setattr(p, "root", p.root[:31]))
    proof("root-missing", 1, note(lambda t: LOG_KEY.note(b"".join(t.splitlines(True)[:2]))))
    proof("extension-line-empty", 1, put(extension="one\n\ntwo\n"))
    proof("note-no-signature", 1, note(lambda t: t + b"\n"))
    proof("note-no-empty-line", 1, note(lambda t: t + LOG_KEY.line(t)))
    proof("note-other-line-after", 1, note(lambda t: LOG_KEY.note(t) + b"no signature\n"))
    proof("note-hyphen-for-dash", 1, note(lambda t: LOG_KEY.note(t).replace("\u2014".encode(), b"-")))
    proof("note-control-character", 1, put(extension="one\x01two\n"))
    proof("note-not-utf8", 1, note(lambda t: LOG_KEY.note(t + b"\xff\n")))
    proof("note-signature-unpadded", 1, note(unpadded_line))
    proof("note-signature-no-bytes", 1, note(lambda t: LOG_KEY.note(t) + OTHER_KEY.line(t, b"")))
    proof("note-name-with-plus", 1, note(lambda t: LOG_KEY.note(t) + OTHER_KEY.line(t).replace(b"dokaz/0d", b"dokaz+0d")))
    proof("note-no-name", 1, note(lambda t: LOG_KEY.note(t) + OTHER_KEY.line(t).replace(OTHER_KEY.name.encode() + b" ", b" ")))
    proof("note-101-signatures", 1, note(lambda t: LOG_KEY.note(t) + 100 * OTHER_KEY.line(t, bytes(64))))
    proof("note-too-long", 1, put(extension="x" * 65536 + "\n"))


def unpadded_line(text):
    return text + b"\n" + LOG_KEY.line(text).replace(b"=", b"")


def bad_signatures():
    proof("signed-by-nobody-known", 2, note(OTHER_KEY.note))
    proof("signed-by-key-of-same-name", 2, note(SAME_NAME.note))
    proof("signature-bit", 2, note(lambda t: t + b"\n" + LOG_KEY.line(t, flipped(sign(LOG_KEY.seed, t), 100))))
    proof("signature-s-bit", 2, note(lambda t: t + b"\n" + LOG_KEY.line(t, flipped(sign(LOG_KEY.seed, t), 300))))
    proof("signature-s-plus-order", 2, note(lambda t: t + b"\n" + LOG_KEY.line(t, other_s(sign(LOG_KEY.seed, t)))))
    proof("signature-zeros", 2, note(lambda t: t + b"\n" + LOG_KEY.line(t, bytes(64))))
    proof("signature-short", 2, note(lambda t: t + b"\n" + LOG_KEY.line(t, sign(LOG_KEY.seed, t)[:63])))
    proof("signature-first-bad-then-good", 2, note(lambda t: t + b"\n" + LOG_KEY.line(t, bytes(64)) + LOG_KEY.line(t)))
    proof("signature-over-the-empty-line", 2, note(lambda t: t + b"\n" + LOG_KEY.line(t, sign(LOG_KEY.seed, t + b"\n"))))
    proof("checkpoint-size-plus-1", 2, note(lambda t: changed_text(t, b"\n11\n", b"\n12\n")))
    proof("checkpoint-size-minus-1", 2, note(lambda t: changed_text(t, b"\n11\n", b"\n10\n")))
    proof("checkpoint-root-bit", 2, lambda p: setattr(p, "note", changed_text(p.text(), b64(p.root).encode(), b64(flipped(p.root, 0)).encode())))
    proof("checkpoint-extension-added", 2, note(lambda t: t + b"more\n\n" + LOG_KEY.line(t)))


def changed_text(text, old, new):
    """The note of one text with another one in its place: its signature does not move along."""
    assert old in text
    return text.replace(old, new) + b"\n" + LOG_KEY.line(text)


def bad_trees():
    proof("index-plus-1", 3, put(index="7"))
    proof("index-minus-1", 3, put(index="5"))
    proof("index-is-size", 3, put(index="11"))
    proof("index-2-to-63-minus-1", 3, put(index=str(2**63 - 1)))
    # Sizes 8 to 16 give entry 6 a path of the same form: only the signature tells them apart.
    proof("signed-size-17", 3, put(size="17"))
    proof("signed-size-minus-4", 3, put(size="7"))
    proof("signed-size-0", 3, put(size="0"))
    proof("signed-size-2-to-63-minus-1", 3, put(size=str(2**63 - 1)))
    proof("signed-root-bit", 3, lambda p: setattr(p, "root", flipped(p.root, 255)))
    proof("signed-root-of-nothing", 3, lambda p: setattr(p, "root", sha256(b"")))
    for i in range(4):
        proof(f"hash-{i}-bit", 3, lambda p, i=i: p.hashes.__setitem__(i, flipped(p.hashes[i], 40 * i + 3)))
    proof("hashes-swapped-first", 3, lambda p: p.hashes.insert(0, p.hashes.pop(1)))
    proof("hashes-swapped-last", 3, lambda p: p.hashes.insert(2, p.hashes.pop(3)))
    proof("hashes-turned-round", 3, lambda p: p.hashes.reverse())
    proof("hash-dropped-first", 3, lambda p: p.hashes.pop(0) and None)
    proof("hash-dropped-last", 3, lambda p: p.hashes.pop() and None)
    proof("hashes-dropped", 3, put(hashes=[]))
    proof("hash-added-first", 3, lambda p: p.hashes.insert(0, bytes(32)))
    proof("hash-added-last", 3, lambda p: p.hashes.append(bytes(32)))
    proof("hash-twice", 3, lambda p: p.hashes.insert(1, p.hashes[0]))
    proof("hashes-63", 3, lambda p: setattr(p, "hashes", p.hashes + [bytes(32)] * (63 - len(p.hashes))))
    proof("leaf-bit-in-commitment", 3, lambda p: p.extra.update(leaf=b64(flipped(p.leaf, 8 * 4))))
    proof("leaf-bit-in-sealed", 3, lambda p: p.extra.update(leaf=b64(flipped(p.leaf, 8 * 40))))
    proof("leaf-bit-in-thing", 3, lambda p: p.extra.update(leaf=b64(flipped(p.leaf, 8 * 80))))
    proof("leaf-of-another-entry", 3, lambda p: p.extra.update(leaf=b64(b"leaf 3")))
    proof("node-for-a-leaf", 3, node_for_leaf)


def node_for_leaf(p):
    """A node's two children in place of a leaf record: the prefixes of leaf and node differ."""
    p.extra.update(leaf=b64(p.leaves[4] + p.leaves[5]))
    p.index = "2"
    p.hashes = p.hashes[1:]


def bad_leaves():
    def made(name, tail=None, magic=b"dzL1", change=None):
        proof(name, 4, leaf=lambda c: (change or (lambda r: r))(leaf_record(c, tail, magic)))
    made("leaf-newer", magic=b"dzL2")
    made("leaf-other-magic", magic=b"dzF1")
    made("leaf-trailing-byte", change=lambda r: r + b"\0")
    made("leaf-cut", change=lambda r: r[:-1])
    made("leaf-one-byte", change=lambda r: r[:1])
    made("leaf-class-unknown", tail=things([(b"x", 1)]))
    made("leaf-brings-a-body", tail=things([(b"b", 1)]))
    made("leaf-removes-unknown", tail=things([], [b"x"]))
    made("leaf-1501-things", tail=things([(b"o", 1)] * 1500, [b"o"]))
    made("leaf-size-2-to-63", tail=things([(b"o", 2**63)]))


def bad_commitments():
    proof("value-changed", 5, lambda p: p.shown("note").update(value="дубль?"))
    proof("value-other-type", 5, lambda p: p.shown("clock").update(value="7"))
    proof("value-1-for-true", 5, lambda p: p.shown("yes").update(value=1), fields=body(yes=True))
    proof("value-list-order", 5, lambda p: p.shown("tags").update(value=["лікарня", "відмова"]))
    proof("value-composed-differently", 5, lambda p: p.shown("note").update(value="и\u0306"), fields=body(note="й"))
    proof("salt-bit", 5, lambda p: p.shown("note").update(salt=flipped(field_salt("note"), 9).hex()))
    proof("salt-of-the-body", 5, lambda p: p.shown("note").update(salt=SALT.hex()))
    proof("salt-of-another-field", 5, lambda p: p.shown("note").update(salt=field_salt("tags").hex()))
    proof("digest-bit", 5, lambda p: p.extra["withheld"].update(note=flipped(field_digest("note", "дубль"), 17).hex()), withhold=["note"])
    proof("digests-swapped", 5, swapped_digests, withhold=["note", "tags"])
    proof("field-left-out", 5, lambda p: p.extra["shown"].pop("note") and None)
    proof("field-added", 5, lambda p: p.extra["shown"].update(more={"salt": field_salt("more").hex(), "value": "x"}))
    proof("withheld-field-added", 5, lambda p: p.extra["withheld"].update(more=bytes(32).hex()))
    proof("field-renamed", 5, lambda p: p.extra["shown"].update(notes=p.extra["shown"].pop("note")))
    proof("withheld-renamed", 5, lambda p: p.extra["withheld"].update(notes=p.extra["withheld"].pop("note")), withhold=["note"])
    proof("place-changed-in-what-is-shown", 5, lambda p: p.shown("seq").update(value=5))


def swapped_digests(p):
    w = p.extra["withheld"]
    w["note"], w["tags"] = w["tags"], w["note"]


def bad_places():
    def unsigned(p):
        p.extra.pop("public")
        p.extra.pop("signature")
    proof("seq-plus-1", 6, unsigned, fields=body(seq=SEQ + 1))
    proof("seq-a-text", 6, unsigned, fields=body(seq=str(SEQ)))
    proof("seq-negative", 6, unsigned, fields=body(seq=-SEQ))
    proof("seq-true", 6, unsigned, fields=body(seq=True), seq=1)
    proof("log-of-another", 6, unsigned, fields=body(log=OTHER_LOG))
    proof("log-upper-case-shown", 6, unsigned, fields=body(log=LOG.upper()))
    proof("log-a-list", 6, unsigned, fields=body(log=[LOG]))
    proof("extra-log-changed", 6, lambda p: (unsigned(p), p.extra.update(log=OTHER_LOG)) and None)


def bad_members():
    def signature(name, make, **made):
        def run(p):
            p.extra["signature"] = b64(make(p))
        proof(name, 7, run, **made)
    signature("member-signature-bit", lambda p: flipped(base64.b64decode(p.extra["signature"]), 5))
    signature("member-signature-s-bit", lambda p: flipped(base64.b64decode(p.extra["signature"]), 261))
    signature("member-signature-s-plus-order", lambda p: other_s(base64.b64decode(p.extra["signature"])))
    signature("member-signature-zeros", lambda p: bytes(64))
    signature("signed-by-another-member", lambda p: member_signature(p.commitment, by=STRANGER))
    signature("signed-for-another-number", lambda p: member_signature(p.commitment, seq=SEQ - 1))
    signature("signed-for-another-log", lambda p: member_signature(p.commitment, log=OTHER_LOG))
    signature("signed-other-commitment", lambda p: member_signature(flipped(p.commitment, 0)))
    signature("signed-without-label", lambda p: sign(MEMBER.seed, p.commitment))
    proof("public-of-another-member", 7, setting(public=STRANGER.public.hex()))
    proof("public-bit", 7, setting(public=flipped(MEMBER.public, 3).hex()))
    # With the neutral point as key, R the same and S 0, the bare equation holds for every message.
    neutral = (1).to_bytes(32, "little")
    proof("public-of-small-order", 7, setting(public=neutral.hex(), signature=b64(neutral + bytes(32))))
    # The same point with y + p in place of y: an encoding that is not canonical.
    wide = (P + 1).to_bytes(32, "little")
    proof("public-not-canonical", 7, setting(public=wide.hex(), signature=b64(neutral + bytes(32))))
    proof("moved-with-its-place-withheld", 7, moved)


def moved(p):
    """An entry of another place, its place withheld: only the member's signature gives it away."""
    q = Proof(withhold=["log", "seq"])
    for field in ("extra", "commitment"):
        setattr(p, field, getattr(q, field))
    p.extra["signature"] = b64(member_signature(q.commitment, seq=SEQ - 2))


def bad_keys():
    proof("log-of-another-key", 8, key="other.vkey")
    proof("log-of-a-key-of-the-same-name", 8, key="same-name.vkey")


# ---- consistency ----

LEAVES = [leaf_hash(b"entry %d" % i) for i in range(40)]
FORK = LEAVES[:5] + [leaf_hash(b"forked %d" % i) for i in range(5, 40)]


class Consistency:
    def __init__(self, m=6, n=11, leaves=None, later=None):
        leaves = LEAVES if leaves is None else leaves
        self.old = str(m)
        self.hashes = consistency(m, leaves[:n])
        self.text = checkpoint_text(ORIGIN, n, root_of((later or leaves)[:n]))
        self.note = None

    def file(self):
        lines = ["old " + self.old] + [b64(h) for h in self.hashes] + [""]
        note = LOG_KEY.note(self.text) if self.note is None else self.note
        return "".join(line + "\n" for line in lines).encode() + note


EARLIER = {}


def earlier(name, data):
    EARLIER[name] = data
    return name


def tree_note(m, leaves=None, **changes):
    values = {"origin": ORIGIN, "size": m, "root": root_of((LEAVES if leaves is None else leaves)[:m])}
    values.update(changes)
    return LOG_KEY.note(checkpoint_text(**values))


def consistent(name, expected, change=None, old=None, key="log.vkey", **made):
    c = Consistency(**made)
    data = change(c) if change else None
    old = old or earlier(f"size-{made.get('m', 6)}.note", tree_note(made.get("m", 6)))
    case("consistency", name, data if isinstance(data, bytes) else c.file(), expected, old, key)


def good_consistency():
    for m, n in ((1, 1), (1, 2), (1, 11), (2, 3), (3, 4), (4, 7), (6, 8), (6, 11), (7, 7), (8, 11), (8, 16), (10, 11), (16, 17), (31, 40), (32, 40), (33, 40)):
        consistent(f"good-{m}-{n}", "good", m=m, n=n)
    text = Consistency().text
    consistent("good-more-signatures", "good", put(note=LOG_KEY.note(text) + OTHER_KEY.line(text)))


def bad_consistency():
    consistent("empty-file", 1, lambda c: b"")
    consistent("old-0", 1, put(old="0"))
    consistent("old-leading-zero", 1, put(old="06"))
    consistent("old-plus", 1, put(old="+6"))
    consistent("old-2-to-63", 1, put(old=str(2**63)))
    consistent("old-missing", 1, lambda c: c.file().split(b"\n", 1)[1])
    consistent("old-other-word", 1, lambda c: c.file().replace(b"old ", b"size ", 1))
    consistent("old-two-spaces", 1, lambda c: c.file().replace(b"old ", b"old  ", 1))
    consistent("hash-31-bytes", 1, put_hash(lambda h: h[:31]))
    consistent("hash-trailing-space", 1, lambda c: c.file().replace(b"=\n", b"= \n", 1))
    consistent("hashes-64", 1, lambda c: c.hashes.extend([bytes(32)] * (64 - len(c.hashes))))
    consistent("empty-line-missing", 1, lambda c: c.file().replace(b"\n\n", b"\n", 1))
    consistent("final-newline-missing", 1, lambda c: c.file()[:-1])
    consistent("trailing-bytes", 1, lambda c: c.file() + b"more\n")
    consistent("line-ends-crlf", 1, lambda c: c.file().replace(b"\n", b"\r\n"))
    consistent("later-of-another-log", 1, lambda c: setattr(c, "note", OTHER_KEY.note(c.text.replace(ORIGIN.encode(), OTHER_KEY.name.encode()))))
    consistent("later-without-signature", 1, lambda c: setattr(c, "note", c.text + b"\n"))
    consistent("earlier-of-another-log", 1, old=earlier("other-log.note", OTHER_KEY.note(checkpoint_text(OTHER_KEY.name, 6, root_of(LEAVES[:6])))))
    consistent("earlier-without-newline", 1, old=earlier("no-newline.note", tree_note(6)[:-1]))
    consistent("earlier-empty", 1, old=earlier("empty.note", b""))
    consistent("earlier-size-leading-zero", 1, old=earlier("leading-zero.note", tree_note(6, size="06")))
    consistent("key-of-another-log", 1, key="other.vkey")
    consistent("key-of-the-same-name", 2, key="same-name.vkey")
    text = tree_note(6).split(b"\n\n")[0] + b"\n"
    consistent("earlier-signature-bit", 2, old=earlier("signature-bit.note", text + b"\n" + LOG_KEY.line(text, flipped(sign(LOG_KEY.seed, text), 7))))
    consistent("earlier-not-signed-by-log", 2, old=earlier("not-signed.note", SAME_NAME.note(text)))
    consistent("later-signature-bit", 2, lambda c: setattr(c, "note", c.text + b"\n" + LOG_KEY.line(c.text, flipped(sign(LOG_KEY.seed, c.text), 7))))
    consistent("later-not-signed-by-log", 2, lambda c: setattr(c, "note", SAME_NAME.note(c.text)))
    consistent("old-plus-1", 3, put(old="7"))
    consistent("old-minus-1", 3, put(old="5"))
    consistent("later-is-shorter", 3, lambda c: setattr(c, "text", checkpoint_text(ORIGIN, 5, root_of(LEAVES[:5]))))
    consistent("turned-round", 3, old=earlier("size-11.note", tree_note(11)), change=lambda c: setattr(c, "text", checkpoint_text(ORIGIN, 6, root_of(LEAVES[:6]))))
    for i in range(3):
        consistent(f"hash-{i}-bit", 4, lambda c, i=i: c.hashes.__setitem__(i, flipped(c.hashes[i], 50 * i)))
    consistent("hashes-swapped", 4, lambda c: c.hashes.insert(0, c.hashes.pop(1)))
    consistent("hash-dropped-first", 4, lambda c: c.hashes.pop(0) and None)
    consistent("hash-dropped-last", 4, lambda c: c.hashes.pop() and None)
    consistent("hashes-dropped", 4, put(hashes=[]))
    consistent("hash-added-first", 4, lambda c: c.hashes.insert(0, bytes(32)))
    consistent("hash-added-last", 4, lambda c: c.hashes.append(bytes(32)))
    consistent("power-of-two-with-its-root", 4, lambda c: c.hashes.insert(0, root_of(LEAVES[:8])), m=8, n=11)
    consistent("equal-sizes-with-a-hash", 4, lambda c: c.hashes.append(root_of(LEAVES[:7])), m=7, n=7)
    consistent("equal-sizes-other-root", 4, m=7, n=7, later=FORK)
    consistent("fork", 4, leaves=FORK)
    consistent("later-root-bit", 4, lambda c: setattr(c, "text", checkpoint_text(ORIGIN, 11, flipped(root_of(LEAVES[:11]), 1))))
    consistent("later-size-17", 4, lambda c: setattr(c, "text", checkpoint_text(ORIGIN, 17, root_of(LEAVES[:11]))))
    consistent("later-size-huge", 4, lambda c: setattr(c, "text", checkpoint_text(ORIGIN, 2**63 - 1, root_of(LEAVES[:11]))))
    consistent("earlier-root-bit", 4, old=earlier("root-bit.note", tree_note(6, root=flipped(root_of(LEAVES[:6]), 200))))


def main(folder):
    good_proofs()
    bad_forms_of_lines()
    bad_forms_of_extra()
    bad_forms_of_the_note()
    bad_signatures()
    bad_trees()
    bad_leaves()
    bad_commitments()
    bad_places()
    bad_members()
    bad_keys()
    good_consistency()
    bad_consistency()

    root = Path(folder)
    root.mkdir(parents=True, exist_ok=True)
    names = [name for _, name, *_ in CASES]
    contents = [data for kind, _, data, *_ in CASES if kind == "proof"]
    assert len(set(names)) == len(names), "a name is used twice"
    assert len(set(contents)) >= len(contents) - 3, "a case does not change anything"
    for key, file in ((LOG_KEY, "log.vkey"), (OTHER_KEY, "other.vkey"), (SAME_NAME, "same-name.vkey")):
        (root / file).write_text(key.vkey + "\n", encoding="ascii")
    for name, data in EARLIER.items():
        (root / name).write_bytes(data)
    lines = []
    for kind, name, data, old, key, expected in CASES:
        (root / name).write_bytes(data)
        lines.append("\t".join((kind, name, old, key, expected)) + "\n")
    (root / "list").write_text("".join(lines), encoding="ascii")


if __name__ == "__main__":
    main(*sys.argv[1:])
