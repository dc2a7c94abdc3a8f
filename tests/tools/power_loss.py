#!/usr/bin/python3
"""power_loss.py [--points N] [--seed N] [--jobs N] [--expect-violations] [--least-flushes N] WORK

Power fails, N times, in the middle of ordinary work. WORK is a folder to work in; $DOKAZ,
$DOKAZ_PASSPHRASE_FILE and $CRASH_DISK are set.

The work runs once, in a vault on ext4 on a loop device on crash_disk, which logs every write, every
flush and every acknowledgement (a line of standard output, an exit with 0) in one order. For each
point the disk is rebuilt as the cut could have left it: everything up to the last flush before the
point, and of the later writes none, all, the last, any subset, or any subset of their sectors. The
file system is mounted, its own journal replayed, and then: `verify --deep` finds nothing; what was
acknowledged is there, byte for byte; the next `add` works and sweeps what was left over; `verify`
again. No byte of the log, so of any block ever written, holds a canary.

The last line is "N points, N flushes, N writes, N acknowledged, N repaired by e2fsck, N violations". Exit code 0 with
none; with --expect-violations (for a program that leaves syncs out) exit code 0 with at least one;
it stops at --enough of them.
Exit code 77, and one line that says why, where there is no root, FUSE or loop device.
"""

import argparse
import bisect
import ctypes
import hashlib
import json
import mmap
import multiprocessing
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

from crash_desk import Desk, QUOTE, Trouble, search_canaries, write_files

DISK_BYTES = 64 << 20
SECTOR = 512
BLOCK = 4096
GROUP = 8192  # blocks
HEAD = struct.Struct("=cQI")
MODES = ("none", "half", "torn", "last", "all")
SKIPPED = 77


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def check_machine(disk):
    if os.geteuid() != 0:
        skip("power loss is simulated with a loop device, which needs root")
    for path in ("/dev/fuse", "/dev/loop-control"):
        try:
            os.close(os.open(path, os.O_RDWR))
        except OSError as e:
            skip(f"{path}: {e.strerror}")
    if not disk.exists():
        skip("crash_disk was not built: libfuse3-dev is missing")
    for tool in ("mkfs.ext4", "losetup", "fusermount3"):
        if shutil.which(tool, path=os.environ["PATH"] + ":/sbin:/usr/sbin") is None:
            skip(f"{tool} is missing")


def own_mounts():
    """Mounts go away with this process, however it ends."""
    if os.environ.get("POWER_LOSS_INNER"):
        return
    try:
        subprocess.run(["unshare", "--mount", "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        skip("no mount namespace of its own")
    os.environ["POWER_LOSS_INNER"] = "1"
    os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable,
                          os.path.abspath(__file__), *sys.argv[1:]])


def tool(*words, stderr=False):
    done = subprocess.run(words, capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.decode().strip()}")
    return (done.stderr if stderr else done.stdout).decode().strip()


# ---- the disk and the work on it ----

class Disk:
    """crash_disk with ext4 on it, mounted at .mount."""

    def __init__(self, program, work, options):
        self.log = work / "log"
        self.fuse = work / "fuse"
        self.mount = work / "mount"
        self.fuse.mkdir()
        self.mount.mkdir()
        self.server = subprocess.Popen([program, str(DISK_BYTES), str(self.log), str(self.fuse)])
        for _ in range(200):
            if (self.fuse / "disk").exists():
                break
            if self.server.poll() is not None:
                skip("crash_disk cannot mount a FUSE file system here")
            time.sleep(0.02)
        try:
            self.loop = tool("losetup", "--find", "--show", "--direct-io=on",
                             str(self.fuse / "disk"))
            # In two groups, so that there is a second superblock as on every larger disk.
            tool("mkfs.ext4", "-q", "-b", str(BLOCK), "-g", str(GROUP), "-J", "size=4", "-m", "0", "-O",
                 "^resize_inode", "-E", "nodiscard,lazy_itable_init=0", self.loop)
            tool("mount", "-o", "noatime" + (options and "," + options), self.loop, str(self.mount))
            tool("losetup", "--detach", self.loop)
        except RuntimeError as e:
            self.server.terminate()
            skip(str(e))
        self.acks = os.open(self.fuse / "acks", os.O_WRONLY)

    def write_back(self, stop):
        """The kernel may write any page at any time before it is synced; here it does so often."""
        libc = ctypes.CDLL(None, use_errno=True)
        libc.sync_file_range.argtypes = [ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint]
        while not stop.wait(0.001):
            # Files come and go meanwhile, and so do folders.
            for folder, _, names in os.walk(self.mount):
                for name in names:
                    try:
                        fd = os.open(f"{folder}/{name}", os.O_RDONLY | os.O_NOFOLLOW | os.O_NOATIME)
                    except OSError:
                        continue
                    libc.sync_file_range(fd, 0, 0, 2)  # SYNC_FILE_RANGE_WRITE
                    os.close(fd)

    def mark(self, **what):
        os.write(self.acks, b"\0" + json.dumps(what).encode() + b"\n")

    def close(self):
        os.close(self.acks)
        tool("umount", str(self.mount))
        tool("umount", str(self.fuse))
        self.server.wait()

    def give_up(self):
        """After a failure: first the file system, which needs the disk, then the disk."""
        for path in (self.mount, self.fuse):
            subprocess.run(["umount", "--lazy", str(path)], capture_output=True, check=False)
        self.server.terminate()


