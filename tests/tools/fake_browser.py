#!/usr/bin/python3
"""A browser that misbehaves, for tests of renderings; how is told by the name it is started by:

    silent    says nothing and stays; what it sees of the machine stands in /home/report meanwhile
    garbage   says what is no message, for ever
    chatters  says a great many messages about nothing
    endless   says one message without an end
    dies      ends at once
    broken    does so when it is asked for its version, too
    lies      speaks as a browser does and hands over a picture that is none
    deaf      never reads what it is told
"""

import json
import os
import subprocess
import sys
import time

HOW = os.path.basename(sys.argv[0])


def can_write(path):
    try:
        with open(path, "w", encoding="utf-8") as f:
            f.write("Zeisigruf")
        return True
    except OSError:
        return False


def report():
    folders = ["/", "/usr", "/usr/bin", "/opt", "/etc", "/etc/fonts", "/var", "/tmp", "/home", "/run", "/dev/shm",
               os.path.dirname(sys.argv[0])]
    with open("/proc/self/mounts", encoding="utf-8") as f:
        mounts = [line.split()[:4] for line in f]
    return {
        "uid": os.getuid(), "pid": os.getpid(), "ppid": os.getppid(), "environment": dict(os.environ),
        "root": sorted(os.listdir("/")), "etc": sorted(os.listdir("/etc")), "dev": sorted(os.listdir("/dev")),
        "processes": sum(name.isdigit() for name in os.listdir("/proc")),
        "fds": sorted({os.readlink(f"/proc/self/fd/{n}").split(":")[0] for n in range(20)
                       if os.path.lexists(f"/proc/self/fd/{n}")}),
        "written": [f for f in folders if can_write(f + "/canary")],
        "mounts": mounts,
        "interfaces": [line.split(":")[0].strip() for line in open("/proc/net/dev", encoding="utf-8") if ":" in line],
        "routes": sum("Iface" not in line for line in open("/proc/net/route", encoding="utf-8")),
        "caps": [line.split()[1] for line in open("/proc/self/status", encoding="utf-8") if line.startswith("CapEff")],
        "session": os.getsid(0) == os.getpid() or os.getsid(0) == 0,
    }


def speak():
    """Enough of the protocol to be asked for a picture."""
    answers = {
        "Browser.getVersion": {"product": "Fake/1"},
        "Target.createTarget": {"targetId": "T"},
        "Target.attachToTarget": {"sessionId": "S"},
        "Page.navigate": {"frameId": "T"},
        "Page.getLayoutMetrics": {"cssContentSize": {"width": 1280, "height": 2000}},
        "Page.captureScreenshot": {"data": "bm8gcGljdHVyZQ=="},
        "Page.printToPDF": {"data": "bm8gcGRm"},
    }

    def say(message):
        os.write(4, json.dumps(message).encode() + b"\0")

    rest = b""
    while True:
        rest += os.read(3, 65536)
        while b"\0" in rest:
            text, _, rest = rest.partition(b"\0")
            asked = json.loads(text)
            if asked["method"] == "Page.navigate":
                say({"method": "Fetch.requestPaused", "sessionId": "S", "params": {
                    "requestId": "R", "frameId": "T", "resourceType": "Document",
                    "request": {"url": asked["params"]["url"], "method": "GET"}}})
                say({"method": "Page.loadEventFired", "sessionId": "S", "params": {}})
            say({"id": asked["id"], "result": answers.get(asked["method"], {})})


def main():
    if sys.argv[1] == "--version":
        sys.exit(3 if HOW == "broken" else 0)
    if HOW == "silent":
        with open("/home/report.part", "w", encoding="utf-8") as f:
            json.dump(report(), f)
        os.rename("/home/report.part", "/home/report")
        subprocess.Popen(["/bin/sleep", "4321"], start_new_session=True)
        time.sleep(4321)
    elif HOW == "garbage":
        while True:
            os.write(4, b"{]\0" * 1000)
    elif HOW == "chatters":
        while True:
            os.write(4, b"{}\0" * 20000)
    elif HOW == "endless":
        while True:
            os.write(4, b"[" * 65536)
    elif HOW == "lies":
        speak()
    elif HOW == "deaf":
        time.sleep(4321)


main()
