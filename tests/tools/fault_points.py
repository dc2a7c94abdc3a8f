#!/usr/bin/python3
"""fault_points.py --mode MODE [--points N] [--jobs N] [--command NAME,...] [--skip NAME,...] WORK

Makes one command after the other fail at every point where it can, and checks what is left. WORK is
a folder to work in; $DOKAZ and $DOKAZ_PASSPHRASE_FILE are set. MODE:

  kill    SIGKILL at the entry of every system call that changes something (strace)
  error   every system call fails once with EIO (strace)
  full    ENOSPC from some write, open or rename on (strace)
  seam    every call to the system that dokaz itself makes fails once with EIO (test builds)
  stays   the same, from then on
  memory  every allocation of dokaz's own fails (test builds)
  malloc  every allocation of the whole process fails (LD_PRELOAD of $FAIL_MALLOC)
  short   every read and write is cut in half: everything has to work as ever (test builds)
  delay   SIGKILL after growing delays

--points N: at most N points for each command, spread over all of them; without it, every one. What a
command allocates before it opens a vault is the same for all (the rules are read): of those
allocations a tenth of N is tried. --jobs N: in so many processes, each with a vault of its own.

After each point: the program ended with a message or by the order's own signal, never by a fault of
its own; `verify --deep` finds nothing; what was there and what the command reported is there; what
it did not report is there whole or not at all; another `add` works and sweeps what was left over;
`verify` again; no file holds a canary. After a change of passphrase exactly one of both opens, the
new one where the change was reported; the same one after the next command that writes; nothing is
left under keys/, and it can be changed again. "N waiting" counts the points where the new one opened
before its file was in place.

One line of standard error for each trouble; the last line is "N commands, N points, N cut short,
N reported[, N waiting], N troubles". Exit code 1 with any trouble.
"""

import argparse
import hashlib
import json
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

# strace counts calls in each thread: with one thread the n-th is the n-th of the program.
os.environ["DOKAZ_TEST_THREADS"] = "0"

from crash_desk import Desk, HIDDEN, QUOTE, Trouble, no_crash, search_folder, write_files

CHANGING = ("write pwrite64 writev pwritev fsync fdatasync ftruncate rename renameat renameat2 unlink "
            "unlinkat mkdir mkdirat rmdir fallocate sync_file_range linkat").split()
# Without close: strace does not make a call that it lets fail, and a descriptor that stays open is what no failing close
# leaves (a pipe would never end). The seam fails it as the kernel does.
FAILING = CHANGING + ("openat read pread64 newfstatat fstat getdents64 fcntl lseek statx "
                      "access faccessat2").split()
GROWING = "write pwrite64 openat mkdirat renameat renameat2 ftruncate fallocate".split()
STRACED = {"kill": (CHANGING, "signal=KILL", ""), "error": (FAILING, "error=EIO", ""),
           "full": (GROWING, "error=ENOSPC", "+")}


# What the page says that is captured.
PAGE_WORDS = "The office of the village closed its counter on 3 May and asked people to come on Fridays."