class Work:
    """The commands that run before the power fails."""

    def __init__(self, work, mount):
        self.files = work / "files"
        self.mount = mount
        self.desk = Desk(mount / "vault", mount / "state", work)
        self.other = Desk(mount / "vault", mount / "state-2", work)
        self.names = []
        self.add = ["add", "--json", "--basis", "published"]
        self.new_pass = work / "new-pass"
        self.new_pass.write_text("quite another passphrase\n")
        write_files(self.files)

    def source(self, doc):
        return next(row["id"] for row in self.desk.rows("sources") if row["doc"] == doc)

    def fact(self, n=0):
        return self.desk.rows("facts")[n]["id"]

    def suggestion(self):
        return self.desk.rows("suggest")[0]["id"]

    def act(self):
        return json.dumps({"sphere": "healthcare", "means": "denial", "scope": "general_claim",
                           "date": "2024-03",
                           "passages": [{"source": self.source("clinic"), "exact": QUOTE}]})

    def steps(self):
        """(words, standard input, keywords) of each command, made when its turn comes."""
        vault, files, mount = str(self.desk.vault), str(self.files), str(self.mount)
        add = self.add
        yield ["init", vault], None, {}
        yield [*add, files + "/first"], None, {}
        yield ["describe", self.source("pensions")], '{"publisher": "A council"}', {}
        yield ["reject", self.suggestion()], None, {}
        yield ["accept", "--all", "--json"], None, {}
        yield ["record", "act"], self.act(), {}
        yield ["record", "act"], self.act(), {}
        yield ["revise", self.fact()], '{"note": "checked"}', {}
        yield ["withdraw", self.fact(1), "--reason", "a test"], None, {}
        yield [*add, files + "/second"], None, {}
        yield ["purge", self.fact(), "--reason", "a test"], None, {}
        yield ["purge", self.source("03"), "--reason", "a test", "--with-facts"], None, {}
        yield ["purge", self.source("large"), "--reason", "a test"], None, {}
        yield ["rebuild"], None, {}
        yield ["report", mount + "/report.html"], None, {"kept": [mount + "/report.html"]}
        yield ["backup", mount + "/backup"], None, {"kept": [mount + "/backup"]}
        yield [*add, files + "/later/0.txt"], None, {"desk": self.other}
        yield [*add, files + "/second"], None, {}
        for step in self.further(mount):
            yield step

    def further(self, mount):
        """Commands that only some builds have."""
        if self.desk.has_command("settings"):
            yield ["settings", "network.timeout", "17"], None, {}
        if self.desk.has_command("export"):
            # Sealed, so that no canary may show.
            key = tool("age-keygen", "-o", str(self.files / "age-key"), stderr=True)
            yield (["export", "bag", mount + "/bag", "--seal-for", key.split()[-1]], None,
                   {"kept": [mount + "/bag.age"]})
        if self.desk.has_command("key"):
            new = str(self.new_pass)
            yield ["key", "passphrase", "--new-passphrase-file", new], None, {"opens": new}
            yield [*self.add, str(self.files / "later/3.txt")], None, {}

    def run(self, disk):
        """Every command, with its standard output in the log of the disk."""
        for words, stdin, more in self.steps():
            desk = more.get("desk", self.desk)
            n = len(self.names)
            disk.mark(begin=n, other=desk is self.other,
                      **({"changes": more["opens"]} if "opens" in more else {}))
            done = subprocess.run(desk.command(words), env=desk.env, input=(stdin or "").encode(),
                                  stdout=disk.acks, stderr=subprocess.PIPE, check=False)
            if done.returncode != 0:
                raise RuntimeError(f"{words[0]}: exit {done.returncode}: {done.stderr.decode()}")
            disk.mark(done=n, **{k: v for k, v in more.items() if k == "opens"})
            if "opens" in more:
                self.desk.env["DOKAZ_PASSPHRASE_FILE"] = more["opens"]
            self.names.append(words[0])
            disk.mark(of=n, kept={path: digest(Path(path)) for path in more.get("kept", [])})


