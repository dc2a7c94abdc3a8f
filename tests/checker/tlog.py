"""Notes, checkpoints, the tree, and proofs: docs/format/journal.md sections 3 to 5 and docs/format/proof.md."""

import hashlib
import hmac
import re

import ed25519
from plain import Refused, canonical, decimal, parse_canonical, require, text_lines, unbase64, unhex

NOTE_MAX = 65536
PROOF_MAX = 63
SPACES = "[\\s\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"


def sha256(data):
    return hashlib.sha256(data).digest()


class Key:
    """A verifier key, name+id+base64."""

    def __init__(self, text):
        parts = text.split("+", 2)
        require(len(parts) == 3, "not a verifier key")
        self.name = parts[0]
        require(self.name and not re.search(SPACES, self.name), "the name of a key is empty or holds a space")
        data = unbase64(parts[2], 33)
        require(data[0] == 1, "a key of an unknown kind")
        self.public = data[1:]
        self.id = sha256(self.name.encode() + b"\n\x01" + self.public)[:4]
        require(parts[1] == self.id.hex(), "the id of a key does not fit")
        self.text = text


def open_note(note, key):
    """Text of a signed note in which the key's signature holds."""
    require(len(note) <= NOTE_MAX, "a note too long")
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("the note is not UTF-8") from error
    require(not re.search("[\x00-\x09\x0b-\x1f]", whole), "a control character in a note")
    cut = whole.rfind("\n\n")
    require(cut >= 0 and whole.endswith("\n") and len(whole) > cut + 2, "no signatures in the note")
    text, lines = whole[:cut + 1], whole[cut + 2:-1].split("\n")
    require(len(lines) <= 100, "too many signatures")
    found = False
    for line in lines:
        parts = line.split(" ")
        require(len(parts) == 3 and parts[0] == "\u2014" and parts[1] and "+" not in parts[1]
                and not re.search(SPACES, parts[1]), "an ill-formed signature line")
        data = unbase64(parts[2])
        require(len(data) >= 5, "an ill-formed signature")
        if parts[1] != key.name or data[:4] != key.id or found:
            continue
        require(ed25519.verify(key.public, text.encode(), data[4:]), "the signature of the log does not hold")
        found = True
    require(found, "not signed by the log")
    return text


class Checkpoint:
    def __init__(self, note, key):
        self.note = note
        lines = open_note(note, key)[:-1].split("\n")
        require(len(lines) >= 3 and all(lines), "not a checkpoint")
        require(lines[0] == key.name, "a checkpoint of another origin")
        self.origin = lines[0]
        self.size = decimal(lines[1])
        self.root = unbase64(lines[2], 32)
        require(self.size > 0 or self.root == sha256(b""), "an empty tree with a root")


def node(left, right):
    return sha256(b"\x01" + left + right)


def included(leaf, index, size, hashes, root):
    """RFC 9162, section 2.1.3.2."""
    if index >= size:
        return False
    first, last, value = index, size - 1, leaf
    for other in hashes:
        if last == 0:
            return False
        if first & 1 or first == last:
            value = node(other, value)
            while not first & 1 and first != 0:
                first, last = first >> 1, last >> 1
        else:
            value = node(value, other)
        first, last = first >> 1, last >> 1
    return last == 0 and value == root


def consistent(old, new, old_root, new_root, hashes):
    """RFC 9162, section 2.1.4.2, for 0 < old <= new."""
    if old == new:
        return not hashes and old_root == new_root
    if not 0 < old < new:
        return False
    path = ([old_root] if old & (old - 1) == 0 else []) + hashes
    if not path or not hashes:
        return False
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    old_value = new_value = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            old_value, new_value = node(other, old_value), node(other, new_value)
            while not first & 1 and first != 0:
                first, last = first >> 1, last >> 1
        else:
            new_value = node(new_value, other)
        first, last = first >> 1, last >> 1
    return last == 0 and old_value == old_root and new_value == new_root


def read_leaf(record):
    """The commitment of a well-formed leaf record."""
    require(record[:4] == b"dzL1" and len(record) >= 68, "an ill-formed leaf record")
    at, total = 68, 0
    for step, classes in ((41, b"of"), (33, b"ofb")):
        require(len(record) >= at + 2, "an ill-formed leaf record")
        count = int.from_bytes(record[at:at + 2], "big")
        at, total = at + 2, total + count
        require(len(record) >= at + count * step, "an ill-formed leaf record")
        things = [record[at + i * step:at + (i + 1) * step] for i in range(count)]
        require(all(thing[0] in classes for thing in things), "an unknown class in a leaf record")
        require(step == 33 or all(thing[1] < 128 for thing in things), "a size too large in a leaf record")
        at += count * step
    require(at == len(record) and total <= 1500 and len(record) <= 65535, "an ill-formed leaf record")
    return record[4:36]


