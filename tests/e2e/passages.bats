#!/usr/bin/env bats
# Texts that are read anew, the quotes that rest on them, and where a quote stands: page, minute, cell.
load helpers

# dokaz with a reader of RTF beside it as it might have been before: it takes a hidden table for words, and
# names itself with an older version. Everything else is as it is.
older_readers() {
    mkdir -p "$BATS_TEST_TMPDIR/readers"
    cp "$DOKAZ" "${DOKAZ%/*}/dokaz-read-text" "${DOKAZ%/*}/dokaz-read-rtf" "$BATS_TEST_TMPDIR/readers/"
    python3 - "$BATS_TEST_TMPDIR/readers/dokaz-read-rtf" <<'PY'
import sys
path = sys.argv[1]
program = open(path, "rb").read()
for now, before in ((b"\0rsidtbl\0", b"\0rsidtbx\0"), (b"\0rtf/2\0", b"\0rtf/0\0")):
    assert now in program, now
    program = program.replace(now, before)
open(path, "wb").write(program)
PY
}

add_notice() {
    printf '{\\rtf1\\ansi{\\rsidtbl %s}The clinic sent patients without a passport away.\\par Those without a passport waited outside.}' \
        "$1" >"$FILES/notice.rtf"
    older_readers
    "$BATS_TEST_TMPDIR/readers/dokaz" -C "$V" add --basis published "$FILES/notice.rtf" >/dev/null 2>&1
    SRC=$(dokaz sources --json | first id)
}

first() { # KEY, of the first JSON line on standard input
    python3 -c 'import json,sys; print(json.loads(sys.stdin.readline())[sys.argv[1]])' "$1"
}

record() { # WORDS
    printf '{"sphere": "healthcare", "means": "denial", "date": "2024-03", "passages": [{"source": "%s", "exact": "%s"}]}' "$SRC" "$1" |
        dokaz record act
}

setup_more() {
    new_vault
}

@test "a newer reader: quotes are counted, shown, confirmed, and stay so" {
    add_notice "Draft of the council "
    one=$(record "sent patients without")
    two=$(record "Draft of the council The clinic")
    expect 0 dokaz passages
    says "All passages stand"
    expect 0 dokaz re-extract
    says "$SRC  has a new text version; passages that rest on it: 0 same, 1 moved, 1 orphan"
    says "2 passages do not stand where they stood"
    expect 0 dokaz re-extract
    says "Nothing to read again"
    says "1 source was skipped"
    expect 0 dokaz re-extract "$SRC"
    says "Nothing to read again"
    says "1 source was skipped"
    expect 0 dokaz re-extract --force "$SRC"
    says "0 with a new text version, 1 unchanged"
    expect 0 dokaz passages
    says "1 moved, 1 orphan"
    says "⟦sent patients without⟧"
    expect 0 dokaz facts
    output=$(printf '%s' "$output" | tr -s ' \n' ' ')
    says "the quote stands elsewhere in the current text"
    says "the quote is not in the current text as it is"
    expect 0 dokaz chronology --json
    says '"state":"orphan"'
    expect 0 dokaz chronology
    output=$(printf '%s' "$output" | tr -s ' \n' ' ')
    says "in an earlier reading of its source"
    expect 0 dokaz show "$one"
    says "the quote stands elsewhere"
    says "Its words stand in the text version they were taken from"
    expect 0 dokaz passages confirm "$one"
    says "the passage stands at 11 to 32"
    expect 0 dokaz show "$one"
    says "$SRC 11-32 · place confirmed"
    expect 1 dokaz passages confirm "$two"
    case $errors in *"a confirmation cannot change words"*) ;; *) echo "$errors"; return 1 ;; esac
    expect 1 dokaz passages confirm "$one"
    expect 0 dokaz passages "$SRC" --json
    [ "$(json fact)" = "$two" ]
    expect 0 dokaz passages "$one" --json
    [ -z "$output" ]
    # A revision keeps the confirmed place; so does what --json printed.
    expect 0 dokaz show "$one" --json
    printf '%s' "$output" | python3 -c 'import json,sys; f=json.load(sys.stdin); print(json.dumps({"passages": f["passages"]}))' >back.json
    expect 0 dokaz revise "$one" <back.json
    expect 0 dokaz show "$one"
    says "$SRC 11-32"
    expect 0 dokaz verify --deep
}

