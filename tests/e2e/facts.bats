#!/usr/bin/env bats
# Suggestions, decisions, facts by hand, and what the views make of them.
load helpers

setup_more() {
    new_vault
    sample_en "$FILES/clinic.txt"
    sample_uk "$FILES/school.txt"
    dokaz add --basis published "$FILES/clinic.txt" "$FILES/school.txt" >/dev/null 2>&1
    SRC=$(dokaz sources --json | python3 -c 'import json,sys; print(json.loads(sys.stdin.readline())["id"])')
}

record() { # KIND JSON
    printf '%s' "$2" | dokaz record "$1"
}

an_act() {
    record act '{"sphere": "healthcare", "means": "denial", "scope": "general_claim",
        "date": "2024-03", "passages": [{"source": "'"$SRC"'",
        "exact": "the city hospital refused to treat patients who had no Russian passport"}]}'
}

@test "suggest --json has the flat fields of every kind" {
    expect 0 dokaz suggest --json
    python3 - <<PY
import json
lines = [json.loads(l) for l in '''$output'''.splitlines()]
assert lines, "no suggestions"
kinds = set()
for s in lines:
    kinds.add(s["kind"])
    for field in ("id", "source", "doc", "kind", "start", "end", "quote", "rule", "score"):
        assert field in s, (field, s)
    assert s["end"] - s["start"] == len(s["quote"]), s
assert {"act", "figure"} <= kinds, kinds
act = next(s for s in lines if s["kind"] == "act" and s["doc"] == "clinic")
assert act["sphere"] and act["means"], act
PY
    expect 0 dokaz suggest "$SRC" --kind act --json
    [ "$(json doc | sort -u)" = clinic ]
    expect 2 dokaz suggest --kind acts
}

@test "quotes of suggestions stand in the text at their offsets" {
    dokaz text "$SRC" >text.txt
    dokaz suggest "$SRC" --json >lines.json
    python3 - <<'PY'
import json
text = open("text.txt", encoding="utf-8").read()
for line in open("lines.json", encoding="utf-8"):
    s = json.loads(line)
    assert text[s["start"]:s["end"]] == s["quote"], s
PY
}

@test "accept and reject decide for good" {
    id=$(dokaz suggest "$SRC" --kind act --json | json id "$(cat)" | head -n 1)
    expect 0 dokaz accept "$id" --json
    fact=$(json id)
    expect 0 dokaz show "$fact" --json
    [ "$(json reviewed)" = true ]
    expect 1 dokaz accept "$id"
    other=$(dokaz suggest --kind figure --json | json id "$(cat)" | head -n 1)
    expect 0 dokaz reject "$other"
    expect 0 dokaz suggest --json
    says_not "$other"
    says_not "$id"
    expect 0 dokaz suggest --all
    says "$other"
    expect 0 dokaz rebuild
    expect 0 dokaz suggest --json
    says_not "$other"
}

@test "accept --all counts by kind; a dry run changes nothing" {
    expect 0 dokaz accept --all --dry-run --json
    would=$(json accepted)
    [ "$would" -gt 0 ]
    expect 0 dokaz facts --json
    [ -z "$output" ]
    expect 0 dokaz accept --all --json
    # Suggestions that say the same of one sentence become one fact.
    [ "$(json accepted)" -gt 0 ]
    [ "$(json accepted)" -le "$would" ]
    expect 0 dokaz facts --json
    [ "$(json bulk | sort -u)" = true ]
    expect 0 dokaz facts
    says "not reviewed"
    [ "$(grep -c 'accepted in bulk' <<<"$output")" -eq 1 ]
    says "◇"
    expect 2 dokaz accept --all sug-1
    expect 2 dokaz accept
}

@test "show and log say codes in words, in the language asked for" {
    fact=$(an_act)
    fact=$(dokaz facts --json | json id "$(cat)" | head -n 1)
    expect 0 dokaz show "$fact"
    says "Health care"
    [[ $output != *general_claim* && $output != *healthcare* ]]
    expect 0 dokaz --lang uk show "$fact"
    says "охоплення:"
    says "записано"
    [[ $output != *recorded* ]]
    expect 0 dokaz --lang uk log
    says "діяння, Охорона здоров’я"
    expect 0 dokaz --lang uk show "$SRC"
    says "прочитано"
}

@test "accept --all leaves sources without a stated basis in the queue" {
    printf '{"basis": "unstated"}' | dokaz describe "$SRC"
    expect 0 dokaz accept --all --source "$SRC" --json
    [ "$(json accepted)" -eq 0 ]
    [ "$(json not_public)" -gt 0 ]
}

@test "review from standard input: edit, accept, reject, quit" {
    review() { printf "$1" | dokaz review --source "$SRC" --kind act; }
    expect 0 review 'e\nnote=checked by hand\n\na\nq\n'
    says "⟦"
    says "1 accepted"
    expect 0 dokaz facts act --json
    [ "$(json note)" = "checked by hand" ]
    [ "$(json reviewed)" = true ]
    n=$(dokaz suggest "$SRC" --kind act --json | wc -l)
    if [ "$n" -gt 0 ]; then
        expect 0 review 'x\nr\n'
        says "1 rejected"
        says "type one of"
        [ "$(dokaz suggest "$SRC" --kind act --json | wc -l)" -eq $((n - 1)) ]
    fi
    expect 0 review ''
}

