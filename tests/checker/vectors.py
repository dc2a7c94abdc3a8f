#!/usr/bin/python3
"""The independent checker on every vector, good and bad; TAP. Usage: vectors.py SOURCE_FOLDER

The C tests hold the program to the same lists, so that both agree on each case.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bag import Bag
from package import Package
from plain import Refused
from tlog import Key, Proof, check_consistency

# What a reader of hostile files may raise when a value is of another type or is missing; a fault as well.
ILL_FORMED = (Refused, KeyError, TypeError, ValueError, AttributeError, IndexError)


def bags(source, work):
    subprocess.run([sys.executable, source / "tests/tools/bag_vectors.py", work / "bags"], check=True,
                   stdout=subprocess.DEVNULL)
    for line in (source / "tests/vectors/bag/expected.txt").read_text().splitlines():
        name, wanted = line.split()[:2]
        yield f"bag {name}", wanted == "valid", lambda name=name: Bag(work / "bags" / name)


def proofs(source, _work):
    folder = source / "tests/vectors/proof"
    for line in (folder / "list").read_text().splitlines():
        kind, file, old, key, wanted = line.split("\t")
        made = None if key == "-" else folder / key

        def check(kind=kind, file=file, old=old, made=made):
            vkey = made and Key(made.read_text().rstrip("\n"))
            data = (folder / file).read_bytes()
            return Proof(data, vkey) if kind == "proof" else check_consistency((folder / old).read_bytes(), data, vkey)

        yield f"{kind} {file}", wanted == "good", check


def packages(source, work):
    subprocess.run([sys.executable, source / "tests/tools/package_vectors.py", work / "packages"], check=True,
                   stdout=subprocess.DEVNULL)
    for line in (source / "tests/vectors/package/expected.txt").read_text().splitlines():
        name, wanted = line.split()[:2]
        yield f"package {name}", wanted == "valid", lambda name=name: Package(work / "packages" / name)


def holds(check):
    try:
        check()
    except ILL_FORMED as why:
        return False, why
    return True, ""


def main():
    source = Path(sys.argv[1])
    count = failed = 0
    with tempfile.TemporaryDirectory() as work:
        for cases in (bags, proofs, packages):
            good = bad = 0
            for name, wanted, check in cases(source, Path(work)):
                count += 1
                found, why = holds(check)
                good, bad = good + wanted, bad + (not wanted)
                failed += found != wanted
                print(f"{'ok' if found == wanted else 'not ok'} {count} - {name}" + (f" # {why}" if why else ""))
            count += 1
            enough = good >= 2 and bad >= 20
            failed += not enough
            print(f"# tried: {cases.__name__}: {good} good and {bad} bad ones")
            print(f"{'ok' if enough else 'not ok'} {count} - {cases.__name__}: {good} good and {bad} bad ones")
    print(f"1..{count}")
    return 1 if failed else 0


sys.exit(main())
