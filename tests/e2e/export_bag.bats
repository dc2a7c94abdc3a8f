#!/usr/bin/env bats
# Packages: what leaves is what the preview said, common tools accept it, and what is held back is in
# no byte of it.
load helpers
load hostile

CHECKER=${BATS_TEST_DIRNAME:-.}/../checker/check.py

setup_more() {
    new_vault
    sample_en "$FILES/clinic.txt"
    sample_uk "$FILES/школа 1.txt"
    dokaz add --basis published "$FILES/clinic.txt" >/dev/null 2>&1
    dokaz add --basis official "$FILES/школа 1.txt" >/dev/null 2>&1
    SRC=$(id_of clinic.txt)
}

id_of() { # FILE NAME
    dokaz sources --json | python3 -c '
import json, sys
print(next(s["id"] for s in map(json.loads, sys.stdin) if s["name"] == sys.argv[1]))' "$1"
}

record() { # KIND JSON
    printf '%s' "$2" | dokaz record "$1" --json | json id "$(cat)"
}

QUOTE="the city hospital refused to treat patients who had no Russian passport"
act() { # SOURCE QUOTE [FURTHER FIELDS]
    record act '{"sphere": "healthcare", "means": "denial", "date": "2024-03-05",
        "place_id": "UA2308007001", '"${3-}"'
        "passages": [{"source": "'"$1"'", "exact": "'"$2"'"}]}'
}

# accepted FOLDER: by the tools that everybody has.
accepted() {
    (
        cd "$1"
        sha256sum --quiet --strict -c manifest-sha256.txt
        sha512sum --quiet --strict -c manifest-sha512.txt
        sha256sum --quiet --strict -c tagmanifest-sha256.txt
        sha512sum --quiet --strict -c tagmanifest-sha512.txt
        ssh-keygen -Y verify -f allowed_signers -I dokaz -n dokaz-package \
            -s tagmanifest-sha512.txt.sig <tagmanifest-sha512.txt
        LC_ALL=C sort -c -k 2 manifest-sha256.txt
        LC_ALL=C sort -c -k 2 tagmanifest-sha512.txt
    ) >"$BATS_TEST_TMPDIR/accepted" 2>&1 || {
        cat "$BATS_TEST_TMPDIR/accepted"
        return 1
    }
    expect 0 python3 "$CHECKER" package "$1"
    expect 0 "$DOKAZ_VERIFY" "$1"
    says "sound: "
}

# nowhere FOLDER WORD...: in no name and no byte, also not inside a proof.
nowhere() {
    local folder=$1
    shift
    printf '%s\n' "$@" >"$BATS_TEST_TMPDIR/words"
    expect 0 python3 "$TOOLS/canaries.py" --words "$BATS_TEST_TMPDIR/words" "$folder"
}

# The words have to be findable where they are not withheld, or looking for them proves nothing.
somewhere() {
    local folder=$1
    shift
    printf '%s\n' "$@" >"$BATS_TEST_TMPDIR/words"
    expect 1 python3 "$TOOLS/canaries.py" --words "$BATS_TEST_TMPDIR/words" "$folder"
}

no_leftovers() {
    [ -z "$(find . -maxdepth 1 -name 'out*')" ] || {
        find . -maxdepth 1 -name 'out*'
        return 1
    }
}

