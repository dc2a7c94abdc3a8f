#!/usr/bin/python3
"""look_into.py --absent TEXT --present TEXT -- COMMAND...

Starts a command whose output nobody reads, so that it stops in the middle, searches all its memory
for the two texts, and then ends it with SIGABRT with cores allowed. Exit code 0 when the one is not
found, the other is, and no core was written. Needs the right to read the memory of a process that
cannot be dumped (root).
"""

import argparse
import os
import re
import resource
import signal
import subprocess
import sys
import time


def mappings(pid):
    """Readable mappings that hold anything, without reserved address space."""
    first = end = 0
    with open(f"/proc/{pid}/smaps", encoding="utf-8", errors="replace") as f:
        for line in f:
            bounds = re.match(r"([0-9a-f]+)-([0-9a-f]+) ", line)
            if bounds:
                first, end = (int(x, 16) for x in bounds.groups())
            elif line.startswith("Rss:") and int(line.split()[1]) and end - first <= 1 << 30:
                yield first, end


def count(pid, text):
    """How often a text stands in the memory of a process."""
    found = 0
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for first, end in mappings(pid):
            try:
                memory.seek(first)
                found += memory.read(end - first).count(text)
            except (OSError, ValueError, OverflowError):
                continue
    return found


def wait_until_it_stands(child):
    """Until it sleeps in the write that nobody takes up."""
    for _ in range(600):
        with open(f"/proc/{child.pid}/wchan", encoding="utf-8") as f:
            if "pipe" in f.read():
                return
        if child.poll() is not None:
            sys.exit(f"it ended too early: {child.returncode}")
        time.sleep(0.1)
    sys.exit("it did not come to print")


def allow_cores():
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--absent", required=True)
    parser.add_argument("--present", required=True)
    parser.add_argument("command", nargs="+")
    args = parser.parse_args()
    with subprocess.Popen(args.command, stdout=subprocess.PIPE, preexec_fn=allow_cores) as child:
        wait_until_it_stands(child)
        absent = count(child.pid, args.absent.encode())
        present = count(child.pid, args.present.encode())
        with open(f"/proc/{child.pid}/limits", encoding="utf-8") as f:
            limit = re.search(r"Max core file size +(\d+|unlimited)", f.read()).group(1)
        os.kill(child.pid, signal.SIGABRT)
        child.stdout.close()
        _, status = os.waitpid(child.pid, 0)
        child.returncode = 0
    core = os.WIFSIGNALED(status) and os.WCOREDUMP(status)
    print(f"{args.absent!r} {absent} times, {args.present!r} {present} times, core limit {limit}, "
          f"{'a core' if core else 'no core'}")
    return 0 if absent == 0 and present > 0 and limit == "0" and not core else 1


if __name__ == "__main__":
    sys.exit(main())
