#!/usr/bin/env bats
# Several members on one vault: what each may see and do, and what removing one of them means.

load helpers

# The tests name who acts; the helpers' check of the tables needs a name, too.
setup_more() {
    "$DOKAZ" init "$V" --name Olena >/dev/null
    printf 'the passphrase of petro\n' >petro
    printf 'the passphrase of iryna\n' >iryna
    export DOKAZ_MEMBER=Olena
}

petro() {
    DOKAZ_PASSPHRASE_FILE=petro "$DOKAZ" -C "$V" --as Petro "$@"
}

iryna() {
    DOKAZ_PASSPHRASE_FILE=iryna "$DOKAZ" -C "$V" --as Ірина "$@"
}

add_members() { # RIGHTS and LEVEL of Petro
    dokaz member add Petro --rights "$1" --level "$2" --member-passphrase-file petro >/dev/null
}

add_text() { # FILE ACCESS TEXT
    printf '%s\n' "$3" >"$1"
    dokaz add --basis published --access "$2" "$1" 2>/dev/null | awk '/preserved/ { print $1; exit }'
}

@test "members are added, listed, changed and removed" {
    add_members code,review open
    expect 0 dokaz member list --json
    [ "$(jq -r 'select(.name == "Petro") | .level + " " + (.rights | join(","))' <<<"$output")" = \
        "open code,review" ]
    expect 0 dokaz member grant Petro --rights export
    expect 0 dokaz member revoke Petro --rights code
    expect 0 dokaz member list --json
    [ "$(jq -r 'select(.name == "Petro") | .rights | join(",")' <<<"$output")" = "review,export" ]
    expect 1 dokaz member remove Olena
    error_says "member remove" "nobody removes themselves"
    expect 0 dokaz member remove Petro
    says_not Petro "$(dokaz member list)"
    says removed "$(dokaz member list --all)"
    expect 1 petro sources
    expect 0 dokaz verify
    expect 0 dokaz log
    says "Olena"
    says "Petro"
}

@test "with several members each command says who acts" {
    add_members code open
    DOKAZ_MEMBER='' expect 2 dokaz sources
    error_says sources "--as MEMBER"
    expect 1 dokaz --as Petro sources
    expect 1 dokaz --as Nobody sources
    expect 0 petro sources
    id=$(dokaz member list --json | jq -r 'select(.name == "Petro") | .id')
    DOKAZ_PASSPHRASE_FILE=petro expect 0 dokaz --as "$id" sources
}

@test "without the right nothing is done, and it is said who can grant it" {
    id=$(add_text a.txt open "On 3 May 2023 the head of the clinic refused a resident without a passport.")
    add_members none open
    printf '{}' >empty.json
    for try in "add a.txt" "describe $id" "record act" "purge $id --reason x" "report out.html" \
        "export bag out" "originals out.d" "key export $id out.age --identity out.key" "prove $id out.d" \
        "member add X --member-passphrase-file iryna" "member remove Olena" \
        "member grant Petro --rights all" "member revoke Olena --rights export" \
        "accept --all" "reject sug-0000000000000000" "review" "re-extract --all"; do
        got=0
        # shellcheck disable=SC2086
        petro $try <empty.json >said 2>errors || got=$?
        if [ "$got" -eq 0 ] || ! grep -q "needs the right" errors; then
            printf '%s: %s\n' "$try" "$(cat errors)"
            return 1
        fi
        grep -q "Olena" errors
    done
    [ ! -e out.html ] && [ ! -e out ] && [ ! -e out.d ]
    expect 1 petro settings network.timeout 20
    says "needs the right" "$errors"
    expect 0 petro text "$id"
    expect 0 petro search passport
    expect 0 petro verify
    expect 0 dokaz verify
}

