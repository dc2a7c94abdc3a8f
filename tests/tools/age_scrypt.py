#!/usr/bin/env python3
"""Type a passphrase into Debian's age, which takes one from a terminal only.

usage: age_scrypt.py PASSPHRASE OUT AGE_ARGUMENTS...

Runs `age AGE_ARGUMENTS -o OUT` on a pseudo-terminal, answers each prompt with the passphrase and ends
with the exit status of age.
"""
import os
import pty
import sys


def main():
    passphrase, out, arguments = sys.argv[1], sys.argv[2], sys.argv[3:]
    pid, fd = pty.fork()
    if pid == 0:
        # After the dashes: options end, files follow.
        os.execvp("age", ["age", "-o", out, *arguments])
    seen = b""
    while True:
        try:
            got = os.read(fd, 1024)
        except OSError:  # the other end is closed
            break
        if not got:
            break
        seen += got
        # A prompt is a line that ends in a colon and a space and waits.
        if seen.rstrip(b"\x1b[K\r\n").endswith(b": "):
            os.write(fd, passphrase.encode() + b"\n")
            seen = b""
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status != 0:
        sys.stderr.buffer.write(seen)
    sys.exit(status)


if __name__ == "__main__":
    main()
