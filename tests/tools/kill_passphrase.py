#!/usr/bin/python3
"""kill_passphrase.py --kind KIND [--points N] [--inject HOW] WORK

Kills `dokaz key passphrase` at many moments, as kill_points.py kills `add`; KIND and HOW are those
of kill_points.py. After each exactly one of both passphrases opens the vault, the new one where the
change was reported as done; `verify --deep` is clean; after one more command that writes the same
one opens, nothing is left over under keys/, and the passphrase can be changed again. The last line is
"N points, N cut short, N reported, N waiting": waiting are those in which the new passphrase opened
while its file was not in place yet. Exit code 1 with any trouble.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from kill_points import Work, spread  # noqa: E402


class Change(Work):
    """The vault of kill_points.py, and two passphrases."""

    def __init__(self, root):
        self.passphrase = Path(os.environ["DOKAZ_PASSPHRASE_FILE"])
        self.n_waiting = 0
        super().__init__(root, 1, False)
        self.old = self.passphrase
        self.new = root / "new-passphrase"
        self.new.write_text("quite another passphrase\n")
        self.words = ["key", "passphrase", "--new-passphrase-file", str(self.new)]

    def environment(self):
        return dict(super().environment(), DOKAZ_PASSPHRASE_FILE=str(self.passphrase))

    def opens(self, passphrase):
        self.passphrase = passphrase
        done = self.run("sources", check=False)
        self.passphrase = self.old
        assert done.returncode == 0 or b"wrong passphrase" in done.stderr, done.stderr[-300:]
        return done.returncode == 0

    def left_over(self):
        names = os.listdir(self.vault / "keys")
        return [name for name in names if name.endswith((".new", ".tmp"))]

    def check(self, point, out, err):
        try:
            for line in err.decode("utf-8", "replace").splitlines():
                assert "Sanitizer" not in line and "runtime error" not in line, line
            self.check_change(b"was changed" in out)
        except (RuntimeError, ValueError, AssertionError, subprocess.TimeoutExpired) as e:
            self.troubles.append(f"{point}: {e}")
        finally:
            self.passphrase = self.old

    def check_change(self, reported):
        self.reported += reported
        before = [p for p in (self.old, self.new) if self.opens(p)]
        assert len(before) == 1, f"{len(before)} passphrases open"
        assert not reported or before == [self.new], "it was reported as done, and is not"
        self.n_waiting += before == [self.new] and bool(self.left_over())
        self.passphrase = before[0]
        self.run("verify", "--deep")
        self.run("add", str(self.files / "00.txt"))
        self.run("verify", "--deep")
        assert not self.left_over(), f"left over: {self.left_over()}"
        assert before == [p for p in (self.old, self.new) if self.opens(p)], "another one opens"
        self.passphrase = before[0]
        self.run(*self.words)
        self.passphrase = self.new
        self.run("verify")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", required=True)
    parser.add_argument("--inject", default="signal=KILL")
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("work", type=Path)
    args = parser.parse_args()
    work = Change(args.work)
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
        else:
            out, err, cut = work.injected(args.kind, args.inject, str(nth))
        n_cut += cut
        work.check(f"{args.inject} at {args.kind} {nth}", out, err)
    for trouble in work.troubles:
        print(f"kill_passphrase: {trouble}", file=sys.stderr)
    print(f"{len(tries)} points, {n_cut} cut short, {work.reported} reported, "
          f"{work.n_waiting} waiting")
    return 1 if work.troubles or not tries else 0


if __name__ == "__main__":
    sys.exit(main())