@test "what is restricted or sealed is not there for a member of level open" {
    open=$(add_text open.txt open "The clinic in Kherson took nobody without a passport.")
    kept=$(add_text kept.txt restricted "A nurse in Kherson told of Zorenko, who was refused.")
    deep=$(add_text deep.txt sealed "A doctor in Kherson told of Vasylchuk, who was refused.")
    dokaz accept --all --min-score 1 >/dev/null 2>&1 || true
    add_members all open
    expect 0 dokaz member revoke Petro --rights identities
    for id in "$kept" "$deep"; do
        for try in "show $id" "text $id" "cat $id" "describe $id" "purge $id --reason x" \
            "prove $id out.d" "facts --source $id"; do
            got=0
            # shellcheck disable=SC2086
            petro $try </dev/null >said 2>errors || got=$?
            [ "$got" -ne 0 ] || { echo "$try"; cat said; return 1; }
            cat said errors >both
            # The same words as for an item that never was.
            never=src-0000000000
            # shellcheck disable=SC2086
            petro ${try//$id/$never} </dev/null >said 2>errors || true
            [ "$(cat said errors)" = "$(sed "s/$id/$never/g" both)" ] || {
                echo "$try: $(cat both): $(cat said errors)"
                return 1
            }
            says_not Zorenko "$(cat both)"
            says_not Vasylchuk "$(cat both)"
        done
    done
    for try in sources "sources --json" facts "facts --json" "suggest --json" "search Zorenko" \
        "search refused --json" chronology matrix figures lineage log "log --json" verify \
        debug-dump "report out.html --force" "originals --all out.all"; do
        # shellcheck disable=SC2086
        petro $try >said 2>errors </dev/null || true
        cat said errors >both
        [ ! -e out.html ] || cat out.html >>both
        for word in Zorenko Vasylchuk "$kept" "$deep" kept.txt deep.txt; do
            says_not "$word" "$(tr -d '\0' <both)" || { echo "in: $try"; return 1; }
        done
    done
    expect 0 petro sources
    says "$open"
    expect 0 dokaz verify --deep
    # Nor in any file that his keys open.
    rm -f "$V"/index-sealed.db*
    expect 0 dokaz search Zorenko
    says "$kept"
}

@test "access that changes takes the source, its text and its facts along" {
    id=$(add_text a.txt open "On 3 May 2023 the clinic in Kherson refused Zorenko treatment without a Russian passport.")
    fact=$(printf '{"sphere": "healthcare", "means": "denial", "scope": "general_claim",
        "passages": [{"source": "%s", "exact": "the clinic in Kherson refused Zorenko"}]}' "$id" |
        dokaz record act)
    add_members code open
    expect 0 petro show "$fact"
    expect 0 petro search Zorenko
    says "$id"
    printf '{"access": "restricted"}' | dokaz describe "$id" >/dev/null
    expect 1 petro show "$fact"
    expect 1 petro text "$id"
    expect 0 petro search Zorenko
    says_not "$id"
    expect 0 petro facts --json
    says_not "$fact"
    expect 0 petro verify
    expect 0 dokaz verify --deep
    expect 0 dokaz show "$fact"
    # And back.
    printf '{"access": "open"}' | dokaz describe "$id" >/dev/null
    expect 0 petro show "$fact"
    expect 0 petro text "$id"
    says Zorenko
    expect 0 petro search Zorenko
    says "$id"
    expect 0 petro verify
    expect 0 dokaz verify --deep
    # Who may not read it afterwards can still put it out of sight.
    printf '{"access": "sealed"}' | petro describe "$id" >/dev/null
    expect 1 petro text "$id"
    expect 0 dokaz text "$id"
    expect 0 dokaz verify --deep
}

@test "who cannot read a compartment can add to it" {
    add_members code open
    printf 'The words of Zorenko.\n' >z.txt
    DOKAZ_PASSPHRASE_FILE=petro expect 0 "$DOKAZ" -C "$V" --as Petro add --basis testimony \
        --access sealed z.txt
    expect 0 petro search Zorenko
    says_not Zorenko
    expect 0 petro sources
    says_not z.txt
    # Somebody who can reads it, and the next adding reads its text.
    expect 0 dokaz sources
    says z.txt
    add_text other.txt open "Other words." >/dev/null
    expect 0 dokaz search Zorenko
    says Zorenko
    expect 0 dokaz verify --deep
}

@test "reading what is restricted is in the log, with who did it" {
    open=$(add_text open.txt open "Open words of the clinic.")
    kept=$(add_text kept.txt restricted "Kept words of the clinic.")
    add_members none restricted
    expect 0 dokaz log --reading
    [ -z "$output" ]
    expect 0 petro text "$open"
    expect 0 petro search open
    expect 0 dokaz log --reading
    [ -z "$output" ]
    expect 0 petro text "$kept"
    expect 0 dokaz log --reading
    says Petro
    says "$kept"
    [ "$(printf '%s\n' "$output" | wc -l)" -le 2 ]
    expect 0 petro show "$kept"
    petro cat "$kept" >bytes
    expect 0 petro search clinic
    expect 0 petro suggest
    expect 0 dokaz log --reading --json --member Petro
    [ "$(printf '%s\n' "$output" | jq -r .command | sort | xargs)" = "cat search show suggest text" ]
    # What cannot be logged is not read.
    chmod -R a-w "$V"
    if ! touch "$V/probe" 2>/dev/null; then
        expect 1 petro text "$kept"
    fi
    chmod -R u+w "$V"
    rm -f "$V/probe"
    expect 0 dokaz verify
}

@test "a vault of an older format is refused in one clear line" {
    sed -i 's/"format":2/"format":1/' "$V/vault.json"
    expect 1 dokaz sources
    error_says sources "older dokaz"
    [ "$(wc -l <<<"$errors")" -eq 1 ]
    expect 1 dokaz verify --keyless
    damaged
}

@test "the key of a removed member opens nothing that came after" {
    add_members code,export sealed
    kept=$(add_text kept.txt restricted "Words before.")
    cp -r "$V" before
    expect 0 dokaz member remove Petro
    add_text after.txt restricted "Words of Zorenko after." >/dev/null
    add_text open.txt open "Open words of Zorenko after." >/dev/null
    cp before/keys/* "$V/keys/" 2>/dev/null || true
    cp -r before/index-* "$V/" 2>/dev/null || true
    for try in sources "search Zorenko" verify "show $kept" log rebuild; do
        got=0
        # shellcheck disable=SC2086
        petro $try >said 2>errors || got=$?
        [ "$got" -ne 0 ] || { echo "$try"; cat said; return 1; }
        says_not Zorenko "$(cat said errors)"
    done
    # What he copied before opens as it did.
    XDG_STATE_HOME=$PWD/elsewhere DOKAZ_PASSPHRASE_FILE=petro expect 0 "$DOKAZ" -C before \
        --as Petro text "$kept"
    says "Words before."
    damaged
}