class Place:
    """A vault with sources and facts, and copies of it."""

    def __init__(self, root):
        self.root = root
        self.servers = []
        root.mkdir(parents=True, exist_ok=True)
        self.files = root / "files"
        write_files(self.files, 3)
        third = self.files / "third"
        third.mkdir()
        for i in range(3):
            (third / f"third-{i}.txt").write_text(f"The third lot, number {i}.\n" * 30 + HIDDEN,
                                                  encoding="utf-8")
        shutil.copy(self.files / "first" / "large.bin", third / "other.bin")
        with open(third / "other.bin", "ab") as f:
            f.write(b"another one")
        self.desk = Desk(root / "vault", root / "state", root)
        self.other = Desk(root / "vault", root / "state-2", root)
        desk = self.desk
        desk.run(["init", str(desk.vault)])
        desk.run(["add", "--basis", "published", str(self.files / "first"),
                  str(self.files / "second")])
        self.clinic = self.source("clinic")
        desk.run(["accept", "--all", "--source", self.clinic])
        for _ in range(2):
            desk.run(["record", "act"], self.act())
        self.recorded = [row["id"] for row in desk.rows("facts", "act") if not row.get("bulk")]
        self.authority()
        self.site()
        self.reread = self.read_before()
        self.colleague()
        self.base = self.observe()
        for path in (desk.vault, desk.state):
            shutil.move(path, root / ("fresh-" + path.name))

    def source(self, doc):
        return next(row["id"] for row in self.desk.rows("sources") if row["doc"] == doc)

    def authority(self):
        """A timestamp authority of our own, and its name in the settings."""
        self.new_pass = self.root / "new-pass"
        self.new_pass.write_text("quite another passphrase\n")
        script, folder = Path(__file__).with_name("tsa.py"), self.root / "tsa"
        if not (script.exists() and self.desk.has_command("timestamp")):
            return
        subprocess.run([sys.executable, str(script), "make", str(folder)], check=True)
        port = self.serve(script, "serve", folder)
        self.desk.run(["settings", "timestamp.local", f"http://127.0.0.1:{port}/good",
                       "--certificates", str(folder / "ca.pem")])

    def colleague(self):
        """A second member, so that each command says who acts."""
        self.petro = self.root / "petro"
        self.petro.write_text("the passphrase of petro\n")
        if not self.desk.has_command("member"):
            return
        first = self.desk.rows("member", "list")[0]["id"]
        self.desk.run(["member", "add", "Petro", "--rights", "code", "--level", "restricted",
                       "--member-passphrase-file", str(self.petro)])
        for desk in (self.desk, self.other):
            desk.env["DOKAZ_MEMBER"] = first

    def site(self):
        """A page on this machine that can be captured, with words that must not come to rest."""
        folder = self.root / "site"
        folder.mkdir()
        (folder / "notice.html").write_text(
            "<!doctype html><html lang=\"en\"><head><title>A notice</title></head><body>"
            f"<p>{PAGE_WORDS}</p><p>{HIDDEN}</p><img src=\"/a.png\"></body></html>", encoding="utf-8")
        port = self.serve(Path(__file__).with_name("web_server.py"), folder)
        self.page = f"http://127.0.0.1:{port}/notice.html"

    def serve(self, *command):
        """The first port that a server prints."""
        server = subprocess.Popen([sys.executable, *map(str, command)], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL)
        self.servers.append(server)
        return server.stdout.readline().decode().split()[0]

    def read_before(self):
        """A source whose text an older reader read, so that reading it again gives another."""
        path = self.files / "reread.rtf"
        path.write_bytes(b"{\\rtf1\\ansi{\\rsidtbl Draft of the council. }The clinic sent them away.}")
        older = self.desk.with_older_reader(self.root / "older")
        older.run(["add", "--basis", "published", str(path)])
        return self.source("reread")

    def close(self):
        for server in self.servers:
            server.terminate()
            server.wait()

    def act(self):
        return json.dumps({"sphere": "healthcare", "means": "denial", "scope": "general_claim",
                           "date": "2024-03", "passages": [{"source": self.clinic, "exact": QUOTE}]})

    def observe(self):
        return {kind: {row["id"]: row for row in self.desk.rows(kind)}
                for kind in ("sources", "facts")}

    def open_with(self, passphrase):
        for desk in (self.desk, self.other):
            desk.env["DOKAZ_PASSPHRASE_FILE"] = str(passphrase)

    def that_open(self):
        """Which of both passphrases open the vault."""
        opening = []
        for each in (os.environ["DOKAZ_PASSPHRASE_FILE"], str(self.new_pass)):
            self.open_with(each)
            done = self.desk.run(["settings"], ok=None)
            want(done.returncode == 0 or b"wrong passphrase" in done.stderr,
                 f"the vault does not open: {done.stderr.decode(errors='replace')[-300:]}")
            opening += [each] if done.returncode == 0 else []
        want(len(opening) == 1, f"{len(opening)} passphrases open")
        self.open_with(opening[0])
        return opening[0]

    def restore(self):
        for name in ("vault", "state", "state-2", "out"):
            shutil.rmtree(self.root / name, ignore_errors=True)
        self.open_with(os.environ["DOKAZ_PASSPHRASE_FILE"])
        (self.root / "out").mkdir()
        for name in ("vault", "state"):
            shutil.copytree(self.root / ("fresh-" + name), self.root / name)

    def left(self):
        """A digest of every name and byte that is there. The lock holds the number of its last process and no data."""
        digest = hashlib.sha256()
        for name in ("vault", "state", "state-2", "out"):
            for folder, folders, files in os.walk(self.root / name):
                folders.sort()
                digest.update(b"%d %s\0" % (len(files), os.fsencode(folder)))
                for one in sorted(files):
                    path = os.path.join(folder, one)
                    data = b"" if path == str(self.root / "vault" / "lock") else Path(path).read_bytes()
                    digest.update(b"%o %d %s\0" % (os.stat(path).st_mode, len(data), os.fsencode(one)))
                    digest.update(data)
        return digest.digest()


