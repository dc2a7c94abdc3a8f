#!/usr/bin/env bats
# Readers that go away, outputs that are full or closed, and interruptions.
load helpers
load hostile

setup_more() {
    new_vault
    for i in {1..40}; do
        good_file "files/$(printf '%02d' "$i").txt"
    done
}

@test "a reader that goes away ends the command quietly" {
    dokaz add files >/dev/null 2>&1
    for words in "sources --json" "sources" "log --json" "help" "codebook"; do
        # shellcheck disable=SC2086
        (set -o pipefail; dokaz $words 2>err | head -n 1 >first) || true
        [ -s first ]
        [ ! -s err ] || { cat err; return 1; }
    done
    clean
}

@test "a reader of add that goes away loses nothing" {
    dokaz add files 2>err | head -n 1 >first || true
    id=$(awk '{ print $1 }' first)
    says_not Sanitizer "$(cat err)"
    expect 0 dokaz cat "$id"
    clean
}

@test "a full or closed output is an error" {
    full() {
        "$DOKAZ" -C "$V" "$@" >/dev/full
    }
    expect 0 dokaz add files
    for words in "sources" "sources --json" "log" "help" "verify" "codebook"; do
        # shellcheck disable=SC2086
        expect 1 full $words
        no_crash
        [ "$(grep -c . <<<"$errors")" -eq 1 ]
        says "standard output" "$errors"
    done
    # The work itself is done: what could not be said is there.
    good_file more.txt
    expect 1 full add more.txt
    no_crash
    sources_are 41
    closed() {
        "$DOKAZ" -C "$V" "$@" >&-
    }
    expect 1 closed sources
    no_crash
    [ "$(grep -c . <<<"$errors")" -eq 1 ]
    closed_all() {
        "$DOKAZ" -C "$V" "$@" <&- >&- 2>&-
    }
    expect 1 closed_all sources
    # Streams that are closed are never mistaken for files of the vault.
    good_file last.txt
    got=0
    closed_all add last.txt || got=$?
    [ "$got" -eq 0 ] || [ "$got" -eq 1 ]
    sources_are 42
    clean
}

@test "interrupting add stops in order and keeps what was reported" {
    truncate -s 1G files/50.bin
    good_file files/60.txt
    for signal in INT TERM; do
        # A shell starts what runs beside it deaf to SIGINT; this gives the signal its meaning back.
        python3 -c '
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])' "$DOKAZ" -C "$V" add --json files >out 2>err 3>&- &
        pid=$!
        until_true has_open "$pid" "$FILES/50.bin"
        kill "-$signal" "$pid"
        got=0
        wait "$pid" || got=$?
        errors=$(cat err)
        no_crash
        [ "$got" -eq 1 ] || { echo "exit $got"; cat err; return 1; }
        says "what was reported is preserved" "$errors"
        expect 0 dokaz sources --json
        json sha256 | sort >there
        grep '"outcome":"preserved"' out | jq -r .sha256 | sort >reported || true
        [ -z "$(comm -13 there reported)" ]
        clean
    done
    # All before the long one, and what stands behind it where that had been read ahead.
    expect 0 dokaz sources --json
    [ "$(json name | grep -vc '^60')" -eq 40 ]
    expect 0 dokaz add files
    sources_are 42
    clean
}

@test "interrupting other commands leaves the vault whole" {
    expect 0 dokaz add files
    for words in "verify --deep" "rebuild" "suggest" "sources"; do
        for delay in 0.02 0.08 0.15; do
            # shellcheck disable=SC2086
            timeout -s INT "$delay" "$DOKAZ" -C "$V" $words >/dev/null 2>err || true
            says_not Sanitizer "$(cat err)"
        done
    done
    sources_are 40
    clean
}
