#!/usr/bin/python3
"""Small packages, good and bad, for those who check packages: package_vectors.py OUT

Makes OUT/<case>/ for each case below and OUT/expected.txt, one line a case:

    <case> valid|invalid [kind of finding, sorted]...

tests/vectors/package/expected.txt is the same list; a test compares both. In the bad ones somebody
changed a package and made all its manifests anew, so that checksums agree; in most the signature was
taken away as well, so that only the proofs are left to tell. OUT/log.vkey, OUT/ca.pem and
OUT/signer.pub are what a reader would have received another way.
"""

import copy
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from package_maker import (LETTER, TEXT, Authority, Log, Package, allowed_signers, b64, canonical,  # noqa: E402
                           passage, sha256, ssh_key, ssh_signature)

CASES = []
STRANGER = sha256(b"stranger")


def case(name, *codes):
    """The function gets a package as it was sealed and changes its files, index, graph or custody; it
    may give back another package."""
    def register(function):
        CASES.append((name, codes, function))
        return function
    return register


def find(package, end):
    return next(path for path in sorted(package.files) if path.endswith(end))


def changed(content, old, new):
    assert old in content, old
    return content.replace(old, new)


# ---- packages that hold ----

@case("good")
def good(p):
    p.seal()


@case("good-unsigned")
def unsigned(p):
    p.derive()


@case("good-without-timestamps")
def without_stamps(p):
    made = Package().build()
    made.manifests()
    return made


@case("good-signed-by-a-stranger")
def by_stranger(p):
    p.seal(STRANGER)


@case("good-passages-withheld")
def withheld(p):
    class Narrow(Package):
        def withheld(self, seq):
            return super().withheld(seq) + (["passages"] if seq == 5 else [])
    return Narrow().build()


@case("good-masked-quote")
def masked(p):
    for target in p.graph_of("act-c3")["target"]:
        target["dokaz:masked"] = "[...]"
        target["selector"] = target["selector"][1:]
    p.derive()


@case("good-quote-without-text")
def no_text(p):
    node = p.graph_of("fig-d4")
    for target in node["target"]:
        del target["dokaz:text"]
    path = next(q for q in p.files if q.startswith("data/texts/src-b2"))
    del p.files[path]
    entry = next(e for e in p.index["files"] if e["path"] == path)
    p.index["files"].remove(entry)
    p.index["entries"].append({"proof": entry["proof"]})
    p.derive()


@case("good-body-removed")
def removed(p):
    class Removed(Package):
        def fill(self):
            super().fill()
            self.log.removed.add(6)
    return Removed().build()


@case("good-two-logs")
def two_logs(p):
    other = Package()
    other.log = Log(2)
    other.fill()
    other.build()
    p.files.update({path: content for path, content in other.files.items()
                    if path.startswith(("data/checkpoints/", "data/proofs/"))})
    p.index["logs"] += other.index["logs"]
    p.custody += other.custody
    p.index["entries"] += [{"proof": path} for path in sorted(other.files)
                           if path.startswith("data/proofs/")]
    p.derive()


# ---- files ----

for kind, codes in (("originals", ["file"]), ("texts", ["file", "quote-text"])):
    @case(f"changed-{kind[:-1]}", *codes)
    def change_file(p, kind=kind):
        path = next(q for q in sorted(p.files) if q.startswith(f"data/{kind}/src-a1"))
        p.files[path] += b"x"


@case("swapped-originals", "file")
def swap_originals(p):
    a, b = [q for q in sorted(p.files) if q.startswith("data/originals/")]
    p.files[a], p.files[b] = p.files[b], p.files[a]


@case("original-passed-off-as-another-item", "file")
def other_item(p):
    p.index["files"][0]["item"] = "src-b2"
    p.derive()


@case("original-under-another-name", "file")
def other_name(p):
    p.index["files"][0]["name"] = "confession.html"
    p.derive()


@case("text-passed-off-as-original", "package-path", "package-unnamed", "quote-text")
def text_as_original(p):
    p.index["files"][1]["role"] = "original"
    p.derive()


@case("file-not-in-the-index", "package-unnamed")
def unnamed(p):
    p.files["data/originals/src-a1/added.txt"] = b"slipped in\n"


