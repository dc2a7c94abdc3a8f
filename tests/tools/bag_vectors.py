#!/usr/bin/python3
"""Small bags, good and bad, for those who check bags: bag_vectors.py OUT

Makes OUT/<version>/<case>/ for each case below and OUT/expected.txt, one line a case:

    <version>/<case> valid|invalid [kind of finding or notice, sorted]...

`valid` may come with notices. tests/vectors/bag/expected.txt is the same list; a test compares both,
so that no case is lost. The cases cover what the conformance suite of the Library of Congress covers
(its bags are not used), and the rules of RFC 8493 beside it. Texts are our own.
"""

import hashlib
import os
import sys
import unicodedata
from pathlib import Path

CASES = []
DRAFTS = ["0.93", "0.94", "0.95", "0.96", "0.97"]


class Bag:
    """What a bag is made of; files are bytes by path, written as they stand at the end."""

    def __init__(self, version, algorithms=("sha256",), encoding="UTF-8"):
        self.version = version
        self.encoding = encoding
        self.algorithms = list(algorithms)
        self.files = {
            "data/letter.txt": b"Kept as it was received.\n",
            "data/photos/street.bin": bytes(range(64)),
        }
        self.info = "Source-Organization: Archive of the street\n"
        self.tags = True
        self.codec = {"UTF-16": "utf-16"}.get(encoding, encoding)
        self.links = {}
        self.lines = {}  # manifest name -> list of (digest, path), when set by a case
        self.escape = version == "1.0"
        self.separator = "  "
        self.end = "\n"
        self.upper = False

    def put(self, path, content):
        self.files[path] = content if isinstance(content, bytes) else content.encode(self.codec)

    def listed(self, path):
        if self.escape:
            path = path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")
        return path

    def digests(self, algorithm, paths):
        result = []
        for path in sorted(paths):
            digest = hashlib.new(algorithm, self.files[path]).hexdigest()
            result.append((digest.upper() if self.upper else digest, self.listed(path)))
        return result

    def manifest(self, name, pairs):
        text = "".join(f"{digest}{self.separator}{path}{self.end}" for digest, path in pairs)
        self.put(name, text)

    def declare(self):
        if "bagit.txt" not in self.files:
            self.files["bagit.txt"] = (
                f"BagIt-Version: {self.version}\n"
                f"Tag-File-Character-Encoding: {self.encoding}\n").encode()
        name = "package-info.txt" if self.version < "0.95" else "bag-info.txt"
        if self.info is not None:
            self.put(name, self.info)

    def manifests(self):
        payload = [path for path in self.files if path.startswith("data/")]
        for algorithm in self.algorithms:
            name = f"manifest-{algorithm}.txt"
            if name not in self.files:
                self.manifest(name, self.lines.get(name) or self.digests(algorithm, payload))

    def tag_manifests(self):
        tags = [path for path in self.files
                if not path.startswith(("data/", "tagmanifest-")) and "/" not in path]
        tags += [path for path in self.files if path.startswith("notes/")]
        for algorithm in self.algorithms:
            name = f"tagmanifest-{algorithm}.txt"
            if name not in self.files:
                self.manifest(name, self.lines.get(name) or self.digests(algorithm, tags))

    def write(self, folder):
        folder.mkdir(parents=True)
        for path, content in self.files.items():
            if content is None:
                continue
            target = os.path.join(os.fsencode(folder), path.encode())
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as file:
                file.write(content)
        for path, target in self.links.items():
            os.symlink(target, folder / path)
        if "data" not in self.files:
            (folder / "data").mkdir(exist_ok=True)


def case(version, name, *codes, valid=None, **options):
    """A case; what the function changes before manifests are made counts as part of the bag, what
    it gives back (a function) is done to the finished files."""
    def register(function):
        is_valid = valid if valid is not None else not codes
        CASES.append((version, name, is_valid, codes, function, options))
        return function
    return register


def valid(version, name, *notices, **options):
    return case(version, name, *notices, valid=True, **options)


def invalid(version, name, *codes, **options):
    return case(version, name, *codes, valid=False, **options)


def build(bag, function):
    after = function(bag)
    bag.declare()
    bag.manifests()
    if bag.tags:
        bag.tag_manifests()
    if callable(after):
        after(bag)


# ---- versions before 0.97 ----

