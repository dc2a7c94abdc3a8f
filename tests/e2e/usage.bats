#!/usr/bin/env bats
# The command line itself: help, usage errors, languages, output that cannot be written.
load helpers

@test "version and help" {
    expect 0 "$DOKAZ" --version
    says "dokaz 0."
    expect 0 "$DOKAZ" help
    says "chronology"
    says_not "debug-"
    expect 0 "$DOKAZ" help verify
    says "--keyless"
    expect 0 "$DOKAZ" add --help
    says "--describe TABLE.csv"
    expect 0 "$DOKAZ" --help
}

@test "help fits eighty columns" {
    for command in $("$DOKAZ" help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
        "$DOKAZ" help "$command" >help.txt
        wide=$(python3 -c 'print(max(len(l.rstrip("\n")) for l in open("help.txt")))')
        [ "$wide" -le 80 ] || { echo "$command: $wide columns"; return 1; }
    done
}

@test "wrong usage is exit 2 with the nearest name" {
    expect 2 "$DOKAZ"
    expect 2 "$DOKAZ" verfiy
    says "did you mean 'verify'" "$errors"
    expect 2 "$DOKAZ" verify --keyles
    error_says verify "did you mean '--keyless'"
    expect 2 "$DOKAZ" rebuild something
    error_says rebuild "too much"
    expect 2 "$DOKAZ" capture
    error_says capture "missing"
    expect 2 "$DOKAZ" sources --published 1.2.2024
    error_says sources "EDTF"
    expect 2 "$DOKAZ" --lang fr help
    says "en or uk" "$errors"
    expect 2 "$DOKAZ" help nothing
}

@test "every error is one line" {
    expect 1 "$DOKAZ" -C "$FILES/none" sources
    [ "$(printf '%s\n' "$errors" | wc -l)" -eq 1 ]
}

@test "messages in Ukrainian" {
    expect 0 "$DOKAZ" --lang uk help
    en=$("$DOKAZ" help)
    [ "$output" != "$en" ]
    expect 0 env DOKAZ_LANG=uk "$DOKAZ" help verify
    [ "$output" != "$("$DOKAZ" help verify)" ]
}

@test "the man page is roff that man reads, and names every command" {
    "$DOKAZ" debug-man >dokaz.1
    for command in $("$DOKAZ" help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
        grep -q "^.SS \"dokaz $command" dokaz.1 || { echo "$command is missing"; return 1; }
    done
    if command -v man >/dev/null; then
        man --warnings -l dokaz.1 >man.txt 2>man.err </dev/null
        [ ! -s man.err ]
    fi
}

@test "the completion is bash and offers commands and options" {
    "$DOKAZ" debug-completion >completion
    bash -n completion
    run bash -c 'source ./completion; COMP_WORDS=(dokaz ver); COMP_CWORD=1; _dokaz; echo "${COMPREPLY[@]}"'
    [ "$output" = verify ]
    run bash -c 'source ./completion; COMP_WORDS=(dokaz verify --keyl); COMP_CWORD=2; _dokaz; echo "${COMPREPLY[@]}"'
    [ "$output" = --keyless ]
}

@test "a full disk under the output is an error, a reader that leaves is not" {
    expect 1 sh -c '"$DOKAZ" help >/dev/full'
    says "no room" "$errors"
    run bash -c '"$DOKAZ" debug-man | head -n 1; exit "${PIPESTATUS[0]}"'
    [ "$status" -eq 0 ]
}

@test "codebook lists codes with definitions" {
    expect 0 "$DOKAZ" codebook
    says "healthcare"
    expect 0 "$DOKAZ" codebook sphere --json
    says '"id":"healthcare"'
    [ "$(printf '%s\n' "$output" | wc -l)" -eq 22 ]
    expect 0 "$DOKAZ" codebook basis
    says "testimony"
    expect 2 "$DOKAZ" codebook nothing
}
