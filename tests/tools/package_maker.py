"""Packages made for tests by nothing of dokaz: a small collection, its log, and what is derived.

Written from docs/format/. Keys, salts and times are fixed, so that the same bytes come out each time
(timestamps apart, which an authority signs).
"""

import hashlib
import hmac
import json
import struct
import subprocess
import sys
import time
from pathlib import Path

from plain_log import (Key, b64, canonical, checkpoint_text, consistency, inclusion, public_of,
                       root_of, sha256, sign)

HERE = Path(__file__).resolve().parent
WITHHELD = ["member", "note", "tags"]


# ---- a log ----

class Log:
    def __init__(self, number):
        self.number = number
        self.id = sha256(b"log %d" % number)[:16].hex()
        self.key = Key("dokaz/" + sha256(b"origin %d" % number)[:8].hex(), sha256(b"seed %d" % number))
        self.vkey = self.key.vkey
        self.member = sha256(b"member %d" % number)
        self.bodies = []
        self.salts = []
        self.removed = set()
        self.leaves = []

    def add(self, kind, **fields):
        seq = len(self.bodies)
        body = {"kind": kind, "log": self.id, "seq": seq, "clock": seq, "member": "m4k2",
                "time": f"2026-03-0{1 + seq % 9}T10:00:00Z", **fields}
        self.bodies.append(body)
        self.salts.append(sha256(b"salt %d %d" % (self.number, seq)))
        self.leaves.append(b"dzL1" + self.commitment(seq) + sha256(b"sealed %d" % seq)
                           + struct.pack(">HH", 0, 0))
        return seq

    def salt(self, seq, name):
        return hmac.new(self.salts[seq], name.encode(), hashlib.sha256).digest()

    def digest(self, seq, name):
        return sha256(b"dokaz/field/v1\0", self.salt(seq, name), struct.pack(">H", len(name.encode())),
                      name.encode(), canonical(self.bodies[seq][name]))

    def commitment(self, seq):
        parts = [b"dokaz/body/v1\0", struct.pack(">H", len(self.bodies[seq]))]
        for name in sorted(self.bodies[seq], key=str.encode):
            parts += [struct.pack(">H", len(name.encode())), name.encode(), self.digest(seq, name)]
        return sha256(*parts)

    def hashes(self, size=None):
        return [sha256(b"\0", leaf) for leaf in self.leaves[:size]]

    def note(self, size=None):
        leaves = self.hashes(size)
        return self.key.note(checkpoint_text(self.key.name, len(leaves), root_of(leaves)))

    def shown(self, seq, withheld):
        if seq in self.removed:
            return {}
        return {name: value for name, value in self.bodies[seq].items() if name not in withheld}

    def proof(self, seq, size, withheld=()):
        withheld = set(withheld) & set(self.bodies[seq])
        extra = {"format": "dokaz-proof/1", "log": self.id, "vkey": self.vkey,
                 "leaf": b64(self.leaves[seq]), "shown": {}, "withheld": {}}
        if seq not in self.removed:
            for name, value in self.shown(seq, withheld).items():
                extra["shown"][name] = {"salt": self.salt(seq, name).hex(), "value": value}
            extra["withheld"] = {name: self.digest(seq, name).hex() for name in withheld}
        if "member" not in withheld and seq not in self.removed:
            place = b"dokaz/entry/v1\0" + bytes.fromhex(self.id) + struct.pack(">Q", seq)
            extra["public"] = public_of(self.member).hex()
            extra["signature"] = b64(sign(self.member, place + self.commitment(seq)))
        lines = ["c2sp.org/tlog-proof@v1", "extra " + b64(canonical(extra)), f"index {seq}"]
        lines += [b64(node) for node in inclusion(seq, self.hashes(size))]
        return ("\n".join(lines) + "\n\n").encode() + self.note(size)

    def consistency(self, old, new):
        lines = [f"old {old}"] + [b64(node) for node in consistency(old, self.hashes(new))]
        return ("\n".join(lines) + "\n\n").encode() + self.note(new)


# ---- the signature of the packager ----

def ssh_string(data):
    return struct.pack(">I", len(data)) + data


def ssh_key(seed):
    return ssh_string(b"ssh-ed25519") + ssh_string(public_of(seed))


def ssh_signature(seed, content, name_space=b"dokaz-package"):
    head = ssh_string(name_space) + ssh_string(b"") + ssh_string(b"sha512")
    signed = b"SSHSIG" + head + ssh_string(hashlib.sha512(content).digest())
    blob = (b"SSHSIG" + struct.pack(">I", 1) + ssh_string(ssh_key(seed)) + head
            + ssh_string(ssh_string(b"ssh-ed25519") + ssh_string(sign(seed, signed))))
    text = b64(blob)
    lines = [text[i:i + 70] for i in range(0, len(text), 70)]
    return ("-----BEGIN SSH SIGNATURE-----\n" + "\n".join(lines)
            + "\n-----END SSH SIGNATURE-----\n").encode()


