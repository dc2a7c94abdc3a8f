#!/usr/bin/env bats
# Preserving files, describing them, reading them back, destroying them.
load helpers

setup_more() {
    new_vault
}

only_id() {
    dokaz sources --json | python3 -c 'import json,sys; print(json.loads(sys.stdin.readline())["id"])'
}

@test "a file is preserved, listed, read back byte by byte" {
    sample_en "$FILES/clinic.txt"
    expect 0 dokaz add --basis published "$FILES/clinic.txt"
    says "preserved"
    says "still lie" "$errors"
    expect 0 dokaz sources --json
    [ "$(json doc)" = clinic ]
    [ "$(json basis)" = published ]
    [ "$(json sha256)" = "$(sha256sum <"$FILES/clinic.txt" | cut -d ' ' -f 1)" ]
    id=$(json id)
    dokaz cat "$id" | cmp - "$FILES/clinic.txt"
    dokaz text "$id" | cmp - "$FILES/clinic.txt"
    expect 0 dokaz show "${id:0:8}"
    says "clinic.txt"
    says "Custody"
    expect 0 dokaz show "$id" --json
    [ "$(json custody.0.kind)" = source.added ]
    [ "$(json text_sha256)" = "$(dokaz text "$id" | sha256sum | cut -d ' ' -f 1)" ]
}

@test "the same bytes are kept once" {
    sample_en "$FILES/a.txt"
    cp "$FILES/a.txt" "$FILES/b.txt"
    expect 0 dokaz add --basis published "$FILES" --json
    [ "$(json outcome | sort)" = "$(printf 'duplicate\npreserved\nread')" ]
    [ "$(json id | sort -u | wc -l)" -eq 1 ]
    expect 0 dokaz add --basis published "$FILES/b.txt"
    says "duplicate"
    says_not "still lie" "$errors"
}

@test "what cannot be added is named, the rest is added, exit 1" {
    sample_en "$FILES/a.txt"
    expect 1 dokaz add --basis published "$FILES/a.txt" "$FILES/missing.txt"
    says "preserved"
    error_says add "missing.txt"
    expect 0 dokaz sources --json
    [ "$(json doc)" = a ]
}

@test "an unknown basis is a matter of usage and adds nothing" {
    sample_en "$FILES/a.txt"
    expect 2 dokaz add --basis publishd "$FILES/a.txt"
    error_says add "did you mean 'published'"
    expect 0 dokaz sources --json
    [ -z "$output" ]
}

@test "a table describes files by name" {
    mkdir "$FILES/sub"
    sample_en "$FILES/a.txt"
    sample_uk "$FILES/sub/b.txt"
    cat >table.csv <<'CSV'
file,title,publisher,published,address,basis
a.txt,"Doors, closed",The River Post,2024-03-12,https://post.example/doors,published
sub/b.txt,,Голос міста,2023-10-05,,official
CSV
    expect 0 dokaz add --describe table.csv "$FILES"
    expect 0 dokaz sources --json
    [ "$(json published)" = "$(printf '2024-03-12\n2023-10-05')" ]
    [ "$(json basis)" = "$(printf 'published\nofficial')" ]
    says '"title":"Doors, closed"'
    [ "$(json publisher | tail -n 1)" = 'Голос міста' ]
    expect 0 dokaz sources --published 2024
    says "Doors, closed"
    says_not "b.txt"
}

@test "a table's mistakes are named by line; unused rows are named" {
    sample_en "$FILES/a.txt"
    printf 'file,published\na.txt,12 March 2024\n' >table.csv
    expect 1 dokaz add --describe table.csv "$FILES/a.txt"
    error_says add "line 2"
    printf 'file,publshed\na.txt,2024\n' >table.csv
    expect 1 dokaz add --describe table.csv "$FILES/a.txt"
    error_says add "publshed"
    printf 'title\nx\n' >table.csv
    expect 1 dokaz add --describe table.csv "$FILES/a.txt"
    error_says add "'file' is missing"
    printf 'file,basis\na.txt,private\n' >table.csv
    expect 1 dokaz add --describe table.csv "$FILES/a.txt"
    error_says add "line 2"
    expect 0 dokaz sources --json
    [ -z "$output" ]
    printf 'file,basis\na.txt,published\nother.txt,published\n' >table.csv
    expect 1 dokaz add --describe table.csv "$FILES/a.txt"
    error_says add "other.txt"
    [ -n "$(only_id)" ]
}