for draft in DRAFTS[:4]:
    valid(draft, "basic", "bag-weak", algorithms=["md5"])(lambda bag: None)

    @valid(draft, "repeated-elements")
    def repeated(bag):
        bag.info += "Contact-Name: A\nContact-Name: B\n"

    @valid(draft, "bag-in-a-bag", "bag-weak", algorithms=["sha1"])
    def nested(bag):
        inner = Bag(bag.version)
        build(inner, lambda _: None)
        for path, content in inner.files.items():
            bag.put(f"data/inner/{path}", content)

    @valid(draft, "percent-stands-for-itself")
    def percent_draft(bag):
        bag.put("data/100%25.txt", "not encoded in this draft\n")

    @invalid(draft, "corrupt-payload", "bag-checksum")
    def corrupt_draft(bag):
        return lambda b: b.put("data/letter.txt", b"Changed.\n")


@valid("0.95", "one-of-two-manifests", algorithms=["md5", "sha256"])
def split(bag):
    bag.put("data/other.txt", "only in the second\n")
    bag.lines["manifest-md5.txt"] = bag.digests("md5", ["data/letter.txt"])


@valid("0.96", "spaces-around-the-colon")
def spaced(bag):
    bag.info = "Source-Organization  :   Archive\n\tof the street\n"


# ---- 0.97, valid ----

for algorithm in ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"]:
    weak = ["bag-weak"] if algorithm in ("md5", "sha1") else []
    valid("0.97", f"basic-{algorithm}", *weak, algorithms=[algorithm])(lambda bag: None)

for codec in ["ISO-8859-1", "UTF-16", "UTF-16BE", "UTF-16LE", "windows-1251", "US-ASCII"]:
    @valid("0.97", f"tag-files-in-{codec.lower()}", encoding=codec)
    def encoded(bag):
        word = {"ISO-8859-1": "café", "windows-1251": "лист", "US-ASCII": "plain"}
        text = word.get(bag.encoding, "лист café 😀")
        bag.info += f"Note: {text}\n"
        bag.put(f"data/{text}.txt", "named in its encoding\n".encode())


@valid("0.97", "escaped-line-ends")
def escaped_draft(bag):
    bag.escape = False
    bag.put("data/two\nlines.txt", "a name with a line end\n")
    pairs = [(digest, path.replace("\n", "%0A"))
             for digest, path in bag.digests("sha256", ["data/letter.txt", "data/two\nlines.txt",
                                                         "data/photos/street.bin"])]
    bag.lines["manifest-sha256.txt"] = pairs


@valid("0.97", "spaces-in-names")
def spaces(bag):
    bag.put("data/a name with  spaces .txt", "x\n")


@valid("0.97", "cr-line-ends")
def cr_ends(bag):
    bag.end = "\r"


@valid("0.97", "crlf-line-ends")
def crlf_ends(bag):
    bag.end = "\r\n"


@valid("0.97", "upper-case-digests")
def upper(bag):
    bag.upper = True


@valid("0.97", "tab-between")
def tab(bag):
    bag.separator = "\t"


@valid("0.97", "oxum")
def oxum(bag):
    size = sum(len(content) for content in bag.files.values())
    bag.info += f"Payload-Oxum: {size}.2\n"


@valid("0.97", "no-tag-manifest")
def no_tags(bag):
    bag.tags = False


@valid("0.97", "fetched-already", "bag-fetch-file")
def fetched(bag):
    bag.put("fetch.txt", "https://example.org/letter 25 data/letter.txt\n")


# ---- 0.97, valid with a warning ----

@valid("0.97", "names-in-another-unicode-form", "bag-form")
def other_form(bag):
    bag.put("data/" + unicodedata.normalize("NFC", "лій.txt"), "x\n")

    def rename(b):
        name = unicodedata.normalize("NFC", "data/лій.txt")
        b.files[unicodedata.normalize("NFD", name)] = b.files.pop(name)
    return rename


@invalid("0.97", "listed-in-two-unicode-forms", "bag-alike", "bag-missing")
def two_forms(bag):
    composed = unicodedata.normalize("NFC", "data/лій.txt")
    bag.put(composed, "x\n")

    def also(b):
        name = "manifest-sha256.txt"
        line = next(l for l in b.files[name].decode().splitlines() if l.endswith(composed))
        b.files[name] += (line.replace(composed, unicodedata.normalize("NFD", composed))
                          + "\n").encode()
        del b.files["tagmanifest-sha256.txt"]
        b.tag_manifests()
    return also


@valid("0.97", "names-that-differ-in-capitals", "bag-alike")
def capitals(bag):
    bag.put("data/Letter.txt", "another one\n")


