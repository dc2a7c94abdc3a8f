#!/usr/bin/env bats
# What happens on a terminal: the passphrase is asked for and never shown.
load helpers

setup_more() {
    unset DOKAZ_PASSPHRASE_FILE
    TERMINAL=$BATS_TEST_DIRNAME/terminal.py
    PASS="a long enough passphrase"
}

teardown() {
    export DOKAZ_PASSPHRASE_FILE=$BATS_TEST_TMPDIR/pass
    [ ! -e "$V/vault.json" ] || rebuild_oracle "$V"
}

@test "init asks twice and shows nothing" {
    "$TERMINAL" shown "New passphrase=>$PASS" "The same again=>$PASS" -- "$DOKAZ" init "$V"
    says "occupied territory" "$(cat shown)"
    says_not "$PASS" "$(cat shown)"
    "$TERMINAL" shown "Passphrase=>$PASS" -- "$DOKAZ" -C "$V" sources
    says "0 sources" "$(cat shown)"
    says_not "$PASS" "$(cat shown)"
}

@test "two passphrases that differ make nothing" {
    run "$TERMINAL" shown "New passphrase=>$PASS" "The same again=>$PASS!" -- "$DOKAZ" init "$V"
    [ "$status" -eq 1 ]
    says "differ" "$(cat shown)"
    [ ! -e "$V" ]
}

@test "Ctrl-C and an empty answer at the prompt" {
    run "$TERMINAL" shown "New passphrase=>^C" -- "$DOKAZ" init "$V"
    [ "$status" -eq 1 ]
    run "$TERMINAL" shown "New passphrase=>" -- "$DOKAZ" init "$V"
    [ "$status" -eq 1 ]
    says "empty" "$(cat shown)"
    [ ! -e "$V" ]
}

@test "add names the first files on a terminal and counts the others" {
    export DOKAZ_PASSPHRASE_FILE=$BATS_TEST_TMPDIR/pass
    new_vault
    for i in $(seq 23); do
        printf 'Nothing happens in paper number %s.\n' "$i" >"$FILES/n$i.txt"
    done
    "$TERMINAL" shown -- "$DOKAZ" -C "$V" add --preserve-only --basis published "$FILES"
    [ "$(grep -c '  preserved  ' shown)" -eq 20 ]
    says "3 more files were preserved" "$(cat shown)"
    dokaz init second
    [ "$(dokaz -C second add --preserve-only "$FILES" 2>/dev/null | grep -c '  preserved  ')" -eq 23 ]
}

@test "original bytes do not go to a terminal, and control characters of a text neither" {
    export DOKAZ_PASSPHRASE_FILE=$BATS_TEST_TMPDIR/pass
    new_vault
    printf 'before\342\200\256after, and more words to read here\n' >"$FILES/a.txt"
    dokaz add --basis published "$FILES/a.txt" 2>/dev/null
    id=$(dokaz sources --json | json id "$(cat)")
    run "$TERMINAL" shown -- "$DOKAZ" -C "$V" cat "$id"
    [ "$status" -eq 2 ]
    "$TERMINAL" shown -- "$DOKAZ" -C "$V" text "$id"
    says "before" "$(cat shown)"
    run grep -q "$(printf '\342\200\256')" shown
    [ "$status" -ne 0 ]
}