@test "a package is accepted by common tools and by both checkers" {
    act "$SRC" "$QUOTE" >/dev/null
    dokaz accept --all >/dev/null
    expect 0 dokaz export bag out
    says "sources 2, facts"
    says "Marked as internal"
    accepted out
    grep -q '^INTERNAL:' out/README.en.txt
    grep -q '^Dokaz-Status: INTERNAL' out/bag-info.txt
    grep -qx 'BagIt-Version: 1.0' out/bagit.txt
    cmp "$FILES/clinic.txt" "out/data/originals/$SRC/clinic.txt"
    python3 - <<'PY'
import json
from pathlib import Path
out = Path("out")
index = json.loads((out / "data/package.json").read_text())
graph = json.loads((out / "data/facts.jsonld").read_text())["@graph"]
facts = {n["id"]: n for n in graph if n["type"] == "Annotation"}
assert len(facts) == len(index["facts"]) > 3
quotes = 0
for fact in facts.values():
    for target in fact["target"]:
        text = (out / target["dokaz:text"]).read_text()
        quote, place = target["selector"]
        assert text[place["start"]:place["end"]] == quote["exact"]
        quotes += 1
assert quotes >= len(facts)
ids = {n["id"] for n in graph}
for fact in facts.values():
    assert set(fact.get("body", [])) <= ids, fact
concept = next(n for n in graph if n["id"] == "urn:dokaz:code:sphere:healthcare")
assert concept["prefLabel"]["en"] and concept["prefLabel"]["uk"]
named = [f for f in index["files"] if f.get("name") == "школа 1.txt"]
assert named[0]["path"].endswith("/______1.txt"), named
PY
    octets=$(find out/data -type f -printf '%s\n' | awk '{ s += $1; n++ } END { print s "." n }')
    grep -qx "Payload-Oxum: $octets" out/bag-info.txt
}

@test "the preview names exactly what leaves, and leaves nothing" {
    act "$SRC" "$QUOTE" >/dev/null
    dokaz log --json >before
    expect 0 dokaz export bag out --preview --json
    printf '%s\n' "$output" >preview
    no_leftovers
    dokaz log --json | cmp - before
    expect 0 dokaz export bag out --preview
    says "This was a preview"
    says "withheld: member"
    expect 0 dokaz export bag out --json
    python3 - <<'PY'
import json
from pathlib import Path
lines = [json.loads(l) for l in open("preview")]
said = {l["path"] for l in lines if l["type"] == "file"}
there = {str(p.relative_to("out")) for p in Path("out").rglob("*") if p.is_file()}
assert said == there, said ^ there
for l in lines:
    # The time of making stands in some files, with or without a fraction.
    if l["type"] == "file" and l["path"].startswith(("data/o", "data/t", "data/pr", "data/f", "data/c")):
        assert Path("out", l["path"]).stat().st_size == l["size"], l
PY
}