@case("proof-not-in-the-index", "package-unnamed")
def unnamed_proof(p):
    p.files[f"data/proofs/{p.log.id}-0.tlog-proof"] = p.log.proof(0, p.size)


@case("missing-original", "package-absent")
def missing(p):
    del p.files[find(p, ".html")]


@case("missing-proof", "custody", "package-absent")
def missing_proof(p):
    del p.files[p.proof_path(7)]


@case("missing-facts", "fact-no-node", "package-absent")
def missing_facts(p):
    del p.files["data/facts.jsonld"]


@case("missing-custody", "package-absent")
def missing_custody(p):
    del p.files["data/custody.jsonl"]


@case("path-outside", "package-absent", "package-unnamed")
def outside(p):
    p.index["files"][0]["path"] = "data/originals/../../../etc/hostname"
    p.derive()


@case("path-elsewhere-in-the-bag", "package-path", "package-unnamed")
def elsewhere(p):
    p.index["files"][0]["path"] = "data/package.json"
    p.derive()


# ---- proofs ----

def edit_proof(p, seq, edit):
    """Change the extra data of a proof, as somebody would who has no key."""
    import base64
    lines = p.files[p.proof_path(seq)].split(b"\n")
    extra = json.loads(base64.b64decode(lines[1][6:]))
    edit(extra)
    lines[1] = b"extra " + base64.b64encode(canonical(extra))
    p.files[p.proof_path(seq)] = b"\n".join(lines)


@case("proof-with-another-value", "proof", "source-node")
def other_value(p):
    edit_proof(p, 1, lambda e: e["shown"]["basis"].update(value="official"))


@case("proof-with-a-field-dropped", "proof", "source-node")
def dropped(p):
    edit_proof(p, 1, lambda e: e["shown"].pop("basis"))


@case("proof-with-a-field-added", "proof", "source-node")
def added(p):
    edit_proof(p, 1, lambda e: e["shown"].update(title={"salt": "00" * 32, "value": "x"}))


@case("swapped-proofs", "proof")
def swapped(p):
    a, b = p.proof_path(5), p.proof_path(8)
    p.files[a], p.files[b] = p.files[b], p.files[a]


@case("proof-of-another-entry-for-a-fact", "fact", "fact-record")
def other_entry(p):
    p.index["facts"][0]["proof"] = p.proof_path(6)
    p.graph_of("act-c3")["dokaz:proof"] = p.proof_path(6)
    p.index["entries"][0]["proof"] = p.proof_path(5)
    p.derive()


@case("proof-to-another-checkpoint", "proof")
def other_checkpoint(p):
    p.files[p.proof_path(5)] = p.log.proof(5, p.OLD, ["member", "note", "tags"])


@case("proof-with-a-hash-changed", "proof")
def other_hash(p):
    lines = p.files[p.proof_path(5)].split(b"\n")
    lines[3] = b64(sha256(b"x")).encode()
    p.files[p.proof_path(5)] = b"\n".join(lines)


@case("proof-of-a-forged-log", "proof", "source-node")
def forged(p):
    """Another log with the same id, whose key the index does not name."""
    false = Package()
    false.log.key.seed = STRANGER
    false.log.bodies[1]["basis"] = "official"
    p.files[p.proof_path(1)] = false.log.proof(1, p.size, ["member", "note", "tags"])


# ---- facts ----

def edit_graph(name, *codes):
    def register(function):
        @case(name, *codes)
        def apply(p):
            function(p, p.graph_of("act-c3"))
            p.derive()
        return apply
    return register


@edit_graph("quote-with-other-words", "quote-record")
def words(p, node):
    node["target"][0]["selector"][0]["exact"] = "«паспорт — так»"


@edit_graph("quote-at-another-place", "quote-record")
def place(p, node):
    node["target"][0]["selector"][1]["start"] += 1


@edit_graph("quote-with-another-prefix", "quote-record")
def prefix(p, node):
    node["target"][0]["selector"][0]["prefix"] = "він не казав: "


@edit_graph("quote-of-another-source", "quote-record")
def source(p, node):
    node["target"][0]["source"] = "urn:dokaz:src-b2"


@edit_graph("quote-in-another-text", "quote-text")
def other_text(p, node):
    node["target"][0]["dokaz:text"] = next(q for q in p.files if q.startswith("data/texts/src-b2"))


