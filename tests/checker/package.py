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
GIVEN = {"purpose", "recipient"}
FOLDERS = ("originals", "texts", "proofs", "checkpoints", "timestamps")


class Package:
    def __init__(self, root):
        self.bag = Bag(root)
        self.root = Path(root)
        self.named = set()
        self.proofs = {}
        self.notes = {}
        self.facts = 0
        if "data/package.json" not in self.bag.files:
            return
        require({"manifest-sha256.txt", "manifest-sha512.txt"} <= self.bag.manifest_names, "a manifest is missing")
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
        nodes = self.read_facts()
        for entry in self.index["facts"]:
            self.check_fact(entry, nodes)
        for entry in self.index["entries"]:
            self.proof(entry["proof"])
        self.check_custody()
        self.check_stamps()
        here = {path for path in self.bag.files if path.split("/")[1:2] and path.split("/")[1] in FOLDERS
                and path.startswith("data/")}
        keys = {f"data/checkpoints/{log['log']}.vkey" for log in self.index["logs"]}
        require(here - keys <= self.named, f"not named by the index: {sorted(here - keys - self.named)[:1]}")

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
        kind, item = {"original": ("source.added", "id"), "text": ("text.derived", "source")}[entry["role"]]
        require(shown.get("kind") == kind and shown.get(item) == entry["item"], f"{entry['path']}: another entry proves it")
        require(shown.get("sha256") == hashlib.sha256(content).hexdigest(), f"{entry['path']}: not what was preserved")
        if entry["role"] == "text":
            self.texts[shown["sha256"]] = content.decode("utf-8")

    def read_facts(self):
        document = parse_json(self.read("data/facts.jsonld"))
        nodes = {}
        for made in document["@graph"]:
            if "dokaz:record" in made:
                require(made["id"] not in nodes, f"facts.jsonld: {made['id']} stands twice")
                nodes[made["id"]] = made
        return nodes

    def check_fact(self, entry, nodes):
        shown = self.proof(entry["proof"]).shown
        item = entry["item"]
        require(shown.get("kind") in ("fact.recorded", "fact.revised") and shown.get("id") == item,
                f"{item}: another entry proves it")
        for passage in shown.get("passages", []):
            text = self.texts.get(passage["text"])
            require(text is None or text[passage["start"]:passage["end"]] == passage["exact"],
                    f"{item}: the quote does not stand in the text")
        made = nodes.pop(f"urn:dokaz:{item}", None)
        require(made is not None and made["dokaz:record"] == shown and made["dokaz:proof"] == entry["proof"],
                f"{item}: facts.jsonld says something else than the journal")
        self.facts += 1

    def check_custody(self):
        for line in self.read("data/custody.jsonl").splitlines():
            said = parse_canonical(line)
            proof = self.proof(said["proof"])
            require(said["shown"] == proof.shown and said["log"] == proof.log.hex() and said["seq"] == proof.index
                    and said.get("withheld", []) == proof.withheld
                    and all(proof.shown.get(key, said[key]) == said[key] for key in ("time", "kind")),
                    "custody.jsonl says something else than the journal")

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
