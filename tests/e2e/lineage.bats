#!/usr/bin/env bats
# Which source comes from which, with the passages that show it, and what a person decides about it.
load helpers

setup_more() {
    new_vault
    local story="The registry in the harbour town closed its doors on Monday and sent everybody away who had come without the new papers. A woman with two children waited until dusk, and a clerk told her that the list was full."
    printf '%s So much for that day.\n' "$story" >"$FILES/2025-03-04-first.txt"
    printf 'Reprinted with thanks. %s\n' "$story" | sed 's/ /  /3; s/papers/pap\xc2\xaders/' >"$FILES/2025-03-09-second.txt"
    printf 'An account of its own that has nothing to do with the others, of boats and of nets and of a storm that came from the south at night.\n' >"$FILES/2025-03-10-third.txt"
    dokaz add --basis published "$FILES" >/dev/null 2>&1
    A=$(id_of first) B=$(id_of second) C=$(id_of third)
}

id_of() { # NAME
    dokaz sources --json | python3 -c '
import json, sys
for line in sys.stdin:
    row = json.loads(line)
    if sys.argv[1] in row["name"]:
        print(row["id"])' "$1"
}

@test "sources of one origin stand together, with their passages" {
    expect 0 dokaz lineage
    says "of $A: repeats it:"
    says "closed its doors on Monday"
    says "3 sources with a text, at most 2 independent origins."
    expect 0 dokaz lineage "$C"
    says_not "of $A"
}

@test "pairs for programs name offsets in code points that can be checked" {
    expect 0 dokaz lineage --json
    dokaz text "$A" >a.txt
    dokaz text "$B" >b.txt
    printf '%s' "$output" | python3 -c '
import json, sys
lines = [json.loads(line) for line in sys.stdin]
assert len(lines) == 1, lines
p = lines[0]
a, b = open("a.txt", encoding="utf-8").read(), open("b.txt", encoding="utf-8").read()
assert (p["origin"], p["source"]) == tuple(sys.argv[1:3]), p
assert p["relation"] == "reprint" and p["parent"] is True and p["root"] == p["origin"], p
assert p["order"] == "published" and 0.9 < float(p["share"]) <= 1, p
for g in p["passages"]:
    assert b[g["start"]:g["end"]] == g["exact"], g
    assert a[g["origin_start"]:g["origin_end"]] == g["origin_exact"], g
    assert g["words"] > 30, g
' "$A" "$B"
}

@test "a person decides, and can take it back" {
    expect 0 dokaz lineage decide "$B" "$A" independent --note "both were there"
    expect 0 dokaz lineage
    says "at most 3 independent origins."
    says "decided: independent"
    expect 0 dokaz lineage decide "$C" "$A" derived
    expect 0 dokaz lineage
    says "at most 2 independent origins."
    expect 0 dokaz lineage decide "$C" "$A" open
    expect 0 dokaz lineage decide "$B" "$A" open
    expect 0 dokaz lineage
    says "at most 2 independent origins."
    expect 0 dokaz log
    says "origin of a source decided"
    expect 2 dokaz lineage decide "$B" "$A" perhaps
    expect 2 dokaz lineage decide "$B"
    expect 2 dokaz lineage --note x
    expect 1 dokaz lineage decide "$B" "$B" derived
}

@test "what was purged is in no lineage" {
    expect 0 dokaz lineage
    expect 0 dokaz purge "$A" --reason "added in error"
    expect 0 dokaz lineage
    says "2 sources with a text, at most 2 independent origins."
}