@edit_graph("quote-in-no-text", "quote-text")
def no_such_text(p, node):
    node["target"][0]["dokaz:text"] = "../../etc/hostname"


@edit_graph("quote-left-out", "quote-record")
def left_out(p, node):
    del node["target"][1]


@edit_graph("quote-added", "quote-record")
def quote_added(p, node):
    node["target"].append(copy.deepcopy(node["target"][0]))


@edit_graph("quote-neither-shown-nor-masked", "quote-record")
def bare_target(p, node):
    node["target"][0]["selector"] = node["target"][0]["selector"][1:]


@edit_graph("record-with-another-value", "fact-record")
def record(p, node):
    node["dokaz:record"]["means"] = "detention"


@edit_graph("record-with-a-field-added", "fact-record")
def record_added(p, node):
    node["dokaz:record"]["harm"] = "x"


@edit_graph("fact-under-another-id", "fact-no-node", "fact-node")
def other_id(p, node):
    node["id"] = "urn:dokaz:act-zz"


@edit_graph("fact-with-another-proof", "fact-no-node", "fact-node")
def other_proof(p, node):
    node["dokaz:proof"] = p.proof_path(6)


@edit_graph("fact-twice", "fact-node")
def twice(p, node):
    p.graph.append(copy.deepcopy(node))


@edit_graph("fact-only-in-the-index", "fact-no-node")
def only_index(p, node):
    p.graph.remove(node)


@edit_graph("fact-only-in-the-graph", "fact-node", "package-unnamed")
def only_graph(p, node):
    p.index["facts"] = [e for e in p.index["facts"] if e["item"] != "act-c3"]
    p.custody = [line for line in p.custody if line["item"] != "act-c3"]


@edit_graph("source-with-another-hash", "source-node")
def source_hash(p, node):
    p.graph_of("src-a1")["sha256"] = "00" * 32


def signed_falsely(name, code, **changes):
    """The journal itself has a quote that the text has not: what the text says decides."""
    @case(name, code)
    def false_quote(p):
        class False_(Package):
            def fill(self):
                super().fill()
                made = passage("src-b2", LETTER, "120 papers in a week")
                made.update({key: change(made[key]) for key, change in changes.items()})
                self.log.bodies[8]["passages"] = [made]
                self.log.leaves[8] = (b"dzL1" + self.log.commitment(8) + sha256(b"sealed 8")
                                      + b"\0\0\0\0")
        return False_().build()


signed_falsely("journal-quotes-other-words", "quote",
               exact=lambda t: t.replace("120", "920"))
signed_falsely("journal-quotes-another-place", "quote", start=lambda n: n + 1, end=lambda n: n + 1)
signed_falsely("journal-quotes-behind-the-end", "quote",
               start=lambda n: n + 5000, end=lambda n: n + 5000)
signed_falsely("journal-quotes-another-prefix", "quote", prefix=lambda t: "never " + t)
signed_falsely("journal-quotes-another-suffix", "quote", suffix=lambda t: t[:3] + "x")


# ---- custody ----

def edit_custody(name, **changes):
    @case(name, "custody")
    def apply(p):
        line = next(line for line in p.custody if line["kind"] == "source.added")
        line.update({key: change(line[key]) for key, change in changes.items()})
        p.derive()


edit_custody("custody-with-another-time", time=lambda t: "2020-01-01T00:00:00Z")
edit_custody("custody-with-another-kind", kind=lambda k: "source.described")
edit_custody("custody-with-another-item", item=lambda i: "src-b2")
edit_custody("custody-with-another-number", seq=lambda n: n + 1)
edit_custody("custody-with-another-log", log=lambda l: "00" * 16)
edit_custody("custody-with-another-value", shown=lambda s: {**s, "basis": "official"})
edit_custody("custody-hides-what-is-withheld", withheld=lambda w: w[1:])


@case("custody-line-left-out", "custody-missing")
def line_left_out(p):
    del p.custody[0]
    p.derive()


@case("custody-line-twice", "custody")
def line_twice(p):
    p.custody.append(p.custody[0])
    p.derive()


@case("custody-with-a-proof-not-in-the-index", "custody", "package-unnamed")
def line_unnamed(p):
    p.index["entries"].pop()
    p.derive()


