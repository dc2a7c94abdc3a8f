#!/usr/bin/env bats
# Reading that is interrupted goes on where it stood: nothing is lost, and nothing is there twice.
load helpers

# Documents of several kinds, among them archives in which the same file stands more than once.
setup_more() {
    python3 - "$FILES" <<'PYTHON'
import io, sys, tarfile, zipfile
from pathlib import Path

folder = Path(sys.argv[1])

def page(n):
    words = " ".join(f"In Melitopol the office refused {n + k} people without a Russian passport on {k % 27 + 1} May 2024." for k in range(40))
    return f"<html><head><title>Notice {n}</title></head><body><article><p>{words}</p></article></body></html>".encode()

for n in range(240):
    (folder / f"page-{n:03d}.html").write_bytes(page(n))
for n in range(6):
    with zipfile.ZipFile(folder / f"box-{n}.zip", "w") as out:
        for k in range(8):
            out.writestr(f"inside/page-{k}.html", page(1000 + n * 6 + k))
        inner = io.BytesIO()
        with tarfile.open(fileobj=inner, mode="w") as tar:
            info = tarfile.TarInfo("note.txt")
            text = f"The head of the office {n} said that 300 passports had been issued.\n".encode()
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text))
        out.writestr("inner.tar", inner.getvalue())
PYTHON
}

# What a vault holds, without what is random: each source with its text, and each suggestion.
contents() {
    dokaz sources --json | python3 -c '
import json, sys
for line in sys.stdin:
    one = json.loads(line)
    print("source", one["sha256"], one.get("text"), one.get("text_sha256"), one.get("language"), one.get("chars"))
' | LC_ALL=C sort
    dokaz log --json | python3 -c '
import collections, json, sys
kinds = collections.Counter(json.loads(line)["kind"] for line in sys.stdin)
print("entries", kinds["source.added"], kinds["text.derived"])
'
    dokaz suggest --json | python3 -c '
import json, sys
for line in sys.stdin:
    one = json.loads(line)
    print("suggestion", one["kind"], one["start"], one["end"], one["rule"], one["quote"])
' | LC_ALL=C sort
}

# Start add and send it a signal: as soon as everything is preserved and so many lines "read" are there.
# A shell starts what runs beside it deaf to SIGINT; Python gives the signal its meaning back.
interrupt() { # SIGNAL READ-LINES
    python3 - "$1" "$2" "$DOKAZ" -C "$V" add --json --basis published "$FILES" <<'PYTHON'
import json, signal, subprocess, sys, time

signal.signal(signal.SIGINT, signal.SIG_DFL)
number, wanted = getattr(signal, sys.argv[1]), int(sys.argv[2])
child = subprocess.Popen(sys.argv[3:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
preserved = read = 0
sent = False
for line in child.stdout:
    outcome = json.loads(line)["outcome"]
    preserved += outcome == "preserved"
    read += outcome == "read"
    if not sent and preserved >= 246 and read >= wanted:
        # A moment later, so that some is done and not yet committed.
        time.sleep(0.3)
        child.send_signal(number)
        sent = True
code = child.wait()
print(f"{preserved} preserved, {read} read, exit {code}")
sys.exit(0 if sent and code in (1, 130, -number) else 1)
PYTHON
}

uninterrupted() {
    local kept=$V
    V=$BATS_TEST_TMPDIR/whole
    new_vault
    dokaz add --basis published "$FILES" >/dev/null 2>&1
    contents >"$BATS_TEST_TMPDIR/whole.txt"
    V=$kept
    # All that was made is there: pages, boxes, what is inside, and what is inside that.
    local inside
    inside=$(grep -c '^source' "$BATS_TEST_TMPDIR/whole.txt")
    [ "$inside" -eq $((240 + 6 + 38 + 6 + 6)) ]
    [ "$(grep '^entries' "$BATS_TEST_TMPDIR/whole.txt")" = "entries $inside $inside" ]
    grep -q '^suggestion' "$BATS_TEST_TMPDIR/whole.txt"
}

same_as_whole() {
    contents >"$BATS_TEST_TMPDIR/this.txt"
    diff "$BATS_TEST_TMPDIR/whole.txt" "$BATS_TEST_TMPDIR/this.txt" | head -n 20
    cmp "$BATS_TEST_TMPDIR/whole.txt" "$BATS_TEST_TMPDIR/this.txt"
    expect 0 dokaz verify --deep
}

@test "reading is interrupted in order, and goes on" {
    uninterrupted
    new_vault
    run interrupt SIGINT 0
    echo "$output"
    [ "$status" -eq 0 ]
    expect 0 dokaz verify
    expect 0 dokaz add --basis published "$FILES"
    same_as_whole
}

@test "reading is killed, and goes on" {
    uninterrupted
    new_vault
    run interrupt SIGKILL 0
    echo "$output"
    [ "$status" -eq 0 ]
    # What is preserved already is said so: now all of it is a duplicate, and reading begins at once.
    run "$DOKAZ" -C "$V" add --preserve-only --basis published "$FILES" --json
    [ "$status" -eq 0 ]
    [ "$(json outcome | sort | uniq -c | tr -s ' ')" = " 246 duplicate" ]
    expect 0 dokaz verify
    expect 0 dokaz add --basis published "$FILES"
    same_as_whole
}

@test "a run over an unchanged folder reads nothing" {
    new_vault
    expect 0 dokaz add --basis published "$FILES"
    expect 0 dokaz add --basis published "$FILES" --json
    [ "$(json outcome | sort | uniq -c | tr -s ' ')" = " 246 duplicate" ]
    # No reader is started: dokaz starts no process at all.
    command -v strace >/dev/null || skip "strace is not installed"
    LSAN_OPTIONS=detect_leaks=0 ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o calls \
        -e trace=execve,clone,clone3,fork,vfork "$DOKAZ" -C "$V" add --basis published "$FILES" >/dev/null 2>&1
    [ "$(grep -c 'execve(' calls)" -eq 1 ]
    [ "$(grep -E 'clone3?\(|fork\(' calls | grep -vc CLONE_THREAD)" -eq 0 ]
}

# Start add without paths and give out its process.
read_backlog() {
    "$DOKAZ" -C "$V" add >"$1" 2>&1 &
}

@test "two that read the same sources at once write each text once" {
    new_vault
    expect 0 dokaz add --preserve-only --basis published "$FILES"
    read_backlog one.txt
    local one=$!
    read_backlog two.txt
    local two=$!
    wait "$one" && wait "$two"
    contents >this.txt
    local sources
    sources=$(grep -c '^source' this.txt)
    [ "$(grep '^entries' this.txt)" = "entries $sources $sources" ]
    expect 0 dokaz verify --deep
}

@test "what is removed while it is read does not come back" {
    new_vault
    mkdir long
    for n in 1 2 3 4 5 6; do
        yes "The office sent $n people away. Zeisigwort" | head -c 6000000 >"long/$n.txt"
    done
    expect 0 dokaz add --preserve-only --basis published --json long
    local last
    last=$(json id | tail -n 1)
    read_backlog read.txt
    local reader=$!
    expect 0 dokaz purge "$last" --reason "asked for"
    wait "$reader" || { cat read.txt; false; }
    [ "$(dokaz sources --json | wc -l)" -eq 5 ]
    # Texts of the five, and nothing of the sixth after the entry that removed it.
    [ "$(dokaz log --json | grep -c '"kind":"text.derived"')" -eq 5 ]
    expect 0 dokaz verify --deep
}
