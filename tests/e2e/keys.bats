#!/usr/bin/env bats
# The command `key`: another passphrase, one item with a key of its own, shares of the key.
load helpers

add_samples() {
    new_vault
    sample_en "$FILES/clinic.txt"
    head -c 200000 /dev/urandom >"$FILES/noise.bin"
    expect 0 dokaz add --json --basis published "$FILES/clinic.txt"
    TEXT_ID=$(json id | head -n 1)
    expect 0 dokaz add --json --preserve-only "$FILES/noise.bin"
    NOISE_ID=$(json id | head -n 1)
}

new_pass() { # WORDS: a file with a new passphrase
    printf '%s\n' "$1" >"$BATS_TEST_TMPDIR/new-pass"
}

member_key() {
    echo "$V"/keys/????????????????.key
}

# ---- the family of commands ----

@test "key is a family, and says so" {
    expect 0 "$DOKAZ" help key
    says "passphrase"
    says "export"
    expect 0 "$DOKAZ" help key passphrase
    says "--new-passphrase-file"
    expect 0 "$DOKAZ" key --help
    says "export"
    expect 0 "$DOKAZ" key export --help
    says "--identity OUT.key"
    expect 2 "$DOKAZ" key
    error_says key "passphrase"
    expect 2 "$DOKAZ" key exprot
    error_says key "did you mean 'export'"
    expect 2 "$DOKAZ" help key nothing
    expect 2 "$DOKAZ" key export
    error_says "key export" "missing"
    for word in passphrase export split recover; do
        "$DOKAZ" help key $word >help.txt
        wide=$(python3 -c 'print(max(len(l.rstrip("\n")) for l in open("help.txt")))')
        [ "$wide" -le 80 ]
    done
    "$DOKAZ" debug-man | grep -q '^.SS "dokaz key split'
    "$DOKAZ" debug-completion >completion
    run bash -c 'source ./completion; COMP_WORDS=(dokaz key pass); COMP_CWORD=2; _dokaz; echo "${COMPREPLY[@]}"'
    [ "$output" = passphrase ]
    run bash -c 'source ./completion; COMP_WORDS=(dokaz key export --id); COMP_CWORD=3; _dokaz; echo "${COMPREPLY[@]}"'
    [ "$output" = --identity ]
}

# ---- passphrase ----

@test "another passphrase opens, the old one does not" {
    add_samples
    cp "$BATS_TEST_TMPDIR/pass" old-pass
    new_pass "quite another passphrase"
    expect 0 dokaz key passphrase --new-passphrase-file new-pass
    says "was changed"
    says "Backups and copies made before still open"
    expect 1 dokaz sources
    error_says sources "wrong passphrase"
    cp new-pass pass
    expect 0 dokaz verify --deep
    says_not "interrupted" "$errors"
    expect 0 dokaz cat "$TEXT_ID"
    [ "$(ls "$V/keys" | wc -l)" -eq 4 ]
    expect 0 dokaz log --json
    [ "$(json kind | tail -n 1)" = key.changed ]
    # A backup from before opens with what was right then.
    expect 0 dokaz add "$FILES/clinic.txt"
}

@test "a backup made before opens with the old passphrase" {
    add_samples
    dokaz backup "$BATS_TEST_TMPDIR/copy" >/dev/null
    cp pass old-pass
    new_pass "quite another passphrase"
    expect 0 dokaz key passphrase --new-passphrase-file new-pass
    expect 0 env XDG_STATE_HOME="$BATS_TEST_TMPDIR/elsewhere" \
        "$DOKAZ" -C copy --passphrase-file old-pass sources
    cp new-pass pass
}