@case("custody-not-json", "custody")
def custody_text(p):
    p.files["data/custody.jsonl"] += b"and so on\n"


@case("custody-not-canonical", "custody")
def custody_form(p):
    p.files["data/custody.jsonl"] = changed(p.files["data/custody.jsonl"], b'{"item":', b'{ "item":')


# ---- checkpoints and timestamps ----

@case("checkpoint-of-another-log", "log-checkpoint", "proof", "source-node")
def of_another(p):
    other = Package()
    other.log = Log(2)
    other.fill()
    p.files[p.index["logs"][0]["checkpoint"]] = other.log.note(p.size)
    p.drop_stamps()


@case("checkpoint-with-another-root", "log-checkpoint", "proof", "source-node")
def other_root(p):
    path = p.index["logs"][0]["checkpoint"]
    lines = p.files[path].split(b"\n")
    lines[2] = b64(sha256(b"x")).encode()
    p.files[path] = b"\n".join(lines)
    p.drop_stamps()


@case("key-file-of-another-log", "log-key", "proof", "source-node")
def key_file(p):
    p.files[f"data/checkpoints/{p.log.id}.vkey"] = Log(2).vkey.encode() + b"\n"
    p.drop_stamps()


@case("key-of-another-log", "log-checkpoint", "proof", "source-node")
def other_key(p):
    p.files[f"data/checkpoints/{p.log.id}.vkey"] = Log(2).vkey.encode() + b"\n"
    p.index["logs"][0]["vkey"] = Log(2).vkey
    p.drop_stamps()
    p.derive()


@case("swapped-timestamps", "stamp")
def swapped_stamps(p):
    a, b = [q for q in sorted(p.files) if q.endswith(".tst")]
    p.files[a], p.files[b] = p.files[b], p.files[a]


@case("timestamp-of-another-authority", "stamp")
def other_authority(p):
    note = p.files[p.index["checkpoints"][1]["path"]]
    token, _ = p.others.stamp(note, 1)
    p.files[p.index["timestamps"][1]["token"]] = token


@case("timestamp-of-another-checkpoint-size", "package-absent", "package-unnamed", "stamp")
def stamp_size(p):
    p.index["timestamps"][1]["size"] = 7
    p.index["timestamps"][0]["token"] = "data/timestamps/none.tst"
    p.derive()


@case("timestamp-broken", "stamp")
def broken_stamp(p):
    path = find(p, ".tst")
    p.files[path] = p.files[path][:-40] + bytes(40)


@case("stamped-checkpoint-of-another-size", "checkpoint", "package-absent", "package-unnamed")
def point_size(p):
    p.index["checkpoints"][0]["size"] = 7
    p.index["timestamps"][0]["size"] = 7
    p.index["timestamps"][0]["token"] = "data/timestamps/none.tst"
    p.derive()


@case("stamped-checkpoint-of-a-fork", "consistency")
def fork(p):
    false = Package()
    false.log.bodies[3]["basis"] = "official"
    false.log.leaves[3] = (b"dzL1" + false.log.commitment(3) + sha256(b"sealed 3") + b"\0\0\0\0")
    p.files[p.index["checkpoints"][0]["path"]] = false.log.note(p.OLD)


@case("stamped-checkpoint-without-consistency", "checkpoint", "package-unnamed")
def no_step(p):
    del p.index["checkpoints"][0]["consistency"]
    p.derive()


@case("consistency-broken", "consistency")
def broken_step(p):
    path = find(p, ".tlog-consistency")
    lines = p.files[path].split(b"\n")
    lines[1] = b64(sha256(b"x")).encode()
    p.files[path] = b"\n".join(lines)


# ---- the index ----

@case("index-not-canonical", "package-index")
def not_canonical(p):
    p.files["data/package.json"] = json.dumps(p.index, sort_keys=True).encode() + b"\n"


@case("index-without-newline", "package-index")
def no_newline(p):
    p.files["data/package.json"] = canonical(p.index)


@case("index-with-an-unknown-key", "package-index")
def unknown_key(p):
    p.index["verdict"] = "true"
    p.derive()


@case("index-of-another-format", "package-index")
def other_format(p):
    p.index["format"] = "something"
    p.derive()