@test "a fact by hand needs its exact words" {
    expect 0 an_act
    id=$output
    expect 0 dokaz show "$id"
    says "[the city hospital refused to treat"
    expect 1 record act '{"sphere": "healthcare", "means": "denial", "passages": [{"source":
        "'"$SRC"'", "exact": "the hospital turned everyone away"}]}'
    error_says record "passage"
    expect 1 record act '{"sphere": "healthcare", "means": "denial"}'
    expect 1 record act '{"sphere": "hospital", "means": "denial", "passages": [{"source":
        "'"$SRC"'", "exact": "a nurse"}]}'
    expect 2 record deed '{}'
}

@test "what dokaz must not keep is refused" {
    expect 1 record act '{"sphere": "healthcare", "means": "denial", "passport_number": "1",
        "passages": [{"source": "'"$SRC"'", "exact": "a nurse"}]}'
    expect 0 dokaz facts --json
    [ -z "$output" ]
}

@test "revise and withdraw keep the history" {
    id=$(an_act)
    revise() { printf '%s' "$2" | dokaz revise "$1"; }
    expect 0 revise "$id" '{"note": "seen twice"}'
    expect 0 dokaz show "$id" --json
    [ "$(json note)" = "seen twice" ]
    [ "$(json versions.1.action)" = revised ]
    expect 2 dokaz withdraw "$id"
    expect 0 dokaz withdraw "$id" --reason "one event coded twice"
    expect 0 dokaz facts --json
    [ -z "$output" ]
    expect 0 dokaz facts --state withdrawn --json
    [ "$(json id)" = "$id" ]
    expect 1 revise "$id" '{"note": "x"}'
}

@test "facts filter by kind, sphere, place, date, source" {
    id=$(record act '{"sphere": "healthcare", "means": "denial", "scope": "specific_event", "date": "2024-03-05",
        "place_id": "UA2308007001", "passages": [{"source": "'"$SRC"'",
        "exact": "the city hospital refused to treat patients who had no Russian passport"}]}')
    [ -n "$id" ]
    for filter in "--sphere healthcare" "--means denial" "--source $SRC" "--from 2024-01 --to 2024-06" \
        "--from 2024" "--place UA2308007001" "--reviewed" "--state current"; do
        # shellcheck disable=SC2086
        expect 0 dokaz facts act --json $filter
        [ "$(json id)" = "$id" ] || { echo "$filter"; return 1; }
    done
    for filter in "--sphere pensions_benefits" "--to 2023" "--from 2025" "--unreviewed" "--state withdrawn"; do
        # shellcheck disable=SC2086
        expect 0 dokaz facts act --json $filter
        [ -z "$output" ] || { echo "$filter"; return 1; }
    done
    expect 2 dokaz facts --sphere helthcare
    error_says facts "did you mean 'healthcare'"
    expect 2 dokaz facts --from 2025 --to 2024
    expect 1 dokaz facts --place Atlantis
    expect 2 dokaz facts deeds
}

@test "purge of a source with facts is refused until they go with it" {
    id=$(an_act)
    expect 1 dokaz purge "$SRC" --reason "wrong file"
    error_says purge "fact"
    expect 0 dokaz purge "$SRC" --reason "wrong file" --with-facts
    expect 0 dokaz facts --json
    [ -z "$output" ]
    expect 0 dokaz verify
}

@test "chronology, matrix and figures rest on quotes" {
    dokaz accept --all >/dev/null
    expect 0 dokaz chronology --no-reference --json
    python3 - <<PY
import json
rows = [json.loads(l) for l in '''$output'''.splitlines()]
assert rows
for row in rows:
    assert not row["reference"] and row["facts"], row
    assert all(p["exact"] for f in row["facts"] for p in f["passages"]), row
PY
    expect 0 dokaz chronology
    says "reference"
    says "Documented in this collection"
    expect 0 dokaz figures --json
    says '"value"'
    expect 0 dokaz figures
    says "2"
    expect 0 dokaz matrix --json
    says '"state"'
    expect 0 dokaz matrix --level settlement --step year
    says "no information"
    expect 2 dokaz matrix --step week
    expect 2 dokaz chronology --kind acts
    expect 0 dokaz chronology --kind deadline --json
    [ "$(json kind | sort -u)" = deadline ]
}

@test "report writes one file, records it, and does not overwrite" {
    dokaz accept --all >/dev/null
    expect 0 dokaz report out.html
    says "out.html"
    grep -q '</html>' out.html
    says "$(sha256sum <out.html | cut -d ' ' -f 1)"
    expect 0 dokaz log --kind export.made --json
    [ "$(json sha256)" = "$(sha256sum <out.html | cut -d ' ' -f 1)" ]
    expect 1 dokaz report out.html
    error_says report "already"
    expect 0 dokaz report out.html --force --lang uk --for publication_without_name --to "A court" --public
    expect 0 dokaz log --kind export.made --limit 1 --json
    [ "$(json to)" = "A court" ]
    [ "$(json public)" = true ]
    expect 2 dokaz report out.pdf
    expect 2 dokaz report other.html --for fun
    [ ! -e other.html ]
}

@test "a report for the public withholds the names of private persons" {
    printf '%s\n' 'Halyna, a retired seamstress, spoke to us in Tokmak.' \
        'Halyna was refused insulin without a Russian passport in May 2024.' > witness.txt
    expect 0 dokaz add --basis published witness.txt
    expect 0 dokaz suggest --json
    id=$(python3 -c 'import json,sys
for line in sys.stdin:
    d = json.loads(line)
    if d["kind"] == "act" and d["doc"] == "witness": print(d["id"])' <<<"$output")
    expect 0 dokaz accept "$id"
    expect 0 dokaz report inside.html
    grep -q Halyna inside.html
    expect 0 dokaz report outside.html --public --for publication_without_name --to press
    [ "$(grep -c Halyna outside.html)" = 0 ]
    grep -q "name withheld" outside.html
}
