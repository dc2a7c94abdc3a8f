#!/usr/bin/python3
"""kill_points.py --kind KIND [--points N] [--purge] WORK

Kills `dokaz add` (or `dokaz purge`) again and again and checks what is left. WORK is a folder to
work in; $DOKAZ and $DOKAZ_PASSPHRASE_FILE are set.

KIND "delay": SIGKILL after growing delays. Any other KIND is a set of system calls (as strace names
them): SIGKILL at entry of the n-th such call, for n spread over all of them; "error=EIO" or
"error=ENOSPC" in --inject makes the call fail instead, once or (with "+") from then on.

After each: `verify --deep` is clean; every file that was reported as preserved is there with its
bytes, or what was reported as purged is gone; and the same command again finishes the work. One
line per trouble on standard error; the last line of standard output is "N points, N cut short, N
reported". Exit code 1 with any trouble.
"""

import argparse
import collections
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

DOKAZ = os.environ["DOKAZ"]
LIMIT = 60
# A traced process cannot trace itself to look for leaks.
ENVIRONMENT = dict(os.environ, ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0")


class Work:
    """A vault with one source, copied afresh for each point, and the folder that is added."""

    def __init__(self, root, n_files, purge):
        self.root = root
        self.vault = root / "vault"
        self.fresh = root / "fresh"
        self.files = root / "files"
        self.state = root / "state"
        self.fresh_state = root / "fresh-state"
        self.troubles = []
        self.reported = 0
        root.mkdir(parents=True, exist_ok=True)
        self.files.mkdir()
        for i in range(n_files):
            (self.files / f"{i:02}.txt").write_text(f"A notice, number {i}, for this test.\n" * 30)
        # One large enough to lie in a file of its own, and not compressible.
        (self.files / "large.bin").write_bytes(hashlib.shake_128(b"large").digest(1300000))
        first = root / "first.txt"
        first.write_text("The first source, which is there before anything goes wrong.\n")
        self.run("init", str(self.vault), bare=True)
        self.run("add", str(first))
        self.words = ["add", "--json", str(self.files)]
        self.gone = None
        if purge:
            self.run("add", str(self.files))
            self.gone = self.sources()[2]["id"]
            self.words = ["purge", self.gone, "--reason", "a test", "--json"]
        shutil.move(self.vault, self.fresh)
        shutil.move(self.state, self.fresh_state)

    def environment(self):
        return dict(ENVIRONMENT, XDG_STATE_HOME=str(self.state))

    def command(self, *words, bare=False):
        return [DOKAZ, *([] if bare else ["-C", str(self.vault)]), *words]

    def run(self, *words, bare=False, check=True, before=()):
        done = subprocess.run([*before, *self.command(*words, bare=bare)], timeout=LIMIT,
                              capture_output=True, env=self.environment(), check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"{words[0]}: exit {done.returncode}: "
                               f"{done.stdout.decode()[-300:]} {done.stderr.decode()[-600:]}")
        return done

    def sources(self):
        out = self.run("sources", "--json").stdout.decode()
        return [json.loads(line) for line in out.splitlines()]

    def restore(self):
        shutil.rmtree(self.vault, ignore_errors=True)
        shutil.rmtree(self.state, ignore_errors=True)
        shutil.copytree(self.fresh, self.vault)
        shutil.copytree(self.fresh_state, self.state)

    def killed_after(self, seconds):
        """What was reported before SIGKILL came; whether it came in time."""
        child = subprocess.Popen(self.command(*self.words),
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 env=self.environment())
        time.sleep(seconds)
        child.kill()
        out, err = child.communicate(timeout=LIMIT)
        return out, err, child.returncode == -signal.SIGKILL

    def injected(self, calls, inject, nth):
        before = ["strace", "-f", "-qq", "-o", str(self.root / "trace"), "-e", f"trace={calls}",
                  "-e", f"inject={calls}:{inject}:when={nth}"]
        done = self.run(*self.words, check=False, before=before)
        return done.stdout, done.stderr, done.returncode != 0

    def count(self, calls):
        """How many of these calls one thread of an undisturbed add makes: strace counts each for itself."""
        self.restore()
        trace = self.root / "trace"
        self.run(*self.words, before=["strace", "-f", "-qq", "-o", str(trace), "-e",
                                      f"trace={calls}"])
        threads = collections.Counter(
            line.split()[0] for line in trace.read_text().splitlines() if "(" in line)
        return max(threads.values())

    def check(self, point, out, err):
        try:
            for line in err.decode("utf-8", "replace").splitlines():
                assert "Sanitizer" not in line and "runtime error" not in line, line
            self.run("verify", "--deep")
            if self.gone:
                self.check_purge(out)
            else:
                self.check_add(out)
        except (RuntimeError, ValueError, AssertionError, subprocess.TimeoutExpired) as e:
            self.troubles.append(f"{point}: {e}")

    def check_purge(self, out):
        ids = [row["id"] for row in self.sources()]
        if out.strip():
            self.reported += 1
            assert self.gone not in ids, "it was reported as purged and is there"
        self.run(*self.words, check=self.gone in ids)
        rows = self.sources()
        assert self.gone not in [row["id"] for row in rows], "it cannot be purged"
        assert self.run("cat", self.gone, check=False).returncode == 1
        self.run("add", "--json", str(self.root / "first.txt"))
        self.run("verify", "--deep")
        assert len(rows) == len(list(self.files.iterdir())), "another source is gone"

    def check_add(self, out):
        reported = {}
        for line in out.decode().splitlines():
            try:
                row = json.loads(line)
            except ValueError:
                break  # the line that was being printed
            if row["outcome"] == "preserved":
                reported[row["id"]] = row
        self.reported += len(reported)
        there = {row["id"]: row for row in self.sources()}
        assert len(there) >= 1, "the first source is gone"
        for key, row in reported.items():
            assert key in there, f"{row['path']} was reported as preserved and is gone"
            assert there[key]["sha256"] == row["sha256"], f"{row['path']} holds other bytes"
        for key in list(reported)[-1:]:
            self.run("cat", key)
        # The same command again finishes the work, and nothing is there twice.
        self.run(*self.words)
        self.run("verify")
        hashes = [row["sha256"] for row in self.sources()]
        wanted = {hashlib.sha256(f.read_bytes()).hexdigest() for f in self.files.iterdir()}
        assert wanted <= set(hashes), "a file is missing after the add was repeated"
        assert len(hashes) == len(set(hashes)) == len(wanted) + 1, "a source is there twice"


def spread(n, points):
    """At most `points` whole numbers from 1 to n, the ends among them."""
    if n <= points:
        return list(range(1, n + 1))
    return sorted({1 + round(i * (n - 1) / (points - 1)) for i in range(points)})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", required=True)
    parser.add_argument("--inject", default="signal=KILL")
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--files", type=int, default=8)
    parser.add_argument("--then-on", action="store_true")
    parser.add_argument("--purge", action="store_true")
    parser.add_argument("work", type=Path)
    args = parser.parse_args()
    work = Work(args.work, args.files, args.purge)
    n_cut = 0
    if args.kind == "delay":
        work.restore()
        began = time.monotonic()
        work.run(*work.words)
        whole = time.monotonic() - began
        tries = [whole * (i + 1) / args.points for i in range(args.points)]
    else:
        tries = spread(work.count(args.kind), args.points)
    for nth in tries:
        work.restore()
        if args.kind == "delay":
            out, err, cut = work.killed_after(nth)
            point = f"killed after {nth:.3f} s"
        else:
            when = f"{nth}+" if args.then_on else str(nth)
            out, err, cut = work.injected(args.kind, args.inject, when)
            point = f"{args.inject} at {args.kind} {when}"
        n_cut += cut
        work.check(point, out, err)
    for trouble in work.troubles:
        print(f"kill_points: {trouble}", file=sys.stderr)
    print(f"{len(tries)} points, {n_cut} cut short, {work.reported} reported")
    return 1 if work.troubles else 0


if __name__ == "__main__":
    sys.exit(main())
