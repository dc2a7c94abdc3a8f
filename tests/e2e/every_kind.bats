#!/usr/bin/env bats
# Files of every kind that is read, three or more of each, and more than fifty that nobody should have to read, added in one command.
load helpers
load hostile

setup_more() {
    LIMIT=500
    new_vault
}

# The good files of all kinds, and the bad ones beside them.
fixtures() {
    local family
    for family in "$BATS_TEST_DIRNAME"/../fixtures/*/; do
        mkdir -p "$FILES/good/$(basename "$family")"
        find "$family" -maxdepth 1 -type f ! -name '*.expected' -exec cp -t "$FILES/good/$(basename "$family")" {} +
    done
}

# no_reader_left: nothing that dokaz started goes on without it.
no_reader_left() {
    local left
    left=$(pgrep -f "^$(dirname "$DOKAZ")/dokaz-read-" -P 1 || true)
    [ -z "$left" ] || {
        printf 'still there: %s\n' "$left"
        return 1
    }
}

# at_least N MEDIA_TYPE: so many sources of a kind are held.
at_least() {
    local n
    n=$(grep -cF "\"media_type\":\"$2\"" "$BATS_TEST_TMPDIR/sources" || true)
    [ "$n" -ge "$1" ] || {
        printf '%s of %s, wanted %s\n' "$n" "$2" "$1"
        return 1
    }
}

@test "a folder of every kind and of hostile files is added in one command" {
    fixtures
    python3 "$TOOLS/make_hostile.py" "$BATS_TEST_DIRNAME/../fixtures" "$FILES/bad" ${DOKAZ_PROVE:+--large}
    [ "$(find "$FILES/bad" -type f | wc -l)" -ge 50 ]
    expect 0 dokaz add --basis published --verbose "$FILES"
    no_crash
    no_reader_left
    says " 0 failed"
    # Every file of the folder is preserved, bit by bit.
    dokaz sources --json >"$BATS_TEST_TMPDIR/sources"
    python3 - "$BATS_TEST_TMPDIR/sources" "$FILES" <<'PY'
import hashlib, json, sys
from pathlib import Path
held = {json.loads(line)["sha256"] for line in open(sys.argv[1])}
wanted = {}
for path in Path(sys.argv[2]).rglob("*"):
    if path.is_file() and path.stat().st_size:
        with open(path, "rb") as file:
            wanted[hashlib.file_digest(file, "sha256").hexdigest()] = path
missing = [repr(wanted[h]) for h in wanted.keys() - held]
if missing or len(held) <= len(wanted):
    sys.exit(f"not preserved: {missing}; {len(held)} held of {len(wanted)}, and those inside others")
PY
    for kind in text/plain text/markdown text/html text/csv application/x-subrip text/vtt application/pdf application/rtf application/epub+zip \
        message/rfc822 application/mbox multipart/related application/zip application/warc application/wacz application/json \
        application/vnd.openxmlformats-officedocument.wordprocessingml.document application/vnd.openxmlformats-officedocument.spreadsheetml.sheet \
        application/vnd.oasis.opendocument.text application/vnd.oasis.opendocument.spreadsheet image/jpeg image/png image/tiff video/mp4; do
        at_least 3 "$kind"
    done
    # What has no text is named with its reason, once; what has, is not.
    python3 - "$BATS_TEST_TMPDIR/sources" "$BATS_TEST_TMPDIR/errors" <<'PY'
import json, sys
said = open(sys.argv[2], errors="replace").read()
for line in open(sys.argv[1]):
    source = json.loads(line)
    silent = not source.get("chars") and f"({source['id']})" not in said
    if silent:
        sys.exit(f"{source['id']} has no text and was not named: {source}")
PY
    # A second time nothing is read.
    expect 0 dokaz add --basis published "$FILES"
    says "0 preserved"
    says_not "(src-" "$errors"
    expect 0 dokaz verify --deep
    says "Everything is as it was stored"
}

@test "nothing of a foreign file lies outside the vault while it is read" {
    fixtures
    python3 "$TOOLS/make_hostile.py" "$BATS_TEST_DIRNAME/../fixtures" "$FILES/bad"
    rm -f "$FILES"/bad/*.zip "$FILES"/bad/one-line.txt
    without_leak_check
    command -v strace >/dev/null || skip "no strace"
    # Every file that dokaz or a reader opens for writing or makes lies in the vault or its state.
    expect 0 strace -f -qq -o "$BATS_TEST_TMPDIR/calls" -e trace=open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlinkat,mknodat,socket,connect \
        "$DOKAZ" -C "$V" add --basis published "$FILES/good"
    python3 - "$BATS_TEST_TMPDIR/calls" "$V" "$XDG_STATE_HOME" <<'PY'
import re, sys
allowed = sys.argv[2:]
for line in open(sys.argv[1], errors="replace"):
    call = re.search(r"(\w+)\((.*)", line)
    if not call:
        continue
    name, rest = call.groups()
    if name in ("socket", "connect"):
        sys.exit(f"a socket: {line}")
    if not re.search(r"O_WRONLY|O_RDWR|O_CREAT", rest) and name in ("open", "openat"):
        continue
    path = re.search(r'"([^"]*)"', rest)
    outside = path and path.group(1).startswith("/") and not any(path.group(1).startswith(a) for a in allowed)
    if outside and path.group(1) != "/dev/null":
        sys.exit(f"outside the vault: {line}")
PY
}
