"""Reading of the knowledge files under data/: INI-like texts and CSV tables.

Every value keeps the file and the line it came from, so that the checker can
say where something is wrong in words a lawyer can act on.
"""

import csv
import os
import re


class DataError(Exception):
    """A file that cannot be read at all; the message is `file:line: what`."""


class Value(str):
    """A string that remembers where it stands."""

    def __new__(cls, text, path, line):
        self = super().__new__(cls, text)
        self.path = path
        self.line = line
        return self

    @property
    def where(self):
        return f"{self.path}:{self.line}"


class Record(dict):
    """One `[kind id]` section or one table row: keys to Value."""

    def __init__(self, kind, ident, path, line):
        super().__init__()
        self.kind = kind
        self.id = ident
        self.path = path
        self.line = line

    @property
    def where(self):
        return f"{self.path}:{self.line}"

    def at(self, key):
        """Where a key stands; where the record stands if it has no such key."""
        value = self.get(key)
        return value.where if isinstance(value, Value) else self.where


HURIDOCS_KEYS = (
    "act", "measure", "rights", "index", "violence", "violation", "place", "victim_status",
)  # fmt: skip

SECTION = re.compile(r"^\[([a-z_]+) ([A-Za-z0-9][A-Za-z0-9_.()/-]*)\]$")
KEY = re.compile(r"^([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)?) *= ?(.*)$")


def read_text(path, shown):
    try:
        with open(path, "rb") as file:
            raw = file.read()
    except OSError as error:
        raise DataError(f"{shown}:1: cannot be read: {error.strerror}") from error
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DataError(f"{shown}:{line}: is not UTF-8") from error
    if text.startswith("\ufeff"):
        raise DataError(f"{shown}:1: starts with a byte order mark; save as plain UTF-8")
    return text


def read_ini(path, shown=None):
    """The sections of an INI-like file, in order.

    `#` starts a comment line. A line that begins with blanks continues the
    value above it. Keys may carry a language: `label.uk = ...`.
    """
    shown = shown or path
    records = []
    last_key = None
    for number, line in enumerate(read_text(path, shown).split("\n"), 1):
        bare = line.strip()
        if not bare:
            last_key = None
            continue
        if line.startswith("#"):
            continue
        if line[0] in " \t":
            if last_key is None:
                raise DataError(f"{shown}:{number}: an indented line continues nothing")
            old = records[-1][last_key]
            records[-1][last_key] = Value((old + " " + bare).strip(), shown, old.line)
            continue
        section = SECTION.match(bare)
        if section:
            records.append(Record(section.group(1), section.group(2), shown, number))
            last_key = None
            continue
        pair = KEY.match(bare)
        if not pair:
            raise DataError(f"{shown}:{number}: is neither a [kind id] nor a key = value")
        if not records:
            raise DataError(f"{shown}:{number}: stands before the first [kind id]")
        last_key = pair.group(1)
        if last_key in records[-1]:
            raise DataError(f"{shown}:{number}: repeats the key {last_key}")
        records[-1][last_key] = Value(pair.group(2).strip(), shown, number)
    return records


def read_csv(path, kind, shown=None, key="id"):
    """The rows of an RFC 4180 table with a header, in order."""
    shown = shown or path
    text = read_text(path, shown)
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    records = []
    try:
        header = next(reader, None)
        if not header:
            raise DataError(f"{shown}:1: has no header line")
        start = reader.line_num + 1
        for row in reader:
            line, start = start, reader.line_num + 1
            if not row:
                continue
            if len(row) != len(header):
                raise DataError(
                    f"{shown}:{line}: has {len(row)} fields, the header has {len(header)}"
                )
            record = Record(kind, "", shown, line)
            for name, value in zip(header, row):
                record[name] = Value(value.strip(), shown, line)
            record.id = record.get(key, "")
            records.append(record)
    except csv.Error as error:
        raise DataError(f"{shown}:{reader.line_num}: is not a well-formed table: {error}") from error
    return records


def split_list(value, separator="|"):
    """The non-empty parts of a list value."""
    return [part.strip() for part in str(value or "").split(separator) if part.strip()]


def by_language(record, key, languages=("en", "uk", "ru")):
    """`{"en": ..., "uk": ...}` of `key.en`, `key.uk`, ...; only what is there."""
    return {
        language: str(record[f"{key}.{language}"])
        for language in languages
        if record.get(f"{key}.{language}")
    }


APOSTROPHES = dict.fromkeys(map(ord, "`\u2018\u2019\u02bc\u02b9"), "'")


def fold(name):
    """The form in which names are compared.

    Lower case, ё as е, one kind of apostrophe, hyphens as blanks.
    """
    text = str(name).lower().replace("ё", "е").replace("-", " ").translate(APOSTROPHES)
    return re.sub(r"\s+", " ", text).strip()


def shared_names(places):
    """Folded names that more than one place bears: `{name: [row, ...]}`."""
    bearers = {}
    for row in places:
        names = [row["name_en"], row["name_uk"], row["name_ru"]]
        names += split_list(row["aliases"]) + split_list(row["occupation_aliases"])
        for name in {fold(name) for name in names if name}:
            bearers.setdefault(name, []).append(row)
    return {name: rows for name, rows in sorted(bearers.items()) if len(rows) > 1}


class Dataset:
    """All knowledge files of one folder."""

    INI = {
        "spheres": "codebook/spheres.ini",
        "means": "codebook/means.ini",
        "lists": "codebook/lists.ini",
        "rules": "codebook/rules.ini",
        "harm_rules": "harm_rules.ini",
        "norms": "norms.ini",
        "decisions": "decisions.ini",
        "offices": "offices.ini",
    }
    CSV = {
        "measures": ("measures.csv", "id"),
        "gazetteer": ("gazetteer.csv", "id"),
        "homonyms": ("homonyms.csv", "name"),
        "terms": ("terms.csv", "en"),
        "office_holders": ("office_holders.csv", "name_en"),
    }

    def __init__(self, folder):
        self.folder = folder
        self.version = read_text(os.path.join(folder, "codebook/version"), "codebook/version").strip()
        for name, path in self.INI.items():
            setattr(self, name, read_ini(os.path.join(folder, path), path))
        for name, (path, key) in self.CSV.items():
            setattr(self, name, read_csv(os.path.join(folder, path), name, path, key))