@test "words that stand twice need a person to say which" {
    add_notice "Draft "
    one=$(printf '{"sphere": "healthcare", "means": "denial", "passages": [{"source": "%s", "exact": "without a passport", "start": 31, "end": 49}]}' "$SRC" |
        dokaz record act)
    expect 0 dokaz re-extract
    expect 0 dokaz passages "$one" --json
    python3 - <<PY
import json
case = json.loads('''$output''')
assert case["state"] == "moved" and case["places_in_all"] == 2, case
assert case["places"][0]["start"] == 25 and case["places"][0]["agrees"] > case["places"][1]["agrees"], case
PY
    expect 1 dokaz passages confirm "$one"
    case $errors in *--at*) ;; *) echo "$errors"; return 1 ;; esac
    expect 1 dokaz passages confirm "$one" 1 --at 5
    expect 2 dokaz passages confirm "$one" 0
    expect 2 dokaz passages confirm
    expect 2 dokaz passages --at 5
    expect 0 dokaz passages confirm "$one" 1 --at 25
    expect 0 dokaz passages
    says "All passages stand"
}

@test "suggestions follow the new text, and what was rejected stays rejected" {
    sample_en "$FILES/plain.txt"
    { printf '{\\rtf1\\ansi{\\rsidtbl Draft. }'; sed 's/$/\\par/' "$FILES/plain.txt"; printf '}'; } >"$FILES/notice.rtf"
    older_readers
    "$BATS_TEST_TMPDIR/readers/dokaz" -C "$V" add --basis published "$FILES/notice.rtf" >/dev/null 2>&1
    before=$(dokaz suggest --json | wc -l)
    [ "$before" -gt 1 ]
    dokaz suggest --json >lines.json
    first=$(first id <lines.json)
    expect 0 dokaz reject "$first"
    left=$(dokaz suggest --json | wc -l)
    expect 0 dokaz re-extract
    says "has a new text version"
    dokaz suggest --json >again.json
    [ "$(wc -l <again.json)" -eq "$left" ]
    refute grep -qF "$first" again.json
}

@test "quotes, lists and search say page, time and cell" {
    root=$BATS_TEST_DIRNAME/../..
    expect 0 dokaz add --basis published "$root/tests/fixtures/pdf/letter.pdf" "$root/tests/fixtures/text/talk.srt"
    pdf=$(dokaz sources --json | python3 -c 'import json,sys; print([json.loads(l)["id"] for l in sys.stdin if ".pdf" in l][0])')
    srt=$(dokaz sources --json | python3 -c 'import json,sys; print([json.loads(l)["id"] for l in sys.stdin if ".srt" in l][0])')
    expect 0 dokaz text "$pdf" --locators
    says "⟦page 1⟧"
    expect 0 dokaz text "$srt" --locators
    says "⟦time 00:00:"
    for id in "$pdf" "$srt"; do
        dokaz text "$id" >text.txt
        words=$(python3 -c 'import json,sys; t=open("text.txt", encoding="utf-8").read(); print(json.dumps([w for w in t.split() if len(w) > 5 and t.count(w) == 1][0])[1:-1])')
        SRC=$id
        fact=$(record "$words")
        expect 0 dokaz show "$fact"
        case $id in "$pdf") says " · p. " ;; *) says " · 00:0" ;; esac
        expect 0 dokaz show "$id"
        case $id in "$pdf") says " page" ;; *) says " times" ;; esac
        expect 0 dokaz facts --source "$id"
        case $id in "$pdf") says "(p. " ;; *) says "(00:0" ;; esac
        expect 0 dokaz facts --source "$id" --json
        case $id in "$pdf") says '"page":"' ;; *) says '"time":"00:0' ;; esac
        expect 0 dokaz search "$(printf '"%s"' "$words" | python3 -c 'import json,sys; print(json.load(sys.stdin))')"
        case $id in "$pdf") says " · p. " ;; *) says " · 00:0" ;; esac
    done
    expect 0 dokaz report report.html
    grep -q ", p. " report.html
    expect 0 dokaz export bag out
    python3 - out/data/facts.jsonld <<'PY'
import json, sys
graph = json.load(open(sys.argv[1], encoding="utf-8"))["@graph"]
targets = [t for n in graph for t in n.get("target", [])]
fragments = sorted(s["value"] for t in targets for s in t["selector"] if s["type"] == "FragmentSelector")
assert len(targets) == 2 and fragments[0].startswith("page=") and fragments[1].startswith("t="), fragments
assert all(t["dokaz:where"] for t in targets)
PY
}