def sized(name):
    data = name.encode()
    require(len(data) < 65536, "the name of a field is too long")
    return len(data).to_bytes(2, "big") + data


def field_digest(salt, name, value):
    return sha256(b"dokaz/field/v1\x00" + salt + sized(name) + canonical(value))


def field_salt(body_salt, name):
    return hmac.new(body_salt, name.encode(), hashlib.sha256).digest()


def commitment(digests):
    fields = sorted(digests.items(), key=lambda item: item[0].encode())
    return sha256(b"dokaz/body/v1\x00" + len(fields).to_bytes(2, "big")
                  + b"".join(sized(name) + digest for name, digest in fields))


def split_at_note(data, first_line):
    """Lines in front of the first empty one, and the note behind it."""
    cut = data.find(b"\n\n")
    require(cut >= 0, "no checkpoint")
    lines = text_lines(data[:cut + 1])
    require(lines[0].startswith(first_line), "another kind of file")
    return lines, data[cut + 2:]


def read_hashes(lines):
    require(len(lines) <= PROOF_MAX, "too many hashes")
    return [unbase64(line, 32) for line in lines]


class Proof:
    """A .tlog-proof file that holds. key: the verifier key it has to be of, or None for its own."""

    KEYS = {"format", "log", "vkey", "leaf", "shown", "withheld"}
    SIGNED = KEYS | {"public", "signature"}

    def __init__(self, data, key=None):
        lines, note = split_at_note(data, "c2sp.org/tlog-proof@v1")
        require(len(lines) >= 3 and lines[0] == "c2sp.org/tlog-proof@v1", "not a tlog-proof")
        require(lines[1].startswith("extra ") and lines[2].startswith("index "), "lines are missing")
        extra = parse_canonical(unbase64(lines[1][6:]))
        self.index = decimal(lines[2][6:])
        hashes = read_hashes(lines[3:])
        self.read_extra(extra)
        if key is not None:
            require(key.text == self.key.text, "the proof is of another log")
        self.checkpoint = Checkpoint(note, self.key)
        leaf_hash = sha256(b"\x00" + self.leaf)
        require(included(leaf_hash, self.index, self.checkpoint.size, hashes, self.checkpoint.root),
                "the entry is not in the tree")
        self.check_body(read_leaf(self.leaf))

    def read_extra(self, extra):
        require(isinstance(extra, dict) and set(extra) in (self.KEYS, self.SIGNED), "keys are missing or unknown")
        require(extra["format"] == "dokaz-proof/1", "another format")
        self.log = unhex(extra["log"], 16)
        require(all(isinstance(extra[name], str) for name in ("vkey", "leaf")), "a value of another type")
        self.key = Key(extra["vkey"])
        self.leaf = unbase64(extra["leaf"])
        require(isinstance(extra["shown"], dict) and isinstance(extra["withheld"], dict), "a value of another type")
        self.shown, self.digests = {}, {}
        for name, field in extra["shown"].items():
            require(isinstance(field, dict) and set(field) == {"salt", "value"}, "an ill-formed field")
            self.shown[name] = field["value"]
            self.digests[name] = field_digest(unhex(field["salt"], 32), name, field["value"])
        self.withheld = sorted(extra["withheld"])
        for name, digest in extra["withheld"].items():
            require(name not in self.shown, "a field both shown and withheld")
            self.digests[name] = unhex(digest, 32)
        self.public = self.signature = None
        if "public" in extra:
            self.public = unhex(extra["public"], 32)
            require(isinstance(extra["signature"], str), "a value of another type")
            self.signature = unbase64(extra["signature"], 64)

    def check_body(self, wanted):
        if not self.digests:
            require(self.signature is None, "a signature without a body")
            return
        require(commitment(self.digests) == wanted, "the fields are not what the log committed to")
        require(self.shown.get("log", self.log.hex()) == self.log.hex(), "an entry of another log")
        require(self.shown.get("seq", self.index) == self.index
                and not isinstance(self.shown.get("seq"), bool), "an entry of another place")
        if self.signature is not None:
            message = b"dokaz/entry/v1\x00" + self.log + self.index.to_bytes(8, "big") + wanted
            require(ed25519.verify(self.public, message, self.signature), "the member's signature does not hold")


def check_consistency(old, data, key):
    """The later checkpoint that a .tlog-consistency file leads to from the note old."""
    earlier = Checkpoint(old, key)
    lines, note = split_at_note(data, "old ")
    later = Checkpoint(note, key)
    size = decimal(lines[0][4:])
    require(size > 0 and size == earlier.size, "the proof begins at another size")
    require(consistent(size, later.size, earlier.root, later.root, read_hashes(lines[1:])),
            "the later tree does not begin with the earlier one")
    return later
