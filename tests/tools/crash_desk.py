"""What the crash tests share: a desk that runs dokaz, sample files with canaries, and what must be
true of a vault after anything that can happen to it."""

import hashlib
import json
import os
import re
import shutil
import subprocess
from copy import copy
from pathlib import Path

from canaries import forms

LIMIT = 120
# Words that stand in the files, in sentences that no fact quotes, and never in clear on a disk.
CANARIES = ["жовтогарячечко", "Quillfeather", "mossbridgeton"]

NOTICE = """Clinic doors close for patients without papers
Published 12 March 2024

In Melitopol the city hospital refused to treat patients who had no Russian passport, a nurse said.
A decree signed on 27 April 2023 set 1 July 2024 as the deadline for taking Russian citizenship.
Interior Minister Viktor Gladkov said that 2.8 million Russian passports had been issued by March 2024.
"""
PENSIONS = """Пенсії лише за новими паспортами
Опубліковано 5 жовтня 2023 року

У Бердянську пенсіонерам відмовляли у виплатах без російського паспорта.
"""
# Far enough behind what facts quote that no report shows it as context.
HIDDEN = ("\nNothing else was said in the hall that day, and the doors were closed.\n" * 8 +
          "\nThe drawing by {1} of {2} hangs in the hall: {0}.\n".format(*CANARIES))
QUOTE = "the city hospital refused to treat patients who had no Russian passport"

# Names that an interrupted command may leave and that the next writer removes.
LEFT_OVER = re.compile(r"^(tmp-.*|.*\.tmp|.*\.new|\.new-.*|index-.*-check\.db.*)$")


class Trouble(Exception):
    """Something that must hold after a crash does not."""


class Desk:
    """One vault, one state folder, and the program."""

    def __init__(self, vault, state, work):
        self.program = os.environ["DOKAZ"]
        self.vault = Path(vault)
        self.state = Path(state)
        self.env = dict(os.environ, XDG_STATE_HOME=str(state), HOME=str(work), DOKAZ_LANG="en",
                        LANG="C.UTF-8")
        # A traced process cannot trace itself to look for leaks.
        self.env["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
        for name in ("DOKAZ_MEMBER", "LC_ALL", "LC_MESSAGES", "LANGUAGE"):
            self.env.pop(name, None)

    def command(self, words):
        return [self.program, *([] if words[0] == "init" else ["-C", str(self.vault)]), *words]

    def run(self, words, stdin=None, ok=(0,), before=(), **more):
        env = dict(self.env, **more)
        done = subprocess.run([*before, *self.command(words)], env=env, timeout=LIMIT, check=False,
                              input=(stdin or "").encode(), capture_output=True)
        no_crash(words[0], done.stderr)
        if ok is not None and done.returncode not in ok:
            raise Trouble(f"{' '.join(words[:2])}: exit {done.returncode}: "
                          f"{done.stdout.decode(errors='replace')[-300:]}"
                          f"{done.stderr.decode(errors='replace')[-500:]}")
        return done

    def rows(self, *words):
        """What a listing command prints with --json."""
        out = self.run([*words, "--json"]).stdout.decode()
        return [json.loads(line) for line in out.splitlines()]

    def has_command(self, name):
        return self.run(["help", name], ok=None).returncode == 0

    def with_older_reader(self, folder):
        """This desk with a reader of RTF as it might have been before: it takes a hidden table for words,
        and names itself with an older version."""
        folder.mkdir()
        for name in ("dokaz", "dokaz-read-text", "dokaz-read-rtf"):
            shutil.copy(Path(self.program).with_name(name), folder / name)
        reader = folder / "dokaz-read-rtf"
        program = reader.read_bytes()
        for now, before in ((b"\0rsidtbl\0", b"\0rsidtbx\0"), (b"\0rtf/2\0", b"\0rtf/0\0")):
            if now not in program:
                raise Trouble(f"the reader of RTF does not hold {now}")
            program = program.replace(now, before)
        reader.write_bytes(program)
        older = copy(self)
        older.program = str(folder / "dokaz")
        return older

    def checkpoints(self):
        """The bytes of every log's checkpoints file: what was signed stays signed."""
        return {path.parent.name: path.read_bytes()
                for path in sorted(self.vault.glob("journal/*/checkpoints"))}

    def leftovers(self):
        return [str(path) for root in (self.vault, self.state) for path in root.rglob("*")
                if LEFT_OVER.match(path.name)]


def no_crash(what, err):
    for line in err.decode("utf-8", "replace").splitlines():
        if "Sanitizer" in line or "runtime error" in line:
            raise Trouble(f"{what}: {line}")


def write_files(root, n_small=6):
    """first/ two texts that facts can be drawn from and a large file; second/ many small ones."""
    first, second, later = root / "first", root / "second", root / "later"
    for folder in (first, second, later):
        folder.mkdir(parents=True)
    (first / "clinic.txt").write_text(NOTICE + HIDDEN, encoding="utf-8")
    (first / "pensions.txt").write_text(PENSIONS + HIDDEN, encoding="utf-8")
    (first / "large.bin").write_bytes(hashlib.shake_128(b"first").digest(1300000))
    for i in range(n_small):
        (second / f"{i:02}.txt").write_text(f"Notice number {i} of the council.\n" * 40 + HIDDEN,
                                            encoding="utf-8")
    (second / "large.bin").write_bytes(hashlib.shake_128(b"second").digest(1400000))
    for i in range(4):
        (later / f"{i}.txt").write_text(f"A later notice, number {i}.\n", encoding="utf-8")


def search_canaries(name, data):
    """Trouble where a canary stands in bytes that should be sealed."""
    for word in CANARIES:
        for form, what in forms(word).items():
            at = data.find(form)
            if at >= 0:
                raise Trouble(f"{name}: {what} in clear at byte {at}")


CLEAN = set()  # digests of what was searched before: most files of a vault stay as they are


def search_folder(*roots):
    for root in roots:
        for path in sorted(root.rglob("*")):
            search_canaries("the name of a file", path.name.encode("utf-8", "surrogateescape"))
            if path.is_file():
                data = path.read_bytes()
                digest = hashlib.sha256(data).digest()
                if digest not in CLEAN:
                    search_canaries(str(path), data)
                    CLEAN.add(digest)