def digest(path):
    """SHA-256 of a file, or of all files of a folder with their names."""
    h = hashlib.sha256()
    if not path.exists():
        return "absent"
    for part in [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file()):
        h.update(str(part.relative_to(path)).encode() + b"\0" + part.read_bytes())
    return h.hexdigest()


# ---- the log, and disks as a cut could have left them ----

class Log:
    """Records of crash_disk; the points lie between them."""

    def __init__(self, path):
        with open(path, "rb") as f:
            self.data = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)
        self.records = []
        self.flushes = []  # indexes of flush records
        self.acked = []    # (index, what): acknowledgements in order
        at = 0
        text = b""
        while at < len(self.data):
            kind, offset, n = HEAD.unpack_from(self.data, at)
            at += HEAD.size
            if kind == b"F":
                self.flushes.append(len(self.records))
            if kind == b"A":
                *lines, text = (text + self.data[at:at + n]).split(b"\n")
                for line in lines:
                    if line.startswith(b"\0"):
                        self.acked.append((len(self.records), json.loads(line[1:])))
                    elif line.startswith(b'{"'):
                        self.acked.append((len(self.records), {"line": json.loads(line)}))
            self.records.append((kind, offset, at, n))
            at += n
        self.start = next(i for i, what in self.acked if "begin" in what)
        self.touched = self.blocks()

    def writes(self, first, last):
        return [r for r in self.records[first:last] if r[0] == b"W"]

    def blocks(self):
        """Runs (first, last) of blocks that were ever written: the others are zero for ever."""
        ever = set()
        for _, offset, _, n in self.writes(0, len(self.records)):
            ever.update(range(offset // BLOCK, -(-(offset + n) // BLOCK)))
        runs = []
        for block in sorted(ever):
            if runs and runs[-1][1] == block:
                runs[-1][1] = block + 1
            else:
                runs.append([block, block + 1])
        return runs

    def last_flush(self, point):
        i = bisect.bisect_left(self.flushes, point)
        return self.flushes[i - 1] if i else -1


def parts_of(log, loose, mode, rng):
    """Pieces (offset, bytes) of the writes after the last flush that reached the disk."""
    if mode == "none":
        return []
    if mode == "last":
        loose = loose[-1:]
    parts = []
    for _, offset, at, n in loose:
        if mode == "torn":
            for i in range(0, n, SECTOR):
                if rng.random() < 0.5:
                    parts.append((offset + i, log.data[at + i:at + min(i + SECTOR, n)]))
        elif mode != "half" or rng.random() < 0.5:
            parts.append((offset, log.data[at:at + n]))
    return parts


def choose(log, n, rng):
    """Points to try: right after every acknowledgement with nothing unsynced kept, and the rest
    anywhere, so that each write is somewhere the last one and each flush the last flush."""
    acks = sorted({i + 1 for i, what in log.acked if i >= log.start and "kept" not in what})
    if len(acks) > n // 2:
        acks = sorted(rng.sample(acks, n // 2))
    points = [(p, "none") for p in acks]
    # Where a write has just been made there is something to lose.
    spots = [i + 1 for i in range(log.start, len(log.records)) if log.records[i][0] == b"W"]
    while len(points) < n:
        points.append((rng.choice(spots), rng.choice(MODES)))
    return sorted(points)


class Crashed:
    """Disk images, one point after the other."""

    def __init__(self, log, work, part=""):
        self.log = log
        self.image = bytearray(DISK_BYTES)
        self.done = -1  # index of the last record that is in the image
        self.again = []
        self.path = work / f"image{part}"
        self.mount = work / f"crashed{part}"
        self.mount.mkdir()
        self.mode = "none"
        self.n_repaired = 0

    def desks(self, work):
        return [Desk(self.mount / "vault", self.mount / state, work) for state in ("state", "state-2")]

    def make(self, point, mode, rng):
        self.mode = mode
        flush = max(self.log.last_flush(point), self.done)
        for _, offset, at, n in self.log.writes(self.done + 1, flush + 1):
            self.image[offset:offset + n] = self.log.data[at:at + n]
        self.done = flush
        loose = self.log.writes(flush + 1, point)
        kept = []
        for offset, data in parts_of(self.log, loose, mode, rng):
            kept.append((offset, bytes(self.image[offset:offset + len(data)])))
            self.image[offset:offset + len(data)] = data
        self.write(self.path)
        self.again = [(offset, bytes(self.image[offset:offset + len(data)]))
                      for offset, data in kept]
        for offset, data in reversed(kept):
            self.image[offset:offset + len(data)] = data
        return len(loose)

    def write(self, path):
        with open(path, "wb") as f:
            f.truncate(DISK_BYTES)
            view = memoryview(self.image)
            for first, last in self.log.touched:
                os.pwrite(f.fileno(), view[first * BLOCK:last * BLOCK], first * BLOCK)
            view.release()

    def save(self, path):
        """The image of the last point as it was before it was mounted."""
        kept = [(offset, bytes(self.image[offset:offset + len(data)])) for offset, data in self.again]
        for offset, data in self.again:
            self.image[offset:offset + len(data)] = data
        self.write(path)
        for offset, data in reversed(kept):
            self.image[offset:offset + len(data)] = data

    def __enter__(self):
        """Mounted. A superblock of which only some sectors were written is none to ext4; as any machine does
        when it starts, e2fsck looks after it then."""
        try:
            tool("mount", "-o", "loop,noatime", str(self.path), str(self.mount))
        except RuntimeError:
            if self.mode != "torn":
                raise
            subprocess.run(["e2fsck", "-fy", "-b", str(GROUP), "-B", str(BLOCK), str(self.path)],
                           capture_output=True, check=False)
            tool("mount", "-o", "loop,noatime", str(self.path), str(self.mount))
            self.n_repaired += 1
        return self.mount

    def __exit__(self, *_):
        tool("umount", str(self.mount))
        return False


# ---- what must hold ----

def observe(desk):
    return {kind: {row["id"]: row for row in desk.rows(kind)} for kind in ("sources", "facts")}


class Oracle:
    """What was true at each acknowledgement, read from the disk as it would be with nothing lost."""

    def __init__(self, log, crashed, desks):
        self.log = log
        self.desks = desks
        self.states = []  # after step k
        self.further = next(what["begin"] for _, what in log.acked if what.get("other"))
        done = [i for i, what in log.acked if "done" in what]
        rng = random.Random(0)
        for k, at in enumerate(done):
            crashed.make(at + 1, "all", rng)
            self.unlock(at + 1)
            with crashed:
                self.states.append((at, observe(desks[0]), desks[0].checkpoints()))

    def known(self, point):
        """Last state acknowledged before the point (or none), and the one being worked on."""
        k = bisect.bisect_right([at for at, _, _ in self.states], point - 1)
        before = self.states[k - 1] if k else None
        return before, self.states[k] if k < len(self.states) else before

    def unlock(self, point):
        """Which passphrase opens: the acknowledged one, or while it is being changed either."""
        old, opens = os.environ["DOKAZ_PASSPHRASE_FILE"], None
        self.or_else = None
        for i, what in self.log.acked:
            if i < point and "opens" in what:
                opens = what["opens"]
            if i < point and "changes" in what:
                self.or_else = what["changes"]
        for desk in self.desks[:2]:
            desk.env["DOKAZ_PASSPHRASE_FILE"] = opens or old
        if opens:
            self.or_else = None

    def unlock_again(self, desk):
        """The next writer decides which of both counts; from then on it is that one."""
        if self.or_else and desk.run(["sources"], ok=None).returncode != 0:
            for each in self.desks[:2]:
                each.env["DOKAZ_PASSPHRASE_FILE"] = self.or_else
            self.or_else = None

    def check(self, mount, point):
        before, after = self.known(point)
        desk = self.desks[0]
        self.unlock(point)
        if before is None and self.no_vault_yet(desk):
            return
        self.unlock_again(desk)
        desk.run(["verify", "--deep"])
        self.check_outputs(mount, point)
        now = observe(desk)
        self.check_rows(now, before, after)
        self.check_lines(now, point, after)
        self.check_signed(desk.checkpoints(), before)
        self.check_next(desk, "1.txt")
        # The other device, while it is at work and right after.
        step = max((what["begin"] for i, what in self.log.acked if i < point and "begin" in what),
                   default=0)
        if step in (self.further, self.further + 1):
            self.check_next(self.desks[1], "2.txt")

    def no_vault_yet(self, desk):
        """`init` was not acknowledged: there is a vault, or something that says it is none."""
        found = desk.run(["sources"], ok=None)
        if found.returncode == 0:
            return False
        if found.returncode < 0 or not found.stderr.startswith(b"dokaz: "):
            raise Trouble(f"half a vault: {found.stderr.decode()}")
        shutil.rmtree(desk.vault, ignore_errors=True)
        desk.run(["init", str(desk.vault)])
        return True

    def check_rows(self, now, before, after):
        for kind, rows in now.items():
            old = before[1][kind] if before else {}
            new = after[1][kind]
            for key, row in old.items():
                if key in new and key not in rows:
                    raise Trouble(f"{kind}: {key} was acknowledged and is gone")
            for key, row in rows.items():
                if key not in old and key not in new:
                    raise Trouble(f"{kind}: {key} should not be there")
                # The command at work may stand half-way, but never in what was settled before.
                if old.get(key) == new.get(key) and row != new[key]:
                    raise Trouble(f"{kind}: {key} is not as it was acknowledged")

    def check_lines(self, now, point, after):
        for i, what in self.log.acked:
            row = what.get("line")
            if i >= point or row is None or row.get("outcome") != "preserved":
                continue
            there = now["sources"].get(row["id"])
            if there is None and row["id"] in after[1]["sources"]:
                raise Trouble(f"{row['path']} was reported as preserved and is gone")
            if there is not None and there["sha256"] != row["sha256"]:
                raise Trouble(f"{row['path']} holds other bytes")

    def check_signed(self, now, before):
        for log, notes in (before[2] if before else {}).items():
            if not now.get(log, b"").startswith(notes):
                raise Trouble(f"checkpoints of {log[:8]} that were signed are gone")

    def check_outputs(self, mount, point):
        done = {what["done"] for i, what in self.log.acked if i < point and "done" in what}
        for _, what in self.log.acked:
            if what.get("of") in done:
                for path, hexes in what["kept"].items():
                    here = mount / Path(path).relative_to(self.desks[2])
                    if digest(here) != hexes:
                        raise Trouble(f"{here.name} was written out and is not whole")

    def check_next(self, desk, name):
        later = self.desks[3] / "later" / name
        out = desk.run(["add", "--json", "--basis", "published", str(later)]).stdout
        if b'"outcome":"preserved"' not in out:
            raise Trouble(f"nothing can be added: {out.decode()}")
        self.unlock_again(desk)
        left = desk.leftovers()
        if left:
            raise Trouble(f"left over after the next write: {' '.join(left)}")
        desk.run(["verify"])


class Cuts:
    """All points, some of them in each of several processes."""

    running = None

    def __init__(self, args, log, oracle, names):
        self.args = args
        self.log = log
        self.oracle = oracle
        self.names = names
        self.points = choose(log, args.points, random.Random(args.seed))

    def start(self):
        Cuts.running = self

    def run(self, part):
        """How many points, how many writes were at risk in them, how many file systems had to be
        repaired, and what was violated."""
        args = self.args
        crashed = Crashed(self.log, args.work, f"-{part}")
        self.oracle.desks[:2] = crashed.desks(args.work)
        n_points, n_loose, violations = 0, 0, []
        for i, (point, mode) in list(enumerate(self.points))[part::args.jobs]:
            n_points += 1
            n_loose += crashed.make(point, mode, random.Random(f"{args.seed} {i}"))
            try:
                with crashed as mount:
                    self.oracle.check(mount, point)
            except (Trouble, RuntimeError, subprocess.TimeoutExpired) as e:
                violations.append(f"point {point} ({mode}, in {self.step(point)}): {e}")
                if args.verbose:
                    print(violations[-1], file=sys.stderr, flush=True)
                if args.keep:
                    args.keep.mkdir(exist_ok=True)
                    crashed.save(args.keep / f"point-{point}-{mode}.img")
                if args.expect_violations and len(violations) * args.jobs >= args.enough:
                    break
        return n_points, n_loose, crashed.n_repaired, violations

    def step(self, point):
        return self.names[[what["begin"] for i, what in self.log.acked
                           if i < point and "begin" in what][-1]]


def run_part(part):
    return Cuts.running.run(part)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--least-flushes", type=int, default=100)
    parser.add_argument("--expect-violations", action="store_true")
    parser.add_argument("--mount", default="", help="further mount options, e.g. data=writeback")
    parser.add_argument("--enough", type=int, default=1, help="violations, where some are expected")
    parser.add_argument("--jobs", type=int, default=1, help="processes that try points side by side")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--keep", type=Path, help="folder for the images of points that failed")
    parser.add_argument("work", type=Path)
    args = parser.parse_args()
    program = Path(os.environ["CRASH_DISK"])
    check_machine(program)
    own_mounts()
    args.work = args.work.resolve()
    # Whoever stops this finds no mounted image and no loop device afterwards.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    args.work.mkdir(parents=True, exist_ok=True)
    # In memory: what is simulated is a disk, and thousands of images are written.
    tool("mount", "-t", "tmpfs", "-o", "size=1g", "tmpfs", str(args.work))

    disk = Disk(str(program), args.work, args.mount)
    work = Work(args.work, disk.mount)
    stop = threading.Event()
    writer = threading.Thread(target=disk.write_back, args=[stop])
    writer.start()
    try:
        work.run(disk)
    except BaseException:
        stop.set()
        writer.join()
        disk.give_up()
        raise
    stop.set()
    writer.join()
    disk.close()
    log = Log(disk.log)
    violations = []
    if not args.expect_violations:
        try:
            search_canaries("everything that was written", log.data)
        except Trouble as e:
            violations.append(str(e))

    # What comes after the cut runs as it should, whatever was left out before.
    os.environ.pop("DOKAZ_TEST_NO_SYNC", None)
    crashed = Crashed(log, args.work)
    try:
        oracle = Oracle(log, crashed, [*crashed.desks(args.work), disk.mount, work.files])
    except (Trouble, RuntimeError) as e:
        # Not even with everything that was written is an acknowledged state there.
        print(f"power_loss: as acknowledged, with nothing lost: {e}", file=sys.stderr)
        print(f"0 points, {len(log.flushes)} flushes, 1 violations (what was acknowledged is missing before any cut)")
        sys.exit(not args.expect_violations)
    cuts = Cuts(args, log, oracle, work.names)
    with multiprocessing.get_context("fork").Pool(args.jobs, initializer=cuts.start) as pool:
        parts = pool.map(run_part, range(args.jobs), chunksize=1)
    n_points, n_loose, n_repaired = (sum(part[i] for part in parts) for i in (0, 1, 2))
    violations += [violation for part in parts for violation in part[3]]
    for violation in violations[:20]:
        print(f"power_loss: {violation}", file=sys.stderr)
    if len(log.flushes) < args.least_flushes and not args.expect_violations:
        print(f"power_loss: only {len(log.flushes)} flushes were seen", file=sys.stderr)
        sys.exit(1)
    n_acks = sum(1 for _, what in log.acked if "line" in what or "done" in what)
    print(f"{n_points} points, {len(log.flushes)} flushes, "
          f"{len(log.writes(0, len(log.records)))} writes, {n_loose} of them at risk, "
          f"{n_acks} acknowledged, {n_repaired} repaired by e2fsck, {len(violations)} violations")
    sys.exit(bool(violations) != args.expect_violations)


if __name__ == "__main__":
    main()
