#!/usr/bin/env bats
bats_require_minimum_version 1.5.0
# dokaz-verify as a keeper without keys would use it. What it finds in a vault is tested in
# tests/unit/test_keyless.c.

@test "help and version go to standard output" {
    run -0 "$DOKAZ_VERIFY" --help
    [[ $output == *"Usage: dokaz-verify [OPTION]... PATH..."* ]]
    [[ $output == *"Exit status"* ]]
    run -0 "$DOKAZ_VERIFY" --version
    [[ $output == "dokaz-verify "* ]]
}

@test "the language of messages is chosen as dokaz chooses it" {
    run -0 env LC_ALL=C DOKAZ_LANG=uk "$DOKAZ_VERIFY" --help
    [[ $output == *"--version  показати версію"* ]]
    run -0 env LC_ALL=uk_UA.UTF-8 DOKAZ_LANG=en "$DOKAZ_VERIFY" --help
    [[ $output == *"show the version"* ]]
}

@test "wrong usage is told in one line" {
    for words in "" "--unknown" "--key" "--json" "--ca= x"; do
        # shellcheck disable=SC2086
        run -2 "$DOKAZ_VERIFY" $words
        [ "${#lines[@]}" -eq 1 ]
    done
    for words in "--key none x" "--ca none x" "--signer none x"; do
        # shellcheck disable=SC2086
        run -1 "$DOKAZ_VERIFY" $words
        [ "${#lines[@]}" -eq 1 ]
    done
}

@test "a folder that is no vault, and one that is not there" {
    run -1 "$DOKAZ_VERIFY" "$BATS_TEST_TMPDIR"
    [[ $output == *"not a vault"* ]]
    run -1 "$DOKAZ_VERIFY" "$BATS_TEST_TMPDIR/nowhere"
    [ "${#lines[@]}" -eq 1 ]
}
