#!/usr/bin/env bats
# The test runner itself: its counting is what every other promise leans on. It is driven with a
# stand-in for the build and for meson, so that no test program has to be compiled.

setup() {
    tree=$BATS_TEST_TMPDIR/tree
    mkdir -p "$tree/tools" "$tree/bin"
    cp "$DOKAZ_SRC/tools/run-tests" "$tree/tools/"
    printf '#!/bin/sh\nexit 0\n' >"$tree/tools/build"
    printf '#!/bin/sh\ncat "%s/tests.json"\n' "$tree" >"$tree/bin/meson"
    chmod +x "$tree/tools/build" "$tree/bin/meson"
    PATH=$tree/bin:$PATH
}

tests() { # (NAME PROTOCOL SHELL-COMMAND)...
    local list=""
    while [ $# -gt 0 ]; do
        list="$list${list:+,}$(jq -n --arg n "$1" --arg p "$2" --arg c "$3" --argjson t "${ENDS:-60}" \
            '{name: $n, protocol: $p, cmd: ["sh", "-c", $c], env: {}, timeout: $t, suite: ["x"],
              workdir: null}')"
        shift 3
    done
    printf '[%s]' "$list" >"$tree/tests.json"
}

last_line_is() {
    [ "${lines[-1]}" = "$1" ]
}

@test "test points and plain programs are counted" {
    tests a tap 'echo 1..2; echo ok 1 - x; echo ok 2 - y' b exitcode true
    run "$tree/tools/run-tests"
    [ "$status" -eq 0 ]
    last_line_is "3 passed, 0 failed"
}

@test "a failed point is counted, named, and its output shown" {
    tests a tap 'echo 1..2; echo ok 1 - x; echo "# why"; echo not ok 2 - bad; exit 1'
    run "$tree/tools/run-tests"
    [ "$status" -eq 1 ]
    last_line_is "1 passed, 1 failed"
    [[ "$output" == *"# why"* ]]
    [[ "$output" == *"a: bad"* ]]
}

@test "nothing run is not a success" {
    tests
    run "$tree/tools/run-tests"
    [ "$status" -eq 1 ]
    last_line_is "0 passed, 0 failed"
}

@test "a program that stops before its plan is fulfilled fails" {
    tests a tap 'echo 1..3; echo ok 1 - x'
    run "$tree/tools/run-tests"
    [ "$status" -eq 1 ]
    last_line_is "1 passed, 1 failed"
}

@test "a bad exit after good points fails" {
    tests a tap 'echo 1..1; echo ok 1 - x; exit 23'
    run "$tree/tools/run-tests"
    [ "$status" -eq 1 ]
    last_line_is "1 passed, 1 failed"
}

@test "a skipped point is no pass" {
    tests a tap 'echo 1..2; echo ok 1 - x; echo "ok 2 - y # skip no tool"'
    run "$tree/tools/run-tests"
    [ "$status" -eq 1 ]
    last_line_is "1 passed, 1 failed"
}

@test "what the machine cannot do is named at the end and fails nothing" {
    tests a tap 'echo 1..2; echo ok 1 - x; echo "ok 2 - y # skip not possible here: no root"'
    run "$tree/tools/run-tests"
    [ "$status" -eq 0 ]
    last_line_is "1 passed, 0 failed"
    [ "${lines[-2]}" = "skipped: a, 1 points: no root" ]
}

@test "a program that does not end is stopped and fails" {
    ENDS=2 tests a exitcode 'sleep 60'
    run "$tree/tools/run-tests"
    [ "$status" -eq 1 ]
    last_line_is "0 passed, 1 failed"
    [[ "$output" == *"not finished"* ]]
}

@test "a build that fails is a failure" {
    printf '#!/bin/sh\necho broken; exit 1\n' >"$tree/tools/build"
    tests a exitcode true
    run "$tree/tools/run-tests"
    [ "$status" -eq 1 ]
    [[ "$output" == *broken* ]]
    last_line_is "0 passed, 1 failed"
}