@test "what must not leave is in no byte" {
    mkdir -p "$FILES/CANARYDIR"
    printf 'CANARYPUBLISHED: a clinic in Melitopol turned people away.\n' >"$FILES/CANARYDIR/deep.txt"
    printf 'CANARYUNSTATED words\n' >"$FILES/unstated.txt"
    printf 'CANARYTESTIMONY: they told me to leave.\n' >"$FILES/testimony.txt"
    printf 'CANARYPRIVATE: a letter of refusal.\n' >"$FILES/letter.txt"
    printf 'CANARYRESTRICTED: an official list of offices.\n' >"$FILES/list.txt"
    printf 'CANARYSEALED: another official list.\n' >"$FILES/sealed.txt"
    dokaz add --basis published "$FILES/CANARYDIR" >/dev/null 2>&1
    dokaz add "$FILES/unstated.txt" >/dev/null 2>&1
    dokaz add --basis testimony "$FILES/testimony.txt" >/dev/null 2>&1
    dokaz add --basis private_document "$FILES/letter.txt" >/dev/null 2>&1
    dokaz add --basis official "$FILES/list.txt" "$FILES/sealed.txt" >/dev/null 2>&1
    printf '{"access": "restricted"}' | dokaz describe "$(id_of list.txt)" >/dev/null
    printf '{"access": "sealed"}' | dokaz describe "$(id_of sealed.txt)" >/dev/null
    deep=$(id_of deep.txt) witness=$(id_of testimony.txt)
    printf '{"publisher": "CANARYOLDPUBLISHER"}' | dokaz describe "$deep" >/dev/null
    printf '{"publisher": "VISIBLEPUBLISHER", "note": "CANARYNOTE", "tags": ["CANARYTAG"],
        "derivative_of": "%s"}' "$witness" | dokaz describe "$deep" >/dev/null

    first=$(act "$SRC" "$QUOTE" '"note": "CANARYFACTNOTE", "tags": ["CANARYFACTTAG"],
        "assessment_by": "CANARYASSESSOR", "summary": "CANARYOLDSUMMARY",
        "victims": {"persons": ["per-canary731"]},')
    printf '{"summary": "VISIBLESUMMARY"}' | dokaz revise "$first" >/dev/null
    other=$(act "$witness" "they told me to leave" '"summary": "CANARYTESTFACT",')
    mixed=$(record act '{"sphere": "healthcare", "means": "denial", "summary": "CANARYMIXED",
        "passages": [{"source": "'"$SRC"'", "exact": "a nurse said"},
                     {"source": "'"$witness"'", "exact": "told me"}]}')
    gone=$(act "$SRC" "a nurse said" '"summary": "CANARYWITHDRAWN",')
    dokaz withdraw "$gone" --reason "CANARYREASON" >/dev/null
    purged=$(act "$SRC" "In Melitopol" '"summary": "CANARYPURGED",')
    dokaz purge "$purged" --reason CANARYPURGE >/dev/null

    expect 0 dokaz export bag out --for icc_un --to "Office of the Prosecutor"
    says "sources left out: 2 (access is not open)"
    says "sources left out: 2 (testimony"
    says "sources left out: 1 (its basis is not stated)"
    says "facts left out: 2"
    accepted out
    grep -q '^Made for: Office of the Prosecutor' out/README.en.txt
    somewhere out CANARYPUBLISHED
    somewhere out VISIBLEPUBLISHER
    somewhere out VISIBLESUMMARY
    member=$(dokaz log --json --limit 1 | json member "$(cat)")
    [ "${#member}" -eq 16 ]
    nowhere out CANARYUNSTATED CANARYTESTIMONY CANARYPRIVATE CANARYRESTRICTED CANARYSEALED \
        CANARYDIR CANARYOLDPUBLISHER CANARYNOTE CANARYTAG CANARYFACTNOTE CANARYFACTTAG \
        CANARYASSESSOR CANARYOLDSUMMARY per-canary731 CANARYTESTFACT CANARYMIXED CANARYWITHDRAWN \
        CANARYREASON CANARYPURGED CANARYPURGE "$witness" "$other" "$mixed" "$gone" "$purged" "$member"
    # Fewer than five of a kind are not counted for a reader.
    python3 - <<'PY'
import json
left = json.load(open("out/data/package.json"))["left_out"]
assert sorted(l["reason"] for l in left) == ["access", "basis", "unstated"], left
assert all("count" not in l for l in left), left
PY
    # The same holds for what is printed to the team, which may know.
    expect 0 dokaz export bag other --preview
    says "$witness  testimony.txt: testimony or private document"
    says "$mixed  rests on a source that must not leave"
    expect 0 dokaz export bag other --preview --fact "$first,$gone"
    says "$gone  withdrawn, or outside what else was chosen"
}

@test "a public package has no names of private persons and tells acts by month and raion" {
    cat >"$FILES/witness.txt" <<'TEXT'
Halyna Kotenko, a retired seamstress from Tokmak, was turned away at the clinic because she had no Russian passport. "They laughed," Halyna Kotenko said.

The hospital in Tokmak refused to treat patients without Russian papers.
TEXT
    printf '%s\n' '<html><head><meta name="description" content="Halyna Kotenko told us more">' \
        '</head><body><p>The hospital in Tokmak refused everybody.</p></body></html>' >"$FILES/hidden.html"
    dokaz add --basis published "$FILES/witness.txt" "$FILES/hidden.html" >/dev/null 2>&1
    # Named in passing where nothing says that she needs protection, and in what somebody told us.
    printf 'At the opening of the school Iryna Bondarenko cut the ribbon.\n' >"$FILES/school.txt"
    printf 'Iryna Bondarenko, a nurse from Tokmak, was beaten for having no passport, she told us.\n' \
        >"$FILES/told.txt"
    dokaz add --basis published "$FILES/school.txt" >/dev/null 2>&1
    dokaz add --basis testimony "$FILES/told.txt" >/dev/null 2>&1
    witness=$(id_of witness.txt)
    named=$(act "$witness" "Halyna Kotenko said" '"summary": "as Halyna Kotenko told",')
    plain=$(act "$witness" "refused to treat patients without Russian papers")
    expect 0 dokaz export --public bag out
    says "sources left out: 3 (names a private person"
    accepted out
    nowhere out Kotenko Bondarenko Halyna UA2308007001 2024-03-05
    [ ! -e "out/data/originals/$witness" ]
    python3 - "$named" "$plain" <<'PY'
import json, sys
graph = {n["id"]: n for n in json.load(open("out/data/facts.jsonld"))["@graph"]}
named, plain = (graph["urn:dokaz:" + i] for i in sys.argv[1:])
assert "passages" not in named["dokaz:record"] and "summary" not in named["dokaz:record"]
target, = named["target"]
assert "withheld" in target["dokaz:masked"], target
assert [s["type"] for s in target["selector"]] == ["TextPositionSelector"]
assert plain["dokaz:record"]["passages"][0]["exact"].startswith("refused to treat")
for fact in (named, plain):
    assert fact["dokaz:coarse"] == {"date": "2024-03", "place_id": "UA2308"}, fact
    assert not {"date", "place_id", "place"} & set(fact["dokaz:record"])
assert json.load(open("out/data/package.json"))["public"] is True
PY
    # Inside the team the same package holds all of it.
    expect 0 dokaz export bag inside
    somewhere inside Kotenko
    accepted inside
}