@test "strength goes into the key file, and the same passphrase may stay" {
    add_samples
    expect 0 dokaz key passphrase --new-passphrase-file pass --strength strong
    [ "$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["kdf"]["ops"])' "$(member_key)")" = 2 ]
    expect 0 dokaz verify
    expect 0 dokaz key passphrase --new-passphrase-file pass --strength light
    [ "$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["kdf"]["ops"])' "$(member_key)")" = 1 ]
    expect 2 dokaz key passphrase --new-passphrase-file pass --strength feather
    error_says "key passphrase" "usual, light or strong"
    new_pass ""
    expect 1 dokaz key passphrase --new-passphrase-file new-pass
    error_says "key passphrase" "empty"
    expect 0 dokaz verify
}

@test "on the terminal the new passphrase is asked for twice, and never shown" {
    add_samples
    unset DOKAZ_PASSPHRASE_FILE
    terminal=$BATS_TEST_DIRNAME/terminal.py
    old="a long enough passphrase"
    run "$terminal" shown "Passphrase=>$old" "New passphrase=>typed anew" \
        "The same again=>typed otherwise" -- "$DOKAZ" -C "$V" key passphrase
    [ "$status" -eq 1 ]
    says "differ" "$(cat shown)"
    "$terminal" shown "Passphrase=>$old" "New passphrase=>typed anew" \
        "The same again=>typed anew" -- "$DOKAZ" -C "$V" key passphrase
    says "was changed" "$(cat shown)"
    says_not "typed" "$(cat shown)"
    printf 'typed anew\n' >pass
    export DOKAZ_PASSPHRASE_FILE=$BATS_TEST_TMPDIR/pass
    expect 0 dokaz verify
}

# ---- one item ----

@test "an item opens with the age tool and the key made for it" {
    add_samples
    expect 0 dokaz key export "$NOISE_ID" noise.age --identity noise.key
    says "age -d -i noise.key noise.age >"
    says "for ever" "$("$DOKAZ" help key export)"
    [ "$(stat -c %a noise.key)" = 600 ]
    [ "$(stat -c %a noise.age)" = 600 ]
    age -d -i noise.key noise.age >noise.out
    cmp noise.out "$FILES/noise.bin"
    # The key is for this file alone.
    expect 0 dokaz key export "$NOISE_ID" again.age --identity again.key
    if age -d -i again.key noise.age >noise.out; then return 1; fi
    # It is in the journal, with the public half of the key.
    expect 0 dokaz log --json
    says '"export.made"'
    expect 0 dokaz verify
}

@test "what was compressed says so" {
    new_vault
    yes 'the same sentence once more' | head -n 4000 >"$FILES/long.txt"
    expect 0 dokaz add --json --basis published "$FILES/long.txt"
    id=$(json id | head -n 1)
    expect 0 dokaz key export "$id" long.age --identity long.key
    says ".zst.age"
    says "| zstd -d"
    age -d -i long.key long.age | zstd -dq | cmp - "$FILES/long.txt"
    expect 0 dokaz key export "$id" text.zst.age --identity text.key --text
    says_not "would say so"
    age -d -i text.key text.zst.age | zstd -dq >text.out
    dokaz text "$id" | cmp - text.out
    [ "$(sha256sum <text.out | cut -d' ' -f1)" = "$(printf '%s\n' "$output" | sed -n 's/.*SHA-256 //p')" ]
}

@test "what is not open is pointed at" {
    new_vault
    sample_en "$FILES/told.txt"
    expect 0 dokaz add --json --basis testimony "$FILES/told.txt"
    id=$(json id | head -n 1)
    expect 0 dokaz key export "$id" told.age --identity told.key
    says "in confidence" "$errors"
    expect 0 dokaz describe "$id" <<<'{"access": "restricted", "basis": "published"}'
    expect 0 dokaz key export "$id" told2.age --identity told2.key
    says "harmed" "$errors"
    says_not "in confidence" "$errors"
}

