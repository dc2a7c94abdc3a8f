"""Packages of dokaz: docs/format/package.md section 5. Timestamps and the packager's signature are left to openssl and
ssh-keygen, which are the tools that the guide of a package names."""

import hashlib
import re
import subprocess
import tempfile
from pathlib import Path

from bag import Bag
from plain import parse_canonical, parse_json, require
from tlog import Checkpoint, Key, Proof, check_consistency, sha256

NEEDED = {"format", "made", "public", "logs", "files", "facts", "entries", "checkpoints", "timestamps", "left_out"}
MANIFESTS = {f"{kind}manifest-{name}.txt" for kind in ("", "tag") for name in ("sha256", "sha512")}
GIVEN = {"purpose", "recipient"}


class Package:
    def __init__(self, root):
        self.bag = Bag(root)
        self.root = Path(root)
        self.named = set()
        self.proofs = {}
        self.notes = {}
        self.facts = 0
        if "data/package.json" not in self.bag.files:
            require(not any(re.fullmatch(r"data/proofs/.*\.tlog-proof", path) for path in self.bag.files),
                    "proofs without an index")
            return
        require(MANIFESTS <= self.bag.files, "a manifest is missing")
        data = self.read("data/package.json")
        require(data.endswith(b"\n"), "package.json: the last line does not end")
        self.index = parse_canonical(data[:-1])
        require(isinstance(self.index, dict) and NEEDED <= set(self.index) <= NEEDED | GIVEN
                and self.index["format"] == "dokaz-package/1", "package.json: keys are missing or unknown")
        self.check_signature()
        self.read_logs()
        self.texts = {}
        for entry in self.index["files"]:
            self.check_file(entry)
        for entry in self.index["entries"]:
            self.proof(entry["proof"])
        nodes = self.read_facts()
        for entry in self.index["facts"]:
            self.check_fact(entry, nodes)
        require(not nodes, "facts.jsonld has a fact that the index does not name")
        self.check_custody()
        self.check_stamps()
        here = {path for path in self.bag.files if path.startswith("data/")}
        keys = {f"data/checkpoints/{log['log']}.vkey" for log in self.index["logs"]}
        require(here == self.named | keys, f"not named by the index: {sorted(here - keys - self.named)[:1]}")

    def read(self, path):
        require(isinstance(path, str) and path.startswith("data/") and path in self.bag.files, f"{path}: is missing")
        self.named.add(path)
        return (self.root / path).read_bytes()

    def check_signature(self):
        name = "tagmanifest-sha512.txt"
        if name + ".sig" not in self.bag.files:
            return
        require("allowed_signers" in self.bag.files, "allowed_signers is missing")
        who = (self.root / "allowed_signers").read_text().split(" ")[0]
        with open(self.root / name, "rb") as message:
            done = subprocess.run(["ssh-keygen", "-Y", "verify", "-f", self.root / "allowed_signers", "-I", who, "-n",
                                   "dokaz-package", "-s", self.root / (name + ".sig")], stdin=message,
                                  capture_output=True, check=False)
        require(done.returncode == 0, "the signature of the packager does not hold")

    def read_logs(self):
        self.logs = {}
        for log in self.index["logs"]:
            require(log["log"] not in self.logs, "a log stands in the index twice")
            key = Key(log["vkey"])
            line = self.read(f"data/checkpoints/{log['log']}.vkey").decode("utf-8", "replace")
            require(line == log["vkey"] + "\n", "a verifier key is not that of the index")
            self.logs[log["log"]] = key, Checkpoint(self.read(log["checkpoint"]), key)

    def proof(self, path):
        if path not in self.proofs:
            data = self.read(path)
            match = re.fullmatch(r"data/proofs/([0-9a-f]{32})-(\d+)\.tlog-proof", path)
            require(match and match[1] in self.logs, f"{path}: of no log of the package")
            key, checkpoint = self.logs[match[1]]
            proof = Proof(data, key)
            require(proof.log.hex() == match[1] and proof.index == int(match[2]), f"{path}: of another entry")
            require((proof.checkpoint.size, proof.checkpoint.root) == (checkpoint.size, checkpoint.root),
                    f"{path}: leads to another checkpoint")
            self.proofs[path] = proof
        return self.proofs[path]

    def check_file(self, entry):
        shown = self.proof(entry["proof"]).shown
        content = self.read(entry["path"])
        kind, item, folder = {"original": ("source.added", "id", "data/originals/"),
                              "text": ("text.derived", "source", "data/texts/")}[entry["role"]]
        require(entry["path"].startswith(folder), f"{entry['path']}: lies elsewhere")
        require(shown.get("kind") == kind and shown.get(item) == entry["item"], f"{entry['path']}: another entry proves it")
        require(shown.get("sha256") == hashlib.sha256(content).hexdigest(), f"{entry['path']}: not what was preserved")
        if entry["role"] == "text":
            self.texts[entry["path"]] = entry["item"], shown["sha256"], content.decode("utf-8")
        else:
            name = entry.get("name")
            require(name is None or shown.get("name", name) == name, f"{entry['path']}: was preserved under another name")

    def read_facts(self):
        document = parse_json(self.read("data/facts.jsonld"))
        nodes = {}
        for made in document["@graph"]:
            if made["type"] == "dokaz:Source":
                item = made["id"].removeprefix("urn:dokaz:")
                require(any(proof.shown.get("kind") == "source.added" and proof.shown.get("id") == item
                            and proof.shown.get("sha256") == made["sha256"] for proof in self.proofs.values()),
                        f"{item}: no entry has this SHA-256")
            if made["type"] == "Annotation" or "dokaz:record" in made:
                require(made["id"] not in nodes, f"facts.jsonld: {made['id']} stands twice")
                nodes[made["id"]] = made
        return nodes

    def check_fact(self, entry, nodes):
        proof = self.proof(entry["proof"])
        item = entry["item"]
        require(proof.shown.get("kind") in ("fact.recorded", "fact.revised") and proof.shown.get("id") == item,
                f"{item}: another entry proves it")
        made = nodes.pop(f"urn:dokaz:{item}", None)
        require(made is not None and made["dokaz:record"] == proof.shown and made["dokaz:proof"] == entry["proof"],
                f"{item}: facts.jsonld says something else than the journal")
        passages, targets = proof.shown.get("passages"), made["target"]
        require(isinstance(targets, list), f"{item}: no targets")
        require(passages is None or len(passages) == len(targets), f"{item}: a passage is missing or added")
        require(passages is not None or "passages" in proof.withheld or not targets, f"{item}: quotes without passages")
        for number, target in enumerate(targets):
            self.check_target(item, target, None if passages is None else passages[number])
        self.facts += 1

    def check_target(self, item, target, passage):
        selectors = {selector["type"]: selector for selector in target["selector"]}
        position, quote = selectors.get("TextPositionSelector"), selectors.get("TextQuoteSelector")
        source = target["source"].removeprefix("urn:dokaz:")
        if passage is not None:
            require(source == passage["source"] and position["start"] == passage["start"]
                    and position["end"] == passage["end"], f"{item}: the place of a quote is not that of its passage")
            require("dokaz:masked" in target if quote is None else
                    all(quote.get(key, "") == passage.get(key, "") for key in ("exact", "prefix", "suffix")),
                    f"{item}: the words of a quote are not those of its passage")
        path = target.get("dokaz:text")
        if quote is None or path is None:
            return
        owner, version, text = self.texts[path]
        require(owner == source and (passage is None or version == passage["text"]), f"{item}: a quote from another text")
        start, end = position["start"], position["end"]
        require(0 <= start <= end <= len(text) and text[start:end] == quote["exact"]
                and text[:start].endswith(quote.get("prefix", "")) and text[end:].startswith(quote.get("suffix", "")),
                f"{item}: the quote does not stand in the text")

    def check_custody(self):
        left = set(self.proofs)
        for line in self.read("data/custody.jsonl").splitlines():
            said = parse_canonical(line)
            require(said["proof"] in left, "custody.jsonl has a line twice, or one of no entry in the index")
            left.remove(said["proof"])
            proof = self.proof(said["proof"])
            shown = proof.shown
            require(said["shown"] == shown and said["log"] == proof.log.hex() and said["seq"] == proof.index
                    and sorted(said.get("withheld", [])) == proof.withheld
                    and all(said.get(key) == shown.get(key) for key in ("time", "kind"))
                    and (not proof.digests or said["item"] in [shown.get(key) for key in ("id", "item", "source")]),
                    "custody.jsonl says something else than the journal")
        require(not left, "custody.jsonl lacks a line")

    def check_stamps(self):
        sizes = {}
        for entry in self.index["checkpoints"]:
            key, last = self.logs[entry["log"]]
            note = self.read(entry["path"])
            made = Checkpoint(note, key)
            require(made.size == entry["size"], f"{entry['path']}: of another size")
            if "consistency" in entry:
                later = check_consistency(note, self.read(entry["consistency"]), key)
                require((later.size, later.root) == (last.size, last.root), f"{entry['path']}: leads elsewhere")
            else:
                require((made.size, made.root) == (last.size, last.root), f"{entry['path']}: leads nowhere")
            sizes[entry["path"]] = entry["log"], made.size
        for entry in self.index["timestamps"]:
            require(sizes.get(entry["checkpoint"]) == (entry["log"], entry["size"]), "a timestamp of another checkpoint")
            self.check_token(entry)

    def check_token(self, entry):
        token, certificates = self.read(entry["token"]), self.read(entry["certificates"])
        imprint = sha256((self.root / entry["checkpoint"]).read_bytes()).hex()
        with tempfile.TemporaryDirectory() as work:
            files = Path(work) / "token", Path(work) / "pem"
            files[0].write_bytes(token)
            files[1].write_bytes(certificates)
            done = subprocess.run(["openssl", "ts", "-verify", "-digest", imprint, "-token_in", "-in", files[0], "-CAfile",
                                   files[1], "-untrusted", files[1]], capture_output=True, check=False)
        require(done.returncode == 0, f"{entry['token']}: the timestamp does not hold")