@test "filters choose facts and their sources, or sources and their facts" {
    school=$(id_of "школа 1.txt")
    fact=$(act "$SRC" "$QUOTE")
    both=$(record act '{"sphere": "pensions_benefits", "means": "denial", "date": "2023-10",
        "passages": [{"source": "'"$SRC"'", "exact": "a nurse said"},
                     {"source": "'"$school"'", "exact": "У Бердянську"}]}')
    expect 0 dokaz export bag one --fact "$fact"
    accepted one
    nowhere one "$school" "$both"
    expect 0 dokaz export bag two --sphere pensions_benefits --since 2023 --until 2023-12
    accepted two
    nowhere two "$fact"
    somewhere two "$school"
    expect 0 dokaz export bag three --source "$SRC"
    accepted three
    nowhere three "$school" Бердянську
    python3 - "$both" <<'PY'
import json, sys
graph = {n["id"]: n for n in json.load(open("three/data/facts.jsonld"))["@graph"]}
fact = graph["urn:dokaz:" + sys.argv[1]]
assert "passages" not in fact["dokaz:record"]
assert [t["selector"][0]["exact"] for t in fact["target"]] == ["a nurse said"]
PY
    expect 1 dokaz export bag none --since 2031
    error_says export "nothing that may leave was chosen"
    [ ! -e none ]
    expect 2 dokaz export bag none --fact "$SRC"
    expect 2 dokaz export zip none
    expect 2 dokaz export bag none --for fun
}

@test "an export is an entry that says what left" {
    expect 0 dokaz export bag out --for icc_un --to "The Court"
    tag=$(sha256sum out/tagmanifest-sha512.txt | cut -d ' ' -f 1)
    dokaz log --kind export.made --json >entry
    python3 - "$tag" "$SRC" <<'PY'
import json, sys
entry = json.loads(open("entry").read())
assert entry["format"] == "bag" and entry["purpose"] == "icc_un" and entry["to"] == "The Court"
assert entry["public"] is False and entry["sha256"] == sys.argv[1]
assert sys.argv[2] in entry["sources"] and len(entry["sources"]) == 2 and entry["facts"] == []
PY
    expect 0 dokaz log --kind export.made
    says "taken out"
    expect 0 dokaz log --item "$SRC"
    says "taken out"
}

@test "timestamps come along, and openssl accepts them with the commands of the guide" {
    python3 "$TOOLS/tsa.py" make authority >/dev/null
    python3 "$TOOLS/tsa.py" serve authority >port &
    server=$!
    until_true test -s port
    dokaz settings organization "Archive of the Steppe" >/dev/null
    for name in good middle; do
        dokaz settings "timestamp.$name" "http://127.0.0.1:$(cat port)/$name" \
            --certificates authority/ca.pem >/dev/null
    done
    dokaz timestamp >/dev/null
    kill "$server"
    expect 0 dokaz export bag out --for icc_un
    says "timestamps 2"
    accepted out
    says "timestamps 2"
    grep -qx 'Source-Organization: Archive of the Steppe' out/bag-info.txt
    cd out
    # The guide's own lines, joined where they end in a backslash.
    sed -e ':a' -e '/\\$/N; s/\\\n *//; ta' README.en.txt | grep '^    openssl ts -verify' >../commands
    [ "$(wc -l <../commands)" -eq 2 ]
    expect 0 bash ../commands
    [ "$(grep -c '^Verification: OK' <<<"$output$errors")" -eq 2 ]
    seconds=$(sed -n 's/^    -attime \([0-9]*\) .*/\1/p' README.en.txt | head -n 1)
    expect 0 bash <(sed "s/$/ -attime $seconds/" ../commands)
    cd ..
}

