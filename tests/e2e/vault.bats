#!/usr/bin/env bats
# Making a vault, opening it, checking, copying, and what goes wrong with each.
load helpers

@test "init makes a vault and says what nobody should learn too late" {
    expect 0 "$DOKAZ" init "$V"
    says "occupied territory"
    says "passphrase is the only key"
    [ -f "$V/vault.json" ]
    expect 0 dokaz verify
    says "Everything is as it was stored"
}

@test "init refuses a folder that holds something, and an empty passphrase" {
    mkdir "$V.full"
    : >"$V.full/file"
    expect 1 "$DOKAZ" init "$V.full"
    error_says init "not empty"
    : >"$BATS_TEST_TMPDIR/empty"
    expect 1 "$DOKAZ" init "$V" --passphrase-file "$BATS_TEST_TMPDIR/empty"
    error_says init "empty"
    [ ! -e "$V/vault.json" ]
    printf '\n' >"$BATS_TEST_TMPDIR/empty"
    expect 1 "$DOKAZ" init "$V" --passphrase-file "$BATS_TEST_TMPDIR/empty"
    [ ! -e "$V/vault.json" ]
}

@test "a wrong passphrase is said, and the end of line does not belong to it" {
    new_vault
    printf 'something else' >"$BATS_TEST_TMPDIR/wrong"
    expect 1 dokaz sources --passphrase-file "$BATS_TEST_TMPDIR/wrong"
    error_says sources "passphrase"
    printf 'a long enough passphrase' >"$BATS_TEST_TMPDIR/bare"
    expect 0 dokaz sources --passphrase-file "$BATS_TEST_TMPDIR/bare"
    printf 'a long enough passphrase\r\n' >"$BATS_TEST_TMPDIR/bare"
    expect 0 dokaz sources --passphrase-file "$BATS_TEST_TMPDIR/bare"
}

@test "the passphrase may come from a pipe" {
    new_vault
    expect 0 dokaz sources --passphrase-file <(printf 'a long enough passphrase\n')
}

@test "without a terminal and a file the passphrase is a matter of usage" {
    new_vault
    expect 2 env -u DOKAZ_PASSPHRASE_FILE setsid "$DOKAZ" -C "$V" sources
    error_says sources "passphrase-file"
}

@test "the vault is found from a folder inside it" {
    new_vault
    mkdir "$V/objects/inside" && cd "$V/objects/inside"
    expect 0 "$DOKAZ" sources
    cd "$BATS_TEST_TMPDIR"
    rmdir "$V/objects/inside"
}

@test "no vault, a foreign folder, a newer format" {
    expect 1 "$DOKAZ" sources
    error_says sources "-C"
    expect 1 "$DOKAZ" -C "$FILES" sources
    error_says sources "not a vault"
    new_vault
    cp -r "$V" "$V.new"
    sed -i 's/"format":[0-9]*/"format":9999/' "$V.new/vault.json"
    expect 1 "$DOKAZ" -C "$V.new" sources
    error_says sources "newer"
}

@test "verify finds a changed byte, names it and exits with 3" {
    new_vault
    sample_en "$FILES/a.txt"
    expect 0 dokaz add --basis published "$FILES/a.txt"
    damaged
    file=$(find "$V/objects" -type f | sort | head -n 1)
    size=$(stat -c %s "$file")
    printf '\377' | dd of="$file" bs=1 seek=$((size - 20)) conv=notrunc status=none
    expect 3 dokaz verify --keyless
    says "objects/"
    error_says verify "finding"
    expect 3 dokaz verify
    expect 3 dokaz verify --deep --json
    [ "$(json findings | tail -n 1)" -ge 1 ]
}

@test "verify --keyless asks for no passphrase" {
    new_vault
    expect 0 env -u DOKAZ_PASSPHRASE_FILE setsid "$DOKAZ" -C "$V" verify --keyless
    expect 2 dokaz verify --keyless --deep
}

@test "a vault that was set back is a rollback: exit 3" {
    new_vault
    cp -r "$V" "$V.old"
    sample_en "$FILES/a.txt"
    expect 0 dokaz add --basis published "$FILES/a.txt"
    expect 3 "$DOKAZ" -C "$V.old" add "$FILES/a.txt"
}

@test "backup copies, the copy opens and verifies" {
    new_vault
    sample_en "$FILES/a.txt"
    dokaz add --basis published "$FILES/a.txt" >/dev/null 2>&1
    expect 0 dokaz backup "$V.copy"
    expect 0 "$DOKAZ" verify --keyless -C "$V.copy"
    expect 0 "$DOKAZ" -C "$V.copy" sources --json
    [ "$(json doc)" = a ]
    [ ! -e "$V.copy/index-sealed.db" ] || true
    expect 1 dokaz backup "$V.copy"
}

@test "rebuild makes the tables again" {
    new_vault
    sample_en "$FILES/a.txt"
    dokaz add --basis published "$FILES/a.txt" >/dev/null 2>&1
    expect 0 dokaz rebuild
    says "entries of the journal"
    expect 0 dokaz sources --json
    [ "$(json doc)" = a ]
}

@test "log reads like sentences, and as JSON" {
    new_vault
    sample_en "$FILES/a.txt"
    dokaz add --basis published "$FILES/a.txt" >/dev/null 2>&1
    expect 0 dokaz log
    says "the vault was made"
    says "source added: src-"
    expect 0 dokaz log --kind source.added --json
    [ "$(json kind)" = source.added ]
    expect 0 dokaz log --kind source --limit 1
    [ "$(printf '%s\n' "$output" | wc -l)" -eq 1 ]
    id=$(dokaz sources --json | python3 -c 'import json,sys; print(json.loads(sys.stdin.readline())["id"])')
    expect 0 dokaz log --item "$id"
    says "$id"
    says_not "the vault was made"
}

@test "doctor examines the installation and the vault" {
    expect 0 "$DOKAZ" doctor
    says "codebook"
    new_vault
    expect 0 dokaz doctor --json
    says '"check":"key table"'
    says 'SQLCipher 4.'
    says '"check":"swap"'
}
