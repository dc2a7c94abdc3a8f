"""A strict reading of BagIt (RFC 8493, and the drafts 0.93 to 0.97 before it)."""

import codecs
import hashlib
import os
import re
import stat
import unicodedata
from pathlib import Path

from plain import Refused, require

VERSIONS = {"0.93", "0.94", "0.95", "0.96", "0.97", "1.0"}
LINE_MAX = 65536
ENCODINGS = r"utf-(8|16|16-[bl]e)|ascii|iso8859-\d+|cp125\d|koi8-[ru]"  # as Python names them: those that hide no other text
ALGORITHMS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")


def list_files(root):
    """Paths of all regular files, relative; anything that is neither file nor folder is refused."""
    found = []
    for folder, names, files in os.walk(root):
        for name in names + files:
            path = Path(folder) / name
            kind = path.lstat().st_mode
            require(stat.S_ISDIR(kind) or stat.S_ISREG(kind), f"{name}: neither a file nor a folder")
            if stat.S_ISREG(kind):
                found.append(str(path.relative_to(root)))
    return found


def lines_of(text):
    lines = re.split("\r\n|\n|\r", text)
    return lines[:-1] if lines and lines[-1] == "" else lines


def digest(path, algorithm):
    made = hashlib.new(algorithm)
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            made.update(chunk)
    return made.hexdigest()


class Bag:
    def __init__(self, root):
        self.root = Path(root)
        self.files = set(list_files(self.root))
        self.read_declaration()
        require((self.root / "data").is_dir(), "data/ is missing")
        payload = {path for path in self.files if path.startswith("data/")}
        manifests = self.manifests("manifest")
        tags = self.manifests("tagmanifest")
        require(manifests, "no payload manifest")
        for name, listed in manifests.items():
            require(all(path.startswith("data/") for path in listed), f"{name}: lists a file that is no payload")
            require(self.version != "1.0" or payload <= set(listed), f"{name}: does not list every payload file")
        covered = set().union(*(set(listed) for listed in manifests.values()))
        require(covered == payload, "payload files and manifests do not agree")
        for name, listed in tags.items():
            require(not any(path.startswith("data/") or re.fullmatch(r"tagmanifest-\w+\.txt", path) for path in listed),
                    f"{name}: lists what a tag manifest may not list")
            require(set(listed) <= self.files, f"{name}: a listed file is missing")
            require(self.version != "1.0" or set(manifests) <= set(listed), f"{name}: does not list every payload manifest")
        self.read_info()
        for name, listed in {**manifests, **tags}.items():
            algorithm = name.rpartition("-")[2][:-4]
            for path, wanted in listed.items():
                require(digest(self.root / path, algorithm) == wanted, f"{path}: the checksum in {name} differs")

    def text(self, name, encoding):
        try:
            text = (self.root / name).read_bytes().decode(encoding)
        except (UnicodeDecodeError, OSError) as error:
            raise Refused(f"{name}: cannot be read") from error
        require("\0" not in text and all(len(line.encode()) <= LINE_MAX for line in lines_of(text)),
                f"{name}: a zero byte, or a line that has no end")
        marked = text.startswith("\ufeff")
        require(not marked or (name != "bagit.txt" and self.version != "1.0"), f"{name}: begins with a byte order mark")
        return text[marked:]

    def read_declaration(self):
        require("bagit.txt" in self.files, "bagit.txt is missing")
        lines = lines_of(self.text("bagit.txt", "utf-8"))
        require(len(lines) == 2, "bagit.txt: not two lines")
        version = re.fullmatch(r"(?i)BagIt-Version: (\d+\.\d+)", lines[0])
        encoding = re.fullmatch(r"(?i)Tag-File-Character-Encoding: (\S+)", lines[1])
        require(version and version[1] in VERSIONS, "bagit.txt: no version that is known")
        try:
            self.version, self.encoding = version[1], codecs.lookup(encoding[1]).name
        except (LookupError, TypeError) as error:
            raise Refused("bagit.txt: no encoding that is known") from error
        require(re.fullmatch(ENCODINGS, self.encoding), "bagit.txt: no encoding that is known")

    def manifests(self, kind):
        made = {}
        for name in sorted(self.files):
            match = re.fullmatch(kind + r"-([A-Za-z0-9]+)\.txt", name)
            if match:
                require(match[1].lower() in ALGORITHMS, f"{name}: an unknown algorithm")
                made[name] = self.read_manifest(name, hashlib.new(match[1].lower()).digest_size)
        return made

    def read_manifest(self, name, size):
        listed, said = {}, {}
        for line in lines_of(self.text(name, self.encoding)):
            match = re.fullmatch(r"([0-9A-Fa-f]+)[ \t]+(\*?)(.+)", line)
            require(match and len(match[1]) == 2 * size, f"{name}: an ill-formed line")
            star, path = match[2], match[3]
            if self.version == "1.0":
                path = star + path
            elif path.startswith("./"):
                path = path[2:]
            escapes = {"0.97": "0[aAdD]", "1.0": "0[aAdD]|25"}.get(self.version)
            if escapes:
                path = re.sub(f"%({escapes})", lambda found: chr(int(found[1], 16)), path)
            self.check_path(name, path)
            written, path = path, self.as_on_disk(path)
            require(said.setdefault(path, written) == written, f"{name}: {path} stands in two Unicode forms")
            same = listed.get(path, match[1].lower()) == match[1].lower()
            require(path not in listed or (self.version != "1.0" and same), f"{name}: {path} stands twice")
            listed[path] = match[1].lower()
        return listed

    def as_on_disk(self, path):
        """The one file whose name is the same but for its Unicode form, where none has exactly this name."""
        if path in self.files:
            return path
        composed = unicodedata.normalize("NFC", path)
        alike = [file for file in self.files if unicodedata.normalize("NFC", file) == composed]
        return alike[0] if len(alike) == 1 else path

    @staticmethod
    def check_path(name, path):
        parts = path.split("/")
        require(not path.startswith(("/", "~")) and ".." not in parts and "." not in parts and "" not in parts
                and not re.match("[A-Za-z]:", path), f"{name}: a path that may lead outside")

    def read_info(self):
        if "fetch.txt" in self.files:
            for line in lines_of(self.text("fetch.txt", self.encoding)):
                match = re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:\S+[ \t]+(\d+|-)[ \t]+(.+)", line)
                require(match, "fetch.txt: an ill-formed line")
                self.check_path("fetch.txt", match[2])
                require(match[2] in self.files, f"{match[2]}: was to be fetched and is missing")
        name = "package-info.txt" if self.version in ("0.93", "0.94", "0.95") else "bag-info.txt"
        if name not in self.files:
            return
        oxum = []
        label = r"[^:]*[^:\s]:" if self.version == "1.0" else r"[^:]+:"
        for line in lines_of(self.text(name, self.encoding)):
            if line[:1] in (" ", "\t"):
                continue
            require(not line or re.match(label, line), f"{name}: an ill-formed line")
            match = re.fullmatch(r"(?i)payload-oxum\s*:\s*(\S+)\s*", line)
            oxum += [match[1]] if match else []
        require(len(oxum) < 2, f"{name}: Payload-Oxum stands twice")
        if oxum:
            payload = [path for path in self.files if path.startswith("data/")]
            size = sum((self.root / path).stat().st_size for path in payload)
            require(oxum[0] == f"{size}.{len(payload)}", f"{name}: Payload-Oxum does not fit")