@test "versions in conflict and in bulk are marked" {
    dokaz accept --all >/dev/null
    expect 0 dokaz export bag out
    says "reviewed by nobody"
    grep -q '"dokaz:review":"bulk"' out/data/facts.jsonld
    grep -q 'accepted in bulk' out/README.en.txt
    fact=$(act "$SRC" "$QUOTE")
    expect 0 dokaz export bag reviewed --reviewed
    [ "$(grep -o '"dokaz:review":"[a-z]*"' reviewed/data/facts.jsonld)" = '"dokaz:review":"reviewed"' ]
    accepted reviewed
    somewhere reviewed "$fact"
}

@test "what is there is never written over, and leftovers go" {
    mkdir out out.tmp-0123456789abcdef
    touch out.tmp-0123456789abcdef/half out.tmp-mine
    expect 1 dokaz export bag out
    error_says export "is there already"
    [ -z "$(ls out)" ]
    rmdir out
    expect 0 dokaz export bag out/
    [ ! -e out.tmp-0123456789abcdef ]
    [ -e out.tmp-mine ]
    accepted out
    expect 1 dokaz export bag missing/out
    error_says export "No such file"
}

@test "sealed for a recipient, nothing lies open" {
    command -v age-keygen || skip "the age tool is not here"
    age-keygen -o key 2>/dev/null
    recipient=$(age-keygen -y key)
    expect 0 dokaz export bag out --seal-for "$recipient"
    [ -f out.age ]
    [ ! -e out ]
    nowhere out.age hospital clinic.txt
    mkdir open
    age -d -i key out.age | tar x -C open
    accepted open/out
    expect 1 dokaz export bag out --seal-for "$recipient"
    error_says export "is there already"
    expect 1 dokaz export bag more --seal-for age1nobody
    [ ! -e more.age ]
}

@test "interrupted, killed or full, it leaves no half package and says so" {
    without_leak_check
    head -c 3000000 /dev/urandom >"$FILES/large.bin"
    dokaz add --basis published "$FILES/large.bin" >/dev/null 2>&1
    dokaz log --json >before
    mkdir disk
    expect 0 in_own_mounts '
        mount -t tmpfs -o size=1m none disk
        got=0
        "$DOKAZ" -C "$1" export bag disk/out >said 2>errors || got=$?
        [ "$got" -eq 1 ] || { echo "exit $got"; cat said errors; exit 1; }
        [ -z "$(ls -A disk)" ] || { ls -AR disk; exit 1; }
        mount -t tmpfs -o ro none disk
        "$DOKAZ" -C "$1" export bag disk/out >>said 2>>errors && exit 1
        [ -z "$(ls -A disk)" ]
    ' "$V"
    errors=$(cat errors)
    error_says export "No space left"
    error_says export "Read-only file system"
    dokaz log --json | cmp - before

    # Killed at some system call that writes, it leaves at most what the next one removes.
    local cut=0
    for point in mkdirat:1 write:30 fsync:1 fsync:25; do
        timeout 120 strace -f -qq -o /dev/null -e "trace=${point%:*}" \
            -e "inject=${point%:*}:signal=KILL:when=${point#*:}" \
            "$DOKAZ" -C "$V" export bag out >/dev/null 2>&1 || cut=$((cut + 1))
        [ ! -e out ] || { accepted out && rm -r out; }
    done
    [ "$cut" -ge 3 ]
    expect 0 dokaz export bag out
    accepted out
    [ "$(find . -maxdepth 1 -name 'out*' | wc -l)" -eq 1 ]
}
