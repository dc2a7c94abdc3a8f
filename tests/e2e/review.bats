#!/usr/bin/env bats
# Why a suggestion is made, and deciding: one key each, the same words once.
load helpers

setup_more() {
    new_vault
    printf 'KYIV, 21 November 2023 — Teachers in Tokmak spoke to us. The clinic in Tokmak refused to treat people without Russian passports. It rained.\n' >"$FILES/first.txt"
    { cat "$FILES/first.txt"; printf '\nReprinted with thanks.\n'; } >"$FILES/reprint.txt"
    dokaz add --basis published "$FILES/first.txt" "$FILES/reprint.txt" >/dev/null
}

first_act() {
    dokaz suggest --kind act | awk '/^sug-/ { print $1; exit }'
}

@test "a suggestion says which words made it, where its fields come from and what it lost" {
    id=$(first_act)
    expect 0 dokaz suggest --explain "$id"
    says "act.denial.denied-before"
    says "refused to treat"
    says "deny_access"
    says "without Russian passports"
    says "in the sentence itself"
    expect 0 dokaz suggest --explain "$id" --json
    [ "$(json why.rule)" = act.denial.denied-before ]
    [ "$(json why.tie.text)" = "without Russian passports" ]
    [ "$(json why.place.text)" = Tokmak ]
    # Offsets are code points of the text.
    start=$(json why.tie.start) end=$(json why.tie.end)
    [ "$(cut -c "$((start + 1))-$end" "$FILES/first.txt" | head -n 1 | wc -m)" -gt 0 ]
    python3 - "$FILES/first.txt" "$start" "$end" <<'END'
import sys
text = open(sys.argv[1], encoding="utf-8").read()
assert text[int(sys.argv[2]):int(sys.argv[3])] == "without Russian passports"
END
    expect 1 dokaz suggest --explain sug-0000000000000000
    says "there is no suggestion" "$errors"
}

@test "the sentence is shown with its neighbours" {
    expect 0 dokaz review --kind act <<<q
    says "Teachers in Tokmak spoke to us"
    says "⟧"
    says "It rained"
}

@test "the same words are offered once, and one decision holds for both" {
    expect 0 dokaz review --kind act <<<a
    says "[1/"
    says "the same words stand in 1 more source"
    says "2 accepted"
    [ "$(dokaz facts act --json | wc -l)" -eq 2 ]
    expect 0 dokaz review --kind act <<<q
    says "0 left"
}

@test "a rejection holds for the reprint, and for one that comes later" {
    expect 0 dokaz review --kind act <<<r
    says "2 rejected"
    { printf 'Yet another copy.\n\n'; cat "$FILES/first.txt"; } >"$FILES/later.txt"
    dokaz add --basis published "$FILES/later.txt" >/dev/null
    expect 0 dokaz review --kind act <<<q
    says "1 with words that were decided before"
    says "0 left"
}