@valid("0.97", "listed-twice-with-the-same-digest", "bag-twice")
def twice_same(bag):
    pairs = bag.digests("sha256", bag.files)
    bag.lines["manifest-sha256.txt"] = pairs + pairs[:1]


@valid("0.97", "dot-slash", "bag-dot-slash")
def dot_slash(bag):
    bag.lines["manifest-sha256.txt"] = [
        (digest, "./" + path) for digest, path in bag.digests("sha256", bag.files)]


@valid("0.97", "made-with-a-checksum-tool", "bag-star")
def star(bag):
    bag.lines["manifest-sha256.txt"] = [
        (digest, "*" + path) for digest, path in bag.digests("sha256", bag.files)]


@valid("0.97", "files-beside-the-tags", "bag-unlisted-tag")
def beside(bag):
    return lambda b: b.put("thumbs.db", b"left by a file manager\n")


# ---- rules that hold in both: made for 0.97 and for 1.0 ----

for version in ["0.97", "1.0"]:
    V = version

    @invalid(V, "corrupt-payload", "bag-checksum")
    def corrupt(bag):
        return lambda b: b.put("data/letter.txt", b"Changed.\n")

    @invalid(V, "corrupt-tag-file", "bag-checksum")
    def corrupt_tag(bag):
        return lambda b: b.put("bag-info.txt", b"Source-Organization: Somebody else\n")

    @invalid(V, "missing-payload", "bag-missing")
    def missing(bag):
        return lambda b: b.files.pop("data/letter.txt")

    @invalid(V, "missing-tag-file", "bag-missing")
    def missing_tag(bag):
        return lambda b: b.files.pop("bag-info.txt")

    @invalid(V, "extra-payload", "bag-unlisted")
    def extra(bag):
        return lambda b: b.put("data/added.txt", b"slipped in\n")

    @invalid(V, "no-payload-folder", "bag-no-data", "bag-missing", "bag-unlisted-tag")
    def no_data(bag):
        def gone(b):
            for path in [p for p in b.files if p.startswith("data/")]:
                del b.files[path]
            b.put("data", b"a file in its place\n")
        return gone

    @invalid(V, "no-manifest", "bag-no-manifest", "bag-unlisted")
    def no_manifest(bag):
        bag.algorithms = []

    @invalid(V, "unknown-algorithm", "bag-algorithm", "bag-no-manifest", "bag-unlisted")
    def unknown(bag):
        bag.algorithms = []
        bag.tags = False
        bag.put("manifest-whirlpool3.txt", "00  data/letter.txt\n")

    for label, text in [
        ("space-before-the-colon", "BagIt-Version : {v}\nTag-File-Character-Encoding: UTF-8\n"),
        ("two-spaces-behind", "BagIt-Version:  {v}\nTag-File-Character-Encoding: UTF-8\n"),
        ("space-at-the-end", "BagIt-Version: {v} \nTag-File-Character-Encoding: UTF-8\n"),
        ("lines-in-wrong-order", "Tag-File-Character-Encoding: UTF-8\nBagIt-Version: {v}\n"),
        ("one-line", "BagIt-Version: {v}\n"),
        ("three-lines", "BagIt-Version: {v}\nTag-File-Character-Encoding: UTF-8\nMore: x\n"),
    ]:
        @invalid(V, f"declaration-{label}", "bag-declaration")
        def declaration(bag, text=text):
            bag.files["bagit.txt"] = text.format(v=bag.version).encode()

    @invalid(V, "declaration-missing", "bag-declaration", "bag-missing")
    def no_declaration(bag):
        return lambda b: b.files.pop("bagit.txt")

    @invalid(V, "declaration-bom", "bag-bom")
    def bom(bag):
        bag.files["bagit.txt"] = (
            f"\ufeffBagIt-Version: {bag.version}\nTag-File-Character-Encoding: UTF-8\n").encode()

    @valid(V, "declaration-other-case", "bag-declaration-case")
    def other_case(bag):
        bag.files["bagit.txt"] = (
            f"BagIt-version: {bag.version}\nTag-File-Character-Encoding: UTF-8\n").encode()

    @invalid(V, "unknown-encoding", "bag-encoding")
    def encoding(bag):
        bag.files["bagit.txt"] = (
            f"BagIt-Version: {bag.version}\nTag-File-Character-Encoding: UTF-7\n").encode()

    @invalid(V, "not-of-the-encoding", "bag-text")
    def not_encoded(bag):
        bag.put("bag-info.txt", b"x")
        bag.info = None
        bag.files["bag-info.txt"] = b"Contact-Name: \xff\xfe\n"

    @invalid(V, "zero-byte", "bag-text")
    def zero_byte(bag):
        bag.info += "Note: a\0b\n"

    @invalid(V, "line-without-end", "bag-text")
    def long_line(bag):
        bag.info += "Note: " + "x" * 70000 + "\n"

    for label, path in [
        ("parent", "data/../../outside.txt"), ("absolute", "/data/letter.txt"),
        ("home", "~/letter.txt"), ("drive", "C:/letter.txt"), ("drive-backslash", "C:\\letter.txt"),
        ("namespace", "\\\\?\\C:\\letter.txt"), ("parent-backslash", "data\\..\\..\\outside.txt"),
        ("parent-inside", "data/photos/../letter.txt"), ("dot", "data/./letter.txt"),
        ("empty-name", "data//letter.txt"), ("folder", "data/photos/"), ("nothing", ""),
    ]:
        @invalid(V, f"path-{label}", "bag-manifest-line")
        def path_case(bag, path=path):
            pairs = bag.digests("sha256", bag.files)
            bag.lines["manifest-sha256.txt"] = pairs + [(pairs[0][0], path)]

        if path:
            @invalid(V, f"fetch-path-{label}", "bag-fetch", "bag-fetch-file")
            def fetch_path(bag, path=path):
                bag.put("fetch.txt", f"https://example.org/x 5 {path}\n")

    @invalid(V, "tag-path-parent", "bag-manifest-line")
    def tag_parent(bag):
        def add(b):
            b.files["tagmanifest-sha256.txt"] += b"00" * 32 + b"  notes/../../x.txt\n"
        return add

    @invalid(V, "payload-manifest-lists-a-tag", "bag-manifest-line")
    def lists_tag(bag):
        pairs = bag.digests("sha256", bag.files)
        bag.lines["manifest-sha256.txt"] = pairs + [(pairs[0][0], "bagit.txt")]

    @invalid(V, "tag-manifest-lists-payload", "bag-manifest-line")
    def lists_payload(bag):
        def add(b):
            pair = b.digests("sha256", ["data/letter.txt"])[0]
            b.files["tagmanifest-sha256.txt"] += f"{pair[0]}  {pair[1]}\n".encode()
        return add

    @invalid(V, "short-digest", "bag-manifest-line", "bag-unlisted")
    def short(bag):
        pairs = bag.digests("sha256", bag.files)
        bag.lines["manifest-sha256.txt"] = [(pairs[0][0][:-2], pairs[0][1])] + pairs[1:]

    @invalid(V, "listed-twice-with-different-digests", "bag-twice")
    def twice(bag):
        pairs = bag.digests("sha256", bag.files)
        bag.lines["manifest-sha256.txt"] = pairs + [("00" * 32, pairs[0][1])]

    @invalid(V, "hole", "bag-fetch-file", "bag-hole")
    def hole(bag):
        bag.put("fetch.txt", "https://example.org/letter - data/letter.txt\n")
        return lambda b: b.files.pop("data/letter.txt")

    @invalid(V, "fetch-of-an-unlisted-file", "bag-fetch", "bag-fetch-file")
    def fetch_unlisted(bag):
        bag.put("fetch.txt", "https://example.org/x 5 data/never.txt\n")

    for label, line in [("no-length", "https://example.org/x data/letter.txt"),
                        ("length", "https://example.org/x 5x data/letter.txt"),
                        ("relative-address", "letter.txt 5 data/letter.txt")]:
        @invalid(V, f"fetch-{label}", "bag-fetch", "bag-fetch-file")
        def fetch_bad(bag, line=line):
            bag.put("fetch.txt", line + "\n")

    for label, value in [("wrong-size", "1.2"), ("wrong-count", "89.3"), ("not-two", "89"),
                         ("words", "some.files")]:
        @invalid(V, f"oxum-{label}", "bag-oxum")
        def oxum_bad(bag, value=value):
            bag.info += f"payload-oxum: {value}\n"

    @invalid(V, "oxum-twice", "bag-oxum")
    def oxum_twice(bag):
        bag.info += "Payload-Oxum: 89.2\nPayload-Oxum: 89.2\n"

    @invalid(V, "info-without-colon", "bag-info")
    def no_colon(bag):
        bag.info += "no colon here\n"

    @invalid(V, "link-to-a-file-outside", "bag-special")
    def link(bag):
        bag.put("data/link.txt", b"root\n")

        def make(b):
            del b.files["data/link.txt"]
            b.links["data/link.txt"] = "/etc/hostname"
        return make

    @invalid(V, "link-to-a-file-inside", "bag-special")
    def link_inside(bag):
        def make(b):
            b.links["data/again.txt"] = "letter.txt"
        return make

    @invalid(V, "link-to-a-folder", "bag-special", "bag-missing")
    def link_folder(bag):
        bag.put("data/more/x.txt", b"x\n")

        def make(b):
            del b.files["data/more/x.txt"]
            b.links["data/more"] = "/tmp"
        return make

    @valid(V, "empty-payload")
    def empty(bag):
        bag.files.clear()
        bag.lines["manifest-sha256.txt"] = []

    @valid(V, "two-algorithms", algorithms=["sha256", "sha512"])
    def both(bag):
        bag.put("notes/more.txt", "a tag file in a folder\n")

    @invalid(V, "one-of-two-digests-wrong", "bag-checksum", algorithms=["sha256", "sha512"])
    def one_wrong(bag):
        pairs = bag.digests("sha512", bag.files)
        bag.lines["manifest-sha512.txt"] = [("00" * 64, pairs[0][1])] + pairs[1:]

    @valid(V, "backslash-in-a-name", "bag-backslash")
    def backslash(bag):
        bag.put("data/a\\b.txt", "x\n")

    @valid(V, "no-end-of-the-last-line", "bag-open-end")
    def open_end(bag):
        bag.info = bag.info.rstrip("\n")

    @valid(V, "empty-line", "bag-empty-line")
    def empty_line(bag):
        bag.info += "\nContact-Name: A\n"