class Case:
    """One command. `changes` are the ids that it may change or take away; done(now, out) raises
    when something that was reported is not so, again(desk) when the same command cannot finish;
    after(desk) looks at what else the command wrote. Where it reports line by line (lines), what it
    said holds also when it was cut short. Where a passphrase was changed, settled(done)
    finds the one that opens, and later() looks again after the next write."""

    def __init__(self, name, words, stdin=None, changes=(), done=None, desk=None, after=None,
                 again=None, settled=None, later=None, lines=False):
        self.name = name
        self.words = words
        self.stdin = stdin
        self.changes = set(changes)
        self.done = done
        self.desk = desk
        self.after = after
        self.again = again
        self.settled = settled
        self.later = later
        self.lines = lines


def rows_of(out):
    """JSON lines, without the one that was being printed."""
    rows = []
    for line in out.decode("utf-8", "replace").splitlines():
        try:
            rows.append(json.loads(line))
        except ValueError:
            break
    return rows


def want(condition, what):
    if not condition:
        raise Trouble(what)


def cases_of(place):
    """The commands that are tried, with what each promises."""
    out = place.root / "out"
    large, small = (next(key for key, row in place.base["sources"].items() if row["doc"] == doc)
                    for doc in ("large", "01"))
    note, gone = place.recorded
    quoted = [key for key, row in place.base["facts"].items()]

    def added(now, said):
        for row in rows_of(said):
            if row.get("outcome") == "preserved":
                there = now["sources"].get(row["id"])
                want(there, f"{row['path']} was reported as preserved and is gone")
                want(there["sha256"] == row["sha256"], f"{row['path']} holds other bytes")

    def captured(now, said):
        for row in rows_of(said):
            there = now["sources"].get(row["id"])
            want(there, f"{row['id']} was reported as captured and is gone")
            want(there["address"] == place.page, "a capture does not know its address")

    def captured_again(desk):
        desk.run(capture)
        # A capture reads only what it captured itself; where nothing else waits, add says so.
        desk.run(["add"], ok=(0, 2))
        words = re.sub(r"\s+", " ", PAGE_WORDS)
        pages = [row["id"] for row in desk.rows("sources")
                 if row.get("address") == place.page and row.get("derivative_of")]
        want(pages, "a captured page is not read")
        for page in pages:
            text = desk.run(["text", page]).stdout.decode()
            want(words in re.sub(r"\s+", " ", text), "the words of a captured page are not there")

    def reread(now, said):
        for row in rows_of(said):
            # Calls are counted in each process: it may be the reader that was killed, and dokaz says so.
            if row["outcome"] == "kept" and row["text"] == "failed":
                before = place.base["sources"][row["id"]]
                want(now["sources"][row["id"]]["extractor"] == before["extractor"], "an old text is gone")
                continue
            want(row["outcome"] == "new", f"read again: {row}")
            want(now["sources"][row["id"]]["extractor"] == "rtf/2", "a new text was reported and is gone")

    def reread_again(desk):
        desk.run(["re-extract"])
        text = desk.run(["text", place.reread]).stdout.decode()
        want("The clinic sent" in text and "Draft" not in text, f"not the new text: {text}")

    def cleaned(now, said):
        for row in rows_of(said):
            want(hashlib.sha256(copied.read_bytes()).hexdigest() == row["sha256"], "another copy")
            want(any(entry["kind"] == "export.made" and entry.get("sha256") == row["sha256"]
                     for entry in place.desk.rows("log")), "a copy was made without an entry")

    def copy_whole(desk):
        """A copy that lacks its end looks like one that is whole."""
        want(not copied.exists() or copied.read_text(encoding="utf-8").strip().endswith(HIDDEN.strip()),
             "half a cleaned copy")

    def redacted_done(now, said):
        for row in rows_of(said):
            want(hashlib.sha256(redacted.read_bytes()).hexdigest() == row["sha256"], "another copy")
            want(any(entry["kind"] == "redaction.made" and entry["commitment"] == row["commitment"]
                     for entry in place.desk.rows("log")), "a copy was made without an entry")
            want(row["commitment"] in Path(row["sidecar"]).read_text(encoding="utf-8"), "no commitment beside it")

    def redacted_whole(desk):
        """Where there is a copy there is what belongs to it, and it is whole."""
        if redacted.exists():
            want(redacted.read_text(encoding="utf-8").strip().endswith(HIDDEN.strip()), "half a redacted copy")
            want(redacted.with_name(redacted.name + ".redaction.json").exists(), "a copy without its commitment")

    def field(kind, key, name, value):
        return lambda now, said: want(now[kind][key].get(name) == value, f"{name} is not as it was set")

    def absent(kind, key):
        return lambda now, said: want(key not in now[kind], f"{key} is there")

    def recorded(now, said):
        for row in rows_of(said):
            want(row["id"] in now["facts"], f"{row['id']} was reported as recorded and is gone")

    def accepted(now, said):
        want(len(now["facts"]) > len(place.base["facts"]), "what was accepted is gone")

    def decided(now, said):
        want(any(entry["kind"] == "lineage.decided" for entry in place.desk.rows("log")),
             "a decision was reported and is gone")

    def report_whole(desk):
        path = out / "report.html"
        want(not path.exists() or path.read_bytes().rstrip().endswith(b"</html>"), "half a report")

    def backup_whole(desk):
        want(desk.run(["verify", "--keyless", "-C", str(out / "copy")]), "")

    def added_all(desk):
        desk.run([*add, str(place.files / "third")])
        hashes = Counter(row["sha256"] for row in desk.rows("sources"))
        for path in (place.files / "third").iterdir():
            want(hashes[hashlib.sha256(path.read_bytes()).hexdigest()] == 1,
                 f"{path.name} is not there once after the add was repeated")

    def purged(kind, key, *options):
        def run_again(desk):
            there = any(row["id"] == key for row in desk.rows(kind))
            desk.run(["purge", key, "--reason", "a test", *options], ok=(0,) if there else (1,))
            want(all(row["id"] != key for row in desk.rows(kind)), f"{key} cannot be purged")
            desk.run(["cat" if kind == "sources" else "show", key], ok=(1,))
        return run_again

    def kept(path):
        return lambda now, said: want(path.exists(), f"{path.name} was reported as written")

    add = ["add", "--json", "--basis", "published"]
    capture = ["capture", "--json", "--pause", "1", "--allow-private", "127.0.0.1", place.page]
    copied, redacted, spans = out / "copy.txt", out / "redacted.txt", place.files / "spans"
    spans.write_text("span 0 3\n", encoding="utf-8")
    cases = [
        Case("init", ["init", str(out / "vault")]),
        Case("add", [*add, str(place.files / "third")], done=added, again=added_all, lines=True),
        Case("further-device", [*add, str(place.files / "third")], done=added, desk=place.other,
             again=added_all, lines=True),
        Case("describe", ["describe", small], '{"publisher": "A council"}', [small],
             field("sources", small, "publisher", "A council")),
        Case("restrict", ["describe", place.clinic], '{"access": "restricted"}',
             [place.clinic, *quoted], field("sources", place.clinic, "access", "restricted")),
        Case("accept", ["accept", "--all", "--json"], done=accepted),
        Case("record", ["record", "act", "--json"], place.act(), done=recorded),
        Case("revise", ["revise", note], '{"note": "changed"}', [note],
             field("facts", note, "note", "changed")),
        Case("lineage", ["lineage", "--json"]),
        Case("lineage-decide", ["lineage", "--json", "decide", small, place.clinic, "independent"],
             done=decided),
        Case("withdraw", ["withdraw", gone, "--reason", "a test"], None, [gone],
             absent("facts", gone)),
        Case("purge-fact", ["purge", gone, "--reason", "a test"], None, [gone],
             absent("facts", gone), again=purged("facts", gone)),
        Case("purge-small", ["purge", small, "--reason", "a test"], None, [small],
             absent("sources", small), again=purged("sources", small)),
        Case("purge-large", ["purge", large, "--reason", "a test"], None, [large],
             absent("sources", large), again=purged("sources", large)),
        Case("purge-cited", ["purge", place.clinic, "--reason", "a test", "--with-facts"], None,
             [place.clinic, *quoted], absent("sources", place.clinic),
             again=purged("sources", place.clinic, "--with-facts")),
        Case("rebuild", ["rebuild"]),
        Case("verify", ["verify", "--deep"]),
        Case("backup", ["backup", str(out / "copy")], done=kept(out / "copy" / "vault.json")),
        Case("report", ["report", str(out / "report.html")], done=kept(out / "report.html"),
             after=report_whole),
    ]
    def bag_whole(desk):
        if (out / "bag").exists():
            subprocess.run([desk.program, "verify", str(out / "bag")], env=desk.env, check=True,
                           capture_output=True)

    def settled(done):
        """The new passphrase opens when that was reported; whether it does while its file waits."""
        opens = place.that_open()
        want(b"was changed" not in done.stdout or opens == str(place.new_pass),
             "the new passphrase was reported and does not open")
        return opens == str(place.new_pass) and any(
            path.suffix in (".new", ".tmp") for path in (place.desk.vault / "keys").iterdir())

    def later():
        before = place.desk.env["DOKAZ_PASSPHRASE_FILE"]
        want(place.that_open() == before, "another passphrase opens after the next write")
        place.desk.run(change)
        place.open_with(place.new_pass)
        place.desk.run(["verify"])

    def stamped(now, said):
        rows = place.desk.rows("timestamp", "--list")
        want(any(row.get("validity") == "valid" for row in rows), "a timestamp was reported and is gone")

    def members(desk):
        return {row["name"] for row in desk.rows("member", "list")}

    def joined(now, said):
        want("Iryna" in members(place.desk), "a new member was reported and is not there")

    def left_us(now, said):
        want("Petro" not in members(place.desk), "a removed member is still one")
        desk = place.desk
        done = desk.run(["sources"], ok=None, DOKAZ_MEMBER="Petro", DOKAZ_PASSPHRASE_FILE=str(place.petro))
        want(done.returncode == 1, "the passphrase of a removed member opens the vault")

    def set_timeout(now, said):
        want(b"17" in place.desk.run(["settings", "network.timeout"]).stdout, "a setting is gone")

    change = ["key", "passphrase", "--new-passphrase-file", str(place.new_pass)]
    # Commands that only some builds have.
    further = [
        Case("export-bag", ["export", "bag", str(out / "bag")], done=kept(out / "bag" / "bagit.txt"),
             after=bag_whole),
        Case("key-export", ["key", "export", small, str(out / "item.age"), "--identity",
                            str(out / "item.key")], done=kept(out / "item.age")),
        Case("key-passphrase", change, settled=settled, later=later),
        Case("member-add", ["member", "add", "Iryna", "--rights", "all", "--level", "sealed",
                            "--member-passphrase-file", str(place.new_pass)], done=joined),
        Case("member-remove", ["member", "remove", "Petro"], done=left_us),
        Case("settings", ["settings", "network.timeout", "17"], done=set_timeout),
        Case("timestamp", ["timestamp"], done=stamped),
        Case("capture", capture, done=captured, again=captured_again, lines=True),
        Case("re-extract", ["re-extract", "--json", place.reread], None, [place.reread], reread, again=reread_again,
             lines=True),
        Case("clean", ["clean", "--json", place.clinic, str(copied)], done=cleaned, after=copy_whole),
        Case("redact", ["redact", "--json", place.clinic, str(redacted), "--mask-spans", str(spans),
                        "--reason", "try"], done=redacted_done, after=redacted_whole),
    ]
    place.backup_whole = backup_whole
    return cases + [case for case in further if place.desk.has_command(case.words[0])]