@test "an export that cannot be is said before anything is written" {
    add_samples
    before=$(dokaz log --json | wc -l)
    expect 2 dokaz key export "$NOISE_ID" noise.age
    error_says "key export" "--identity"
    expect 2 dokaz key export "$NOISE_ID" noise.bin --identity noise.key
    error_says "key export" ".age"
    touch there.age there.key
    expect 1 dokaz key export "$NOISE_ID" there.age --identity noise.key
    expect 1 dokaz key export "$NOISE_ID" noise.age --identity there.key
    expect 1 dokaz key export "$NOISE_ID" noise.age --identity noise.key --text
    error_says "key export" "no text"
    expect 2 dokaz key export "$NOISE_ID" noise.age --identity noise.key --for nonsense
    [ ! -e noise.key ] && [ ! -e noise.age ]
    [ "$(dokaz log --json | wc -l)" -eq "$before" ]
    # A folder that cannot be written: the entry is there, the files are not.
    expect 1 dokaz key export "$NOISE_ID" noise.age --identity nowhere/noise.key
    [ ! -e noise.age ]
    expect 1 dokaz key export "$NOISE_ID" nowhere/noise.age --identity noise.key
    [ ! -e noise.key ]
}

# ---- shares ----

# Run the split quietly: shares in the file named by $1.
split_into() { # FILE N K
    "$DOKAZ" -C "$V" key split --shares "$2" --threshold "$3" >"$1" 2>said
}

@test "any three of five shares open the vault" {
    add_samples
    split_into shares 5 3
    [ "$(wc -l <shares)" -eq 5 ]
    [ "$(wc -w <shares)" -eq 165 ]
    says "Whoever holds 3 of these shares" "$(cat said)"
    says "on paper" "$(cat said)"
    rm pass
    new_pass "set by those who held shares"
    { sed -n 5p shares; echo; sed -n 1p shares | tr a-z A-Z; sed -n 3p shares; } >given
    expect 0 env -u DOKAZ_PASSPHRASE_FILE "$DOKAZ" -C "$V" key recover \
        --new-passphrase-file new-pass <given
    says "has a new passphrase"
    cp new-pass pass
    expect 0 dokaz verify --deep
    expect 0 dokaz cat "$TEXT_ID"
    expect 0 dokaz log --json
    says '"recovered"'
    # Nothing of the shares is in what the journal says.
    made=$(printf '%s\n' "$output" | grep '"what":"shares"')
    [ "$(jq -r 'keys | join(" ")' <<<"$made")" = \
        "clock kind log made member n needed ref seq time what" ]
    [ "$(jq -r '"\(.made) \(.needed)"' <<<"$made")" = "5 3" ]
}

@test "words of shares go to standard output and nowhere else" {
    new_vault
    ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 strace -f -qq -s 1000 -o trace \
        -e trace=write,pwrite64,writev,pwritev,sendto "$DOKAZ" -C "$V" key split \
        --shares 3 --threshold 2 >shares 2>said
    # Four words in the middle of each share; standard output is descriptor 1.
    for i in 1 2 3; do
        words=$(sed -n "${i}p" shares | cut -d' ' -f15-18)
        [ "$(grep -c "$words" trace)" -eq 1 ]
        grep "$words" trace | grep -q ' write(1, '
    done
    ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 strace -f -qq -s 1000 -o trace \
        -e trace=write,pwrite64,writev,pwritev,sendto "$DOKAZ" -C "$V" key recover \
        --new-passphrase-file pass <shares >said
    [ -s trace ]
    for i in 1 2 3; do
        words=$(sed -n "${i}p" shares | cut -d' ' -f15-18)
        if grep -q "$words" trace; then return 1; fi
    done
}

@test "shares that do not open say why in one line" {
    add_samples
    split_into first 3 2
    split_into second 3 2
    new_pass "not set"
    recover() {
        expect 1 dokaz key recover --new-passphrase-file new-pass
        [ "$(printf '%s\n' "$errors" | wc -l)" -eq 1 ]
        error_says "key recover" "$1"
    }
    recover "no share" </dev/null
    head -n 1 first | recover "1 of the 2 that"
    { head -n 1 first; tail -n 1 second; } | recover "not made together"
    { head -n 1 first; head -n 1 first; } | recover "the same one"
    { head -n 1 first; tail -n 1 first | sed 's/ [a-z]*$/ academic/'; } | recover "share 2"
    { head -n 1 first; tail -n 1 first | sed 's/^[a-z]* /xyzzy /'; } | recover "word 1 is not"
    { head -n 1 first; echo "only a few words"; } | recover "share 2"
    head -c 2000 /dev/urandom | tr '\n\r' 'xy' | recover "share 1"
    head -c 200000 /dev/urandom | recover "shares"
    # Another vault's shares are good shares, and open nothing here.
    "$DOKAZ" init other >/dev/null
    "$DOKAZ" -C other key split --shares 2 --threshold 2 >foreign 2>/dev/null
    recover "another vault" <foreign
    expect 0 dokaz verify
}