# ---- where 1.0 is stricter ----

valid("1.0", "basic-sha256")(lambda bag: None)
valid("1.0", "basic-sha512", algorithms=["sha512"])(lambda bag: None)


@valid("1.0", "escaped-names")
def escaped(bag):
    bag.put("data/50%.txt", "x\n")
    bag.put("data/a%0Ab.txt", "a percent sign in the name\n")
    bag.put("data/two\r\nlines.txt", "x\n")


@valid("1.0", "percent-stands-for-itself", "bag-percent")
def percent(bag):
    bag.escape = False
    bag.put("data/50% done.txt", "x\n")


@invalid("1.0", "not-in-every-manifest", "bag-not-everywhere", algorithms=["sha256", "sha512"])
def not_everywhere(bag):
    bag.lines["manifest-sha512.txt"] = bag.digests("sha512", ["data/letter.txt"])


@invalid("1.0", "listed-twice-with-the-same-digest", "bag-twice")
def twice_same_strict(bag):
    pairs = bag.digests("sha256", bag.files)
    bag.lines["manifest-sha256.txt"] = pairs + pairs[:1]


@invalid("1.0", "spaces-around-the-colon", "bag-info")
def spaced_strict(bag):
    bag.info = "Source-Organization  :   Archive\n"


@invalid("1.0", "tag-file-with-bom", "bag-bom")
def tag_bom(bag):
    bag.info = "\ufeffSource-Organization: Archive\n"


