#!/usr/bin/python3
"""Check proofs, checkpoints and packages of dokaz without dokaz.

Usage: check.py proof FILE [VKEY]
       check.py consistency OLD.note FILE VKEY
       check.py bag FOLDER
       check.py package FOLDER

Written from docs/format/ alone, with the standard library: a second opinion that shares no code with the program. It
stops at the first fault. Exit status: 0 it holds, 3 it does not, 2 wrong usage.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bag import Bag
from package import Package
from plain import Refused
from tlog import Key, Proof, check_consistency


def proof(path, key=None):
    made = Proof(Path(path).read_bytes(), Key(key) if key else None)
    return f"entry {made.index} of log {made.log.hex()}, {len(made.shown)} fields shown, {len(made.withheld)} withheld"


def consistency(old, path, key):
    later = check_consistency(Path(old).read_bytes(), Path(path).read_bytes(), Key(key))
    return f"leads to size {later.size}"


def bag(folder):
    made = Bag(folder)
    return f"BagIt {made.version}, {len(made.files)} files"


def package(folder):
    made = Package(folder)
    return f"{len(made.proofs)} proofs, {made.facts} facts"


KINDS = {"proof": (proof, 1, 2), "consistency": (consistency, 3, 3), "bag": (bag, 1, 1), "package": (package, 1, 1)}


def main(kind=None, *words):
    check, least, most = KINDS.get(kind, (None, 0, -1))
    if not least <= len(words) <= most:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        print(f"holds: {check(*words)}")
    except Refused as why:
        print(f"refused: {why}")
        return 3
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OSError) as why:
        print(f"refused: ill-formed: {type(why).__name__}")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