@test "how many shares there can be" {
    new_vault
    expect 2 dokaz key split
    error_says "key split" "--threshold"
    expect 2 dokaz key split --shares 2 --threshold 3
    expect 2 dokaz key split --shares 17 --threshold 3
    expect 2 dokaz key split --shares 3 --threshold 1
    expect 2 dokaz key split --shares 3 --threshold 2 --one-by-one
    error_says "key split" "terminal"
    [ -z "$output" ]
    split_into shares 16 16
    new_pass "sixteen people"
    expect 0 dokaz key recover --new-passphrase-file new-pass <shares
    cp new-pass pass
    # Shares that nobody could take are an error.
    expect 1 bash -c '"$DOKAZ" -C "$0" key split --shares 3 --threshold 2 >/dev/full' "$V"
    error_says "key split" "void"
}

@test "on a terminal shares are numbered words, one screen each" {
    new_vault
    terminal=$BATS_TEST_DIRNAME/terminal.py
    "$terminal" shown "press Enter=>" "press Enter=>" -- \
        "$DOKAZ" -C "$V" key split --shares 2 --threshold 2 --one-by-one
    says "Share 2 of 2" "$(cat shown)"
    says "33 " "$(cat shown)"
    [ "$(grep -c $'\033\[2J' shown)" -ge 1 ]
    # Typed on a terminal, an empty line ends them.
    split_into shares 2 2
    "$terminal" shown "an empty line ends=>$(head -n 1 shares)
$(tail -n 1 shares)
" "New passphrase=>typed anew" "The same again=>typed anew" -- \
        env -u DOKAZ_PASSPHRASE_FILE "$DOKAZ" -C "$V" key recover
    printf 'typed anew\n' >pass
    expect 0 dokaz verify
}

@test "with shares, age and another program the vault opens by hand" {
    add_samples
    split_into shares 3 2
    by_hand=$DOKAZ_SRC/tests/tools/open_by_hand.py
    mapfile -t lines <shares
    hex=$(cd "$DOKAZ_SRC" && node tests/tools/slip39_peer.js combine "${lines[2]}" "${lines[0]}")
    python3 "$by_hand" identity "$hex" >identity.txt
    member=$(basename "$(member_key)" .key)
    age -d -i identity.txt "$V/keys/$member.grant.age" >grant
    # Its size says nothing of what is in it.
    [ "$(stat -c %s grant)" -eq 2048 ]
    [ "$(jq -r '.compartments | keys | join(" ")' grant)" = "identities open restricted sealed" ]
    [ "$(age -d -i identity.txt "$V/keys/$member.sign.age" | wc -c)" -eq 32 ]
    mkdir found
    [ "$(python3 "$by_hand" sources "$V" grant found)" -eq 2 ]
    cmp found/clinic.txt "$FILES/clinic.txt"
    cmp found/noise.bin "$FILES/noise.bin"

    # The other way round: key files that the age tool wrote open the vault.
    age -r "$(age-keygen -y identity.txt)" -o theirs.age grant
    cp "$V/keys/$member.grant.age" ours.age
    cp theirs.age "$V/keys/$member.grant.age"
    expect 0 dokaz cat "$TEXT_ID"
    expect 3 dokaz verify
    cp ours.age "$V/keys/$member.grant.age"
    expect 0 dokaz verify
}