class Trial:
    """One command under one kind of fault, point after point."""

    def __init__(self, place, case, mode, points, part=(0, 1)):
        self.place = place
        self.part = part
        self.case = case
        self.mode = mode
        self.points = points
        self.desk = case.desk or place.desk
        self.counts = Counter()
        self.troubles = []
        self.seen = set()
        self.trace = place.root / "trace"

    # ---- the points ----

    def undisturbed(self, before=(), words=None, **env):
        self.place.restore()
        return self.desk.run(words or self.case.words, None if words else self.case.stdin,
                             before=before, **env)

    def straced(self, calls, words=None):
        """How often each system call is made."""
        self.undisturbed(["strace", "-f", "-qq", "-o", str(self.trace), "-e",
                          "trace=" + ",".join("?" + call for call in calls)], words)
        return Counter(re.findall(r"^\d+ +(\w+)\(", self.trace.read_text(errors="replace"), re.M))

    def counted(self, column):
        path = self.place.root / "count"
        self.undisturbed(DOKAZ_TEST_COUNT=str(path), DOKAZ_TEST_FAULT="0", DOKAZ_TEST_ALLOC="0",
                         **self.preload())
        return int(path.read_text().split()[column])

    def seconds(self):
        self.place.restore()
        began = time.monotonic()
        self.desk.run(self.case.words, self.case.stdin)
        return time.monotonic() - began

    def preload(self):
        return {"LD_PRELOAD": os.environ["FAIL_MALLOC"]} if self.mode == "malloc" else {}

    def all_points(self):
        """(what it is called, words in front of the command, environment) of each point."""
        if self.mode in STRACED:
            calls, inject, on = STRACED[self.mode]
            # What the loader does before main is not dokaz's.
            first = self.straced(calls, ["help", "init"]) if self.mode != "kill" else Counter()
            for call, n in sorted(self.straced(calls).items()):
                for i in range(1 + min(first[call], n - 1), n + 1):
                    yield (f"{inject} at {call} {i}{on}",
                           ["strace", "-f", "-qq", "-o", str(self.trace), "-e", f"trace={call}",
                            "-e", f"inject={call}:{inject}:when={i}{on}"], {})
        elif self.mode in ("seam", "stays"):
            on = "+" if self.mode == "stays" else ""
            for i in range(1, self.counted(0) + 1):
                yield f"call {i}{on}", [], {"DOKAZ_TEST_FAULT": f"{i}{on}:{28 if on else 5}"}
        elif self.mode == "memory":
            for i in range(1, self.counted(1) + 1):
                yield f"allocation {i}", [], {"DOKAZ_TEST_ALLOC": str(i)}
        elif self.mode == "malloc":
            for i in range(1, self.counted_mallocs() + 1):
                yield f"malloc {i}", [], {**self.preload(), "FAIL_MALLOC_AT": str(i)}
        elif self.mode == "short":
            yield "short", [], {"DOKAZ_TEST_SHORT": "1"}
        elif self.mode == "delay":
            # The lesser of two: what else the machine did in the meantime must not move the points
            # behind the end.
            whole = min(self.seconds(), self.seconds())
            n = self.points or 20
            for i in range(n):
                after = whole * (i + 0.5) / n
                yield f"killed after {after:.3f} s", after, {}

    def counted_mallocs(self, **env):
        path = self.place.root / "count"
        self.undisturbed(FAIL_MALLOC_COUNT=str(path), **self.preload(), **env)
        return int(path.read_text())

    def early(self):
        """Allocations made before there is a passphrase, so before anything of a vault is written."""
        if self.mode not in ("memory", "malloc"):
            return 0
        self.place.restore()
        path = self.place.root / "count"
        self.desk.run(self.case.words, self.case.stdin, ok=None, DOKAZ_PASSPHRASE_FILE="/nowhere",
                      FAIL_MALLOC_COUNT=str(path), DOKAZ_TEST_COUNT=str(path),
                      DOKAZ_TEST_FAULT="0", DOKAZ_TEST_ALLOC="0", **self.preload())
        words = path.read_text().split()
        return int(words[0] if self.mode == "malloc" else words[1])

    def run(self):
        try:
            points = list(self.all_points())
            early = self.early() if self.points else 0
            tried = spread(points[:early], (self.points + 9) // 10) + spread(points[early:], self.points)
            first, step = self.part
            for name, before, env in tried[first::step]:
                self.one(name, before, env)
        except (Trouble, subprocess.TimeoutExpired, OSError, ValueError) as e:
            self.troubles.append(f"{self.case.name}, undisturbed: {e}")

    # ---- one point ----

    def one(self, name, before, env):
        self.place.restore()
        self.counts["points"] += 1
        try:
            done = self.start(before, env)
            self.counts["cut"] += done.returncode != 0
            self.check_end(done, name)
            state = done.returncode, done.stdout, self.place.left()
            if state in self.seen:
                self.counts["alike"] += 1
                return
            if self.case.name == "init":
                self.check_new(done)
            else:
                self.check_vault(done)
            search_folder(*(self.place.root / n for n in ("vault", "state", "state-2")
                            if (self.place.root / n).exists()))
            self.seen.add(state)
        except (Trouble, subprocess.SubprocessError) as e:
            self.troubles.append(f"{self.case.name}, {name}: {e}")
            print(f"fault_points: {self.troubles[-1]}", file=sys.stderr, flush=True)

    def start(self, before, env):
        if self.mode != "delay":
            return self.desk.run(self.case.words, self.case.stdin, ok=None, before=before, **env)
        child = subprocess.Popen(self.desk.command(self.case.words), env=self.desk.env,
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE)
        try:
            out, err = child.communicate((self.case.stdin or "").encode(), timeout=before)
        except subprocess.TimeoutExpired:
            child.kill()
            out, err = child.communicate()
        no_crash(self.case.name, err)
        return subprocess.CompletedProcess([], child.returncode, out, err)

    def check_end(self, done, point):
        """A clear end: success, or a message, or the signal that was ordered."""
        code = done.returncode
        if self.mode in ("kill", "delay") and code in (-signal.SIGKILL, 128 + signal.SIGKILL):
            return
        if self.mode == "malloc" and (code < 0 or code >= 127):
            # Other people's libraries may fall over (the loader with 127); for the vault that is a
            # kill like any other.
            self.counts["fell"] += 1
            return
        want(self.mode != "short" or code == 0, f"exit {code}: {done.stderr.decode()[-300:]}")
        want(code in (0, 1, 3), f"exit {code}: {done.stderr.decode(errors='replace')[-300:]}")
        said = done.stderr.decode("utf-8", "replace")
        # The message itself may be what could not be written.
        want(code == 0 or any(line.startswith("dokaz: ") for line in said.splitlines())
             or point.startswith("error=") and " at write " in point, f"exit {code} without a word")

    def check_new(self, done):
        """After `init`: a vault, or a folder that says it is none."""
        desk = Desk(self.place.root / "out" / "vault", self.desk.state, self.place.root)
        found = desk.run(["sources"], ok=None)
        want(found.returncode in (0, 1), f"half a vault: {found.stderr.decode()}")
        want(done.returncode != 0 or found.returncode == 0, "a vault was reported and is not there")
        self.counts["reported"] += done.returncode == 0
        if found.returncode == 1:
            # With the folder goes what the device remembers of a vault that never came to be: a few
            # public bytes under an identifier that nothing looks for again.
            shutil.rmtree(desk.vault, ignore_errors=True)
            for folder in (self.place.root / "state" / "dokaz").iterdir():
                if not (self.place.root / "fresh-state" / "dokaz" / folder.name).exists():
                    shutil.rmtree(folder)
            desk.run(["init", str(desk.vault)])
        self.check_next(desk)

    def check_vault(self, done):
        desk, case = self.place.desk, self.case
        if case.settled:
            self.counts["waiting"] += case.settled(done)
        desk.run(["verify", "--deep"])
        now = self.place.observe()
        for kind, rows in self.place.base.items():
            for key in rows:
                want(key in now[kind] or key in case.changes, f"{kind}: {key} is gone")
                want(key in case.changes or case.name == "accept" or now[kind][key] == rows[key],
                     f"{kind}: {key} is not as it was")
        if case.done and (done.returncode == 0 or case.lines):
            case.done(now, done.stdout)
        if case.after:
            case.after(desk)
        if case.name == "backup" and done.returncode == 0:
            self.place.backup_whole(desk)
        self.counts["reported"] += (done.returncode == 0 or b"preserved" in done.stdout)
        if case.again:
            case.again(self.desk)
        self.check_next(self.desk)
        if self.desk is not desk:
            self.check_next(desk, "2.txt")
        if case.later:
            case.later()

    def check_next(self, desk, name="1.txt"):
        later = self.place.files / "later" / name
        out = desk.run(["add", "--json", "--basis", "published", str(later)]).stdout
        want(b'"outcome":"preserved"' in out, f"nothing can be added: {out.decode()}")
        left = desk.leftovers()
        want(not left, f"left over after the next write: {' '.join(left)}")
        desk.run(["verify"])


def spread(points, most):
    """At most so many, the ends among them."""
    if not most or len(points) <= most:
        return points
    if most == 1:
        return [points[len(points) // 2]]
    return [points[i] for i in sorted({round(k * (len(points) - 1) / (most - 1))
                                       for k in range(most)})]


def run_part(part):
    """All commands in a vault of this process: counts and troubles."""
    first, args = part
    place = Place(args.work / str(first))
    wanted = [name for name in args.command.split(",") if name]
    cases = cases_of(place)
    total, troubles = Counter(), []
    try:
        unknown = set(wanted) - {case.name for case in cases}
        if unknown:
            return total, [f"no such command, undisturbed: {' '.join(unknown)}"]
        for case in cases:
            if (wanted and case.name not in wanted) or case.name in args.skip.split(","):
                continue
            trial = Trial(place, case, args.mode, args.points, (first, args.jobs))
            trial.run()
            total["commands"] += 1
            total.update(trial.counts)
            troubles += trial.troubles
            if args.verbose:
                print(f"{case.name}: {dict(trial.counts)}", file=sys.stderr, flush=True)
    finally:
        place.close()
    return total, troubles


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mode", required=True)
    parser.add_argument("--points", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--command", default="")
    parser.add_argument("--skip", default="")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("work", type=Path)
    args = parser.parse_args()
    with multiprocessing.get_context("fork").Pool(args.jobs) as pool:
        parts = pool.map(run_part, [(i, args) for i in range(args.jobs)], chunksize=1)
    total = sum((part[0] for part in parts), Counter())
    total["commands"] //= args.jobs
    troubles = [trouble for part in parts for trouble in part[1]]
    for trouble in troubles:
        if "undisturbed" in trouble:
            print(f"fault_points: {trouble}", file=sys.stderr)
    fell = f", {total['fell']} fell over" if total["fell"] else ""
    waiting = f", {total['waiting']} waiting" if "waiting" in total else ""
    alike = f", {total['alike']} alike" if total["alike"] else ""
    print(f"{total['commands']} commands, {total['points']} points, {total['cut']} cut short{fell}, "
          f"{total['reported']} reported{waiting}{alike}, {len(troubles)} troubles")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
