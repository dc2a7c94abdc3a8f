#!/usr/bin/python3
"""Change every file of a package in turn and see that each change is told.

    package_tamper.py DOKAZ-VERIFY PACKAGE SCRATCH

Four ways for each file: a byte changed; the file removed; the same with all manifests made anew and the
signature gone, as an attacker would do; and with the old signature left in place. A file is also added
in each folder. Prints one line for each change that nobody noticed, and the counts; exit status 1 when
there is any.
"""

import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from package_maker import Package  # noqa: E402

SIGNATURE = "tagmanifest-sha512.txt.sig"


class Loose(Package):
    """A package that is there already."""

    def __init__(self, folder):
        self.files = {str(path.relative_to(folder)): path.read_bytes()
                      for path in sorted(Path(folder).rglob("*")) if path.is_file()}


def verdict(program, package, scratch):
    shutil.rmtree(scratch, ignore_errors=True)
    package.write(scratch)
    done = subprocess.run([program, scratch], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    return done.returncode


def changes(path, content):
    """Byte strings that may stand in place of the content, and None for none."""
    yield "changed", content[:len(content) // 2] + bytes([content[len(content) // 2] ^ 1]) + content[
        len(content) // 2 + 1:]
    if not content.endswith(b"\n"):
        yield "shortened", content[:-1]
    else:
        yield "shortened", content[:-2]
    yield "removed", None


def is_free(path):
    """What no proof covers: tag files beside the payload. Their manifests and the signature do."""
    return not path.startswith("data/")


def main():
    program, source, scratch = sys.argv[1:]
    whole = Loose(source)
    assert verdict(program, whole, scratch) == 0
    tried, unseen = 0, []

    def expect(package, what):
        nonlocal tried
        tried += 1
        if verdict(program, package, scratch) != 3:
            unseen.append(what)

    for path, content in whole.files.items():
        for word, new in changes(path, content):
            for manifests in ("old", "new", "stale"):
                package = Loose(source)
                package.files[path] = new
                if new is None:
                    del package.files[path]
                if manifests != "old":
                    if "manifest" in path or path in ("bagit.txt", "bag-info.txt"):
                        continue  # made anew: the change is undone
                    signature = package.files.pop(SIGNATURE, None)
                    if is_free(path) and (manifests == "new" or new is None):
                        continue
                    package.manifests()
                    if manifests == "stale" and signature is not None:
                        package.files[SIGNATURE] = signature
                if path == SIGNATURE and new is None:
                    continue  # a package without a signature is one without a signature
                expect(package, f"{path} {word}, {manifests} manifests")
    for folder in sorted({str(Path(path).parent) for path in whole.files if path.startswith("data/")}):
        for manifests in ("old", "new"):
            package = Loose(source)
            package.files[f"{folder}/added.txt"] = b"slipped in\n"
            if manifests == "new":
                del package.files[SIGNATURE]
                package.manifests()
            expect(package, f"{folder}/added.txt, {manifests} manifests")

    print("\n".join(unseen))
    print(f"{tried} changes, {len(unseen)} unseen")
    return 1 if unseen or tried < 150 else 0


sys.exit(main())