@valid("0.97", "tag-file-with-bom", "bag-bom")
def tag_bom_draft(bag):
    bag.info = "\ufeffSource-Organization: Archive\n"


@invalid("1.0", "tag-manifest-without-manifest", "bag-tagmanifest", "bag-unlisted-tag")
def lonely(bag):
    bag.declare()
    bag.lines["tagmanifest-sha256.txt"] = bag.digests("sha256", ["bagit.txt", "bag-info.txt"])


@invalid("1.0", "tag-manifest-lists-a-tag-manifest", "bag-tagmanifest",
         algorithms=["sha256", "sha512"])
def of_tag(bag):
    def add(b):
        pair = b.digests("sha512", ["tagmanifest-sha256.txt"])[0]
        b.files["tagmanifest-sha512.txt"] += f"{pair[0]}  {pair[1]}\n".encode()
    return add


for wrong in ["0.92", "1.1", "2.0", "1", "1.0.0", "one"]:
    @invalid(wrong, "version", "bag-version")
    def version_case(bag):
        bag.info = None


def main():
    out = Path(sys.argv[1])
    expected = []
    for version, name, is_valid, codes, function, options in CASES:
        bag = Bag(version, **options)
        build(bag, function)
        bag.write(out / version / name)
        word = "valid" if is_valid else "invalid"
        expected.append(" ".join([f"{version}/{name}", word, *sorted(codes)]))
    assert len(set(expected)) == len(expected)
    (out / "expected.txt").write_text("".join(line + "\n" for line in sorted(expected)))


main()
