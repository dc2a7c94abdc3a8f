#!/usr/bin/python3
"""Drives a command on a terminal of its own: terminal.py OUT STEP... -- COMMAND...

Each STEP is "expected text=>answer"; the answer is typed, with Enter, once the text was seen; "^C"
types Ctrl-C. What the terminal showed goes to OUT. Exits as the command did.
"""

import os
import pty
import select
import sys
import time

out, *rest = sys.argv[1:]
cut = rest.index("--")
steps = [step.split("=>", 1) for step in rest[:cut]]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(rest[cut + 1], rest[cut + 1:])
shown = b""
searched = 0
deadline = time.monotonic() + 60
while time.monotonic() < deadline:
    ready, _, _ = select.select([terminal], [], [], 1)
    if ready:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    if steps and steps[0][0].encode() in shown[searched:]:
        searched = len(shown)
        answer = steps.pop(0)[1]
        os.write(terminal, b"\x03" if answer == "^C" else answer.encode() + b"\n")
with open(out, "wb") as file:
    file.write(shown)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status))