@case("index-without-format", "package-index")
def no_format(p):
    del p.index["format"]
    p.derive()


@case("index-with-a-bad-element", "custody", "package-index", "package-unnamed", "source-node")
def bad_element(p):
    del p.index["files"][0]["item"]
    p.derive()


@case("index-with-a-log-twice", "package-index")
def log_twice(p):
    p.index["logs"] *= 2
    p.derive()


@case("index-with-a-fact-twice", "fact")
def fact_twice(p):
    p.index["facts"].append(p.index["facts"][0])
    p.derive()


@case("index-missing", "package-absent")
def no_index(p):
    del p.files["data/package.json"]


@case("manifest-missing", "package-manifest")
def no_manifest(p):
    p.seal()
    del p.files["tagmanifest-sha256.txt"]


@case("index-not-json", "package-index")
def not_json(p):
    p.files["data/package.json"] = b"{" * 100000


@case("graph-not-json", "fact-no-node", "facts")
def graph_text(p):
    p.files["data/facts.jsonld"] = b'{"@graph":[' + b"[" * 100000


@case("graph-with-two-graphs", "facts")
def two_graphs(p):
    text = p.files["data/facts.jsonld"]
    p.files["data/facts.jsonld"] = text.rstrip()[:-1] + b',"@graph":[]}\n'


# ---- the signature ----

@case("signature-stale", "signature")
def stale(p):
    p.seal()
    p.files["README.en.txt"] = b"Trust everything.\n"
    signature = p.files["tagmanifest-sha512.txt.sig"]
    p.manifests()
    p.files["tagmanifest-sha512.txt.sig"] = signature


@case("signature-of-a-key-not-allowed", "signature-key")
def not_allowed(p):
    p.seal()
    p.files["tagmanifest-sha512.txt.sig"] = ssh_signature(
        STRANGER, p.files["tagmanifest-sha512.txt"])


@case("signature-for-something-else", "signature")
def other_space(p):
    p.seal()
    p.files["tagmanifest-sha512.txt.sig"] = ssh_signature(
        p.SIGNER, p.files["tagmanifest-sha512.txt"], b"git")


@case("signature-not-one", "signature")
def no_signature(p):
    p.seal()
    p.files["tagmanifest-sha512.txt.sig"] = b"yes\n"


@case("bag-changed-without-new-manifests", "bag-checksum", "bag-missing", "bag-oxum", "bag-unlisted", "custody", "file",
      "package-absent", "package-unnamed", "quote-text")
def plain_change(p):
    p.seal()
    p.files[next(q for q in p.files if q.startswith("data/texts/src-a1"))] += b"x"
    del p.files[p.proof_path(7)]
    p.files["data/texts/more.txt"] = b"x\n"


class Sealed(Package):
    def graph_of(self, item):
        return next(node for node in self.graph if node["id"] == "urn:dokaz:" + item)

    def drop_stamps(self):
        """The case is about something that stamps would show as well."""
        for path in [q for q in self.files if q.startswith("data/timestamps/")
                     or q.endswith((f"-{self.OLD}.note", ".tlog-consistency"))]:
            del self.files[path]
        self.index["checkpoints"] = []
        self.index["timestamps"] = []
        self.derive()


def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    authority = Authority(out / "authority")
    others = Authority(out / "authority", "other")
    expected = []
    for name, codes, function in CASES:
        package = Sealed(authority).build()
        package.others = others
        package = function(package) or package
        if "tagmanifest-sha512.txt" not in package.files:
            package.manifests()
        package.write(out / name)
        expected.append(" ".join([name, "invalid" if codes else "valid", *sorted(codes)]))
    (out / "expected.txt").write_text("".join(line + "\n" for line in sorted(expected)))
    (out / "log.vkey").write_text(Log(1).vkey + "\n")
    (out / "other.vkey").write_text(Log(2).vkey + "\n")
    (out / "ca.pem").write_bytes((out / "authority/ca.pem").read_bytes())
    (out / "another.pem").write_bytes((out / "authority/another.pem").read_bytes())
    (out / "signer.pub").write_text(f"ssh-ed25519 {b64(ssh_key(Package.SIGNER))} signer\n")
    (out / "stranger.pub").write_bytes(allowed_signers(STRANGER))


if __name__ == "__main__":
    main()