@test "describe says what a source is and takes it back" {
    sample_en "$FILES/a.txt"
    dokaz add "$FILES/a.txt" 2>/dev/null
    id=$(only_id)
    describe() { printf '%s' "$1" | dokaz describe "$id"; }
    expect 0 describe '{"title": "New title", "published": "2024-03", "basis": "official"}'
    expect 0 dokaz show "$id" --json
    [ "$(json title)" = "New title" ]
    [ "$(json published_by)" = described ]
    [ "$(json basis)" = official ]
    expect 0 describe '{"title": ""}'
    expect 0 dokaz show "$id" --json
    [ "$(json title)" != "New title" ]
    expect 1 describe '{"published": "soon"}'
    error_says describe "published"
    expect 1 describe '{"title": '
    expect 1 describe '[]'
    expect 1 describe ''
}

@test "preserve-only leaves a backlog that others mention and the next add reads" {
    sample_en "$FILES/a.txt"
    sample_uk "$FILES/b.txt"
    expect 0 dokaz add --basis published --preserve-only "$FILES/a.txt"
    expect 0 dokaz sources
    says "not read yet" "$errors"
    expect 1 dokaz text "$(only_id)"
    expect 0 dokaz add --basis published "$FILES/b.txt"
    expect 0 dokaz sources
    says_not "not read yet" "$errors"
    dokaz text "$(only_id)" | cmp - "$FILES/a.txt"
    # Without a path it reads what waits; where nothing does, a path was forgotten.
    printf 'Third of three.\n' >"$FILES/c.txt"
    expect 0 dokaz add --basis published --preserve-only "$FILES/c.txt"
    expect 2 dokaz add --preserve-only
    expect 0 dokaz add
    expect 0 dokaz search third
    says "c.txt"
    expect 2 dokaz add
    error_says add "name files or folders"
}

@test "purge destroys a source; its id, time and reason stay" {
    sample_en "$FILES/a.txt"
    dokaz add --basis published "$FILES/a.txt" 2>/dev/null
    id=$(only_id)
    expect 2 dokaz purge "$id"
    error_says purge "--reason"
    expect 0 dokaz purge "$id" --reason "added by mistake"
    expect 0 dokaz sources --json
    [ -z "$output" ]
    expect 1 dokaz text "$id"
    expect 0 dokaz log --item "$id"
    says "added by mistake"
    expect 0 dokaz verify
    expect 0 dokaz verify --deep
}

@test "ids may be cut, not guessed" {
    sample_en "$FILES/a.txt"
    dokaz add --basis published "$FILES/a.txt" 2>/dev/null
    expect 1 dokaz show src-zzzzzz
    error_says show "src-zzzzzz"
}

@test "search finds words and says what it did not search" {
    sample_en "$FILES/a.txt"
    sample_uk "$FILES/b.txt"
    dokaz add --basis published "$FILES" 2>/dev/null
    expect 0 dokaz search melitopol hospital --json
    [ "$(json name)" = a.txt ]
    [ -n "$(json marks.0)" ]
    expect 0 dokaz search 'Бердянську'
    says "⟦Бердянську⟧"
    expect 0 dokaz search '"city hospital"'
    says "a.txt"
    expect 0 dokaz search '"hospital city"'
    says "does not mean that nothing happened"
    expect 1 dokaz search '""'
    expect 2 dokaz search
    expect 0 dokaz search "x' OR 1=1 --" --limit 3
}

@test "cat --seal-for writes a file that the age tool opens" {
    printf 'Seven words that nobody else has written.\n%.0s' {1..40} > "$BATS_TEST_TMPDIR/note.txt"
    expect 0 dokaz add --basis published "$BATS_TEST_TMPDIR/note.txt"
    id=$(only_id)
    age-keygen -o "$BATS_TEST_TMPDIR/key" 2> /dev/null
    recipient=$(age-keygen -y "$BATS_TEST_TMPDIR/key")
    dokaz cat "$id" --seal-for "$recipient" > "$BATS_TEST_TMPDIR/out.age"
    age -d -i "$BATS_TEST_TMPDIR/key" "$BATS_TEST_TMPDIR/out.age" > "$BATS_TEST_TMPDIR/opened"
    # The text compresses, so a zstd frame stands inside.
    [ "$(head -c 4 "$BATS_TEST_TMPDIR/opened" | od -An -tx1 | tr -d ' ')" = 28b52ffd ]
    expect 1 dokaz cat "$id" --seal-for age1nobody
}