def allowed_signers(seed):
    return f'dokaz namespaces="dokaz-package" ssh-ed25519 {b64(ssh_key(seed))}\n'.encode()


# ---- the collection ----

TEXT = ("Лікарня приймає лише з паспортом.\nУ неділю 12 травня двері не відчинили: «без паспорта — "
        "ні», сказала чергова. 😀 Ми пішли.\n")
LETTER = "The office issued 120 papers in a week, the notice said.\n"


def passage(source, text, exact):
    start = text.index(exact)
    end = start + len(exact)
    return {"source": source, "text": hashlib.sha256(text.encode()).hexdigest(), "exact": exact,
            "start": start, "end": end, "prefix": text[max(0, start - 32):start],
            "suffix": text[end:end + 32]}


class Package:
    """The files of a package by path, and what they were made of."""

    SIGNER = sha256(b"signer")
    OLD = 6

    def __init__(self, authority=None, public=False):
        self.files = {}
        self.log = Log(1)
        self.authority = authority
        self.index = {"format": "dokaz-package/1", "made": "2026-03-20T10:00:00Z", "public": public,
                      "purpose": "court", "logs": [], "files": [], "facts": [], "entries": [],
                      "checkpoints": [], "timestamps": [], "left_out": [{"reason": "access"}]}
        self.graph = []
        self.custody = []
        self.fill()
        self.size = len(self.log.leaves)

    def fill(self):
        log = self.log
        page = f"<html><body><p>{TEXT}</p></body></html>\n".encode()
        self.texts = {"src-a1": TEXT, "src-b2": LETTER}
        self.originals = {"src-a1": page, "src-b2": LETTER.encode()}
        log.add("vault.created", settings={})
        for item, name in (("src-a1", "сторінка.html"), ("src-b2", "notice.txt")):
            content, text = self.originals[item], self.texts[item]
            log.add("source.added", id=item, name=name, size=len(content), basis="published",
                    access="open", sha256=hashlib.sha256(content).hexdigest(), note="kept apart")
            log.add("text.derived", source=item, status="text", extractor="text/1",
                    sha256=hashlib.sha256(text.encode()).hexdigest(), size=len(text.encode()),
                    chars=len(text))
        log.add("fact.recorded", id="act-c3", fact_kind="act", sphere="health", means="denial",
                date="2024-05-12", reviewed=True, tags=["clinic"],
                passages=[passage("src-a1", TEXT, "«без паспорта — ні»"),
                          passage("src-a1", TEXT, "😀 Ми пішли.\n")])
        log.add("fact.recorded", id="fig-d4", fact_kind="figure", value="120",
                passages=[passage("src-b2", LETTER, "120 papers in a week")])
        log.add("source.described", source="src-a1", title="Двері лікарні", tags=["clinic"])
        log.add("fact.revised", id="fig-d4", fact_kind="figure", value="120", unit="papers",
                revises=f"{log.id}:6", passages=[passage("src-b2", LETTER, "120 papers in a week")])
        log.add("export.made", format="bag")

    def proof_path(self, seq):
        return f"data/proofs/{self.log.id}-{seq}.tlog-proof"

    def withheld(self, seq):
        return WITHHELD

    def add_proof(self, item, seq):
        log = self.log
        withheld = sorted(set(self.withheld(seq)) & set(log.bodies[seq]))
        self.files[self.proof_path(seq)] = log.proof(seq, self.size, withheld)
        shown = log.shown(seq, withheld)
        line = {"item": item, "log": log.id, "seq": seq, "proof": self.proof_path(seq), "shown": shown}
        for name in ("time", "kind"):
            if name in shown:
                line[name] = shown[name]
        if shown:
            line["withheld"] = withheld
        self.custody.append(line)

    def add_sources(self):
        for item, seq in (("src-a1", 1), ("src-b2", 3)):
            body = self.log.bodies[seq]
            plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_"
                            for c in body["name"])
            original = f"data/originals/{item}/{plain}"
            text = f"data/texts/{item}.{self.log.bodies[seq + 1]['sha256'][:12]}.txt"
            self.files[original] = self.originals[item]
            self.files[text] = self.texts[item].encode()
            self.index["files"] += [
                {"path": original, "proof": self.proof_path(seq), "item": item, "role": "original",
                 "name": body["name"]},
                {"path": text, "proof": self.proof_path(seq + 1), "item": item, "role": "text"}]
            self.add_proof(item, seq)
            self.add_proof(item, seq + 1)
            self.graph.append({"id": "urn:dokaz:" + item, "type": "dokaz:Source",
                               "sha256": body["sha256"], "size": body["size"]})

    def target(self, made):
        text = f"data/texts/{made['source']}.{made['text'][:12]}.txt"
        quote = {key: made[key] for key in ("exact", "prefix", "suffix") if made[key] != ""}
        return {"source": "urn:dokaz:" + made["source"], "dokaz:text": text,
                "selector": [{"type": "TextQuoteSelector", **quote},
                             {"type": "TextPositionSelector", "start": made["start"],
                              "end": made["end"]}]}

    def add_fact(self, item, seq):
        self.index["facts"].append({"item": item, "proof": self.proof_path(seq)})
        self.add_proof(item, seq)
        shown = self.log.shown(seq, self.withheld(seq))
        self.graph.append({"id": "urn:dokaz:" + item, "type": "Annotation", "dokaz:record": shown,
                           "dokaz:proof": self.proof_path(seq), "dokaz:state": "current",
                           "target": [self.target(p) for p in self.log.bodies[seq]["passages"]]})

    def add_entry(self, item, seq):
        self.index["entries"].append({"proof": self.proof_path(seq)})
        self.add_proof(item, seq)

    def add_log(self):
        log = self.log
        last = f"data/checkpoints/{log.id}-{self.size}.note"
        old = f"data/checkpoints/{log.id}-{self.OLD}.note"
        step = f"data/checkpoints/{log.id}-{self.OLD}-{self.size}.tlog-consistency"
        self.files[f"data/checkpoints/{log.id}.vkey"] = log.vkey.encode() + b"\n"
        self.files[last] = log.note(self.size)
        self.index["logs"].append({"log": log.id, "vkey": log.vkey, "checkpoint": last})
        if self.authority is None:
            return
        self.files[old] = log.note(self.OLD)
        self.files[step] = log.consistency(self.OLD, self.size)
        self.index["checkpoints"] += [
            {"log": log.id, "size": self.OLD, "path": old, "consistency": step},
            {"log": log.id, "size": self.size, "path": last}]
        self.add_stamp(self.OLD, old, 3)
        self.add_stamp(self.size, last, 1)

    def add_stamp(self, size, path, hours_ago):
        token, pem = self.authority.stamp(self.files[path], hours_ago)
        stem = f"data/timestamps/{self.log.id}-{size}-test"
        self.files[stem + ".tst"] = token
        self.files[stem + ".pem"] = pem
        self.index["timestamps"].append({"log": self.log.id, "size": size, "checkpoint": path,
                                         "token": stem + ".tst", "certificates": stem + ".pem",
                                         "authority": "test"})

    def build(self):
        self.add_sources()
        self.add_fact("act-c3", 5)
        self.add_fact("fig-d4", 8)
        self.add_entry("fig-d4", 6)
        self.add_entry("src-a1", 7)
        self.add_log()
        self.derive()
        return self

    def derive(self):
        """The generated files, from what was gathered."""
        graph = b",\n".join(canonical(node) for node in self.graph)
        self.files["data/package.json"] = canonical(self.index) + b"\n"
        self.files["data/facts.jsonld"] = (b'{"@context":{"dokaz":"urn:dokaz:term:"},\n"@graph":[\n'
                                           + graph + b"\n]}\n")
        self.custody.sort(key=lambda line: line["seq"])
        self.files["data/custody.jsonl"] = b"".join(canonical(l) + b"\n" for l in self.custody)

    # ---- the bag around it ----

    def manifests(self):
        """Made anew, as whoever changes a package would."""
        files = self.files
        for name in [n for n in files if "manifest-" in n]:
            del files[name]
        payload = sorted(path for path in files if path.startswith("data/"))
        files["bagit.txt"] = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
        size = sum(len(files[path]) for path in payload)
        files["bag-info.txt"] = f"Payload-Oxum: {size}.{len(payload)}\n".encode()
        files.setdefault("README.en.txt", b"How to check this.\n")
        for kind, paths in (("manifest", payload), ("tagmanifest", None)):
            if paths is None:
                paths = sorted(path for path in files if not path.startswith("data/"))
            made = {}
            for name in ("sha256", "sha512"):
                made[f"{kind}-{name}.txt"] = "".join(
                    f"{hashlib.new(name, files[path]).hexdigest()}  {path}\n"
                    for path in paths).encode()
            files.update(made)

    def seal(self, seed=SIGNER):
        self.files["allowed_signers"] = allowed_signers(seed)
        self.manifests()
        self.files["tagmanifest-sha512.txt.sig"] = ssh_signature(
            seed, self.files["tagmanifest-sha512.txt"])
        return self

    def write(self, folder):
        for path, content in self.files.items():
            target = Path(folder) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


class Authority:
    """An authority of tests/tools/tsa.py; a note is stamped once for each hour asked for."""

    def __init__(self, folder, by="good"):
        self.folder = Path(folder)
        self.by = by
        self.made = {}
        if not (self.folder / "ca.pem").exists():
            self.run("make", self.folder)

    @staticmethod
    def run(*arguments):
        subprocess.run([sys.executable, HERE / "tsa.py", *map(str, arguments)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stamp(self, note, hours_ago):
        instant = time.strftime("%Y%m%d%H0000Z", time.gmtime(time.time() - 3600 * hours_ago))
        if (note, instant) not in self.made:
            out = self.folder / "token.tst"
            self.run("token", self.folder, sha256(note).hex(), out, "--by", self.by, "--time", instant)
            self.made[note, instant] = out.read_bytes()
        root = {"other": "another.pem"}.get(self.by, "ca.pem")
        return self.made[note, instant], (self.folder / root).read_bytes()
