#!/usr/bin/python3
"""measured_run.py [--seconds N] [--mebibytes N] COMMAND...

Runs COMMAND with a limit on time and tells when its largest resident set was above the limit. The
exit code is that of COMMAND, or 99 when a limit was passed.
"""

import argparse
import os
import resource
import signal
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--mebibytes", type=int, default=0)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    args = parser.parse_args()
    child = subprocess.Popen(args.command, start_new_session=True)
    try:
        code = child.wait(args.seconds)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        print(f"measured_run: not done after {args.seconds} s", file=sys.stderr)
        return 99
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    if args.mebibytes and peak > args.mebibytes:
        print(f"measured_run: {peak} MiB resident, allowed are {args.mebibytes}", file=sys.stderr)
        return 99
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
