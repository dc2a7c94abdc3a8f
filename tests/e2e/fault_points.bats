#!/usr/bin/env bats
# Every command that writes is cut short, or meets a failure, at many points: it ends with a message,
# the vault verifies as it was left, holds what was reported, and takes the next entry.
# tests/tools/fault_points.py does it and says more; `make prove` tries every point.
load helpers
load hostile

teardown() {
    :
}

faults() { # MODE LEAST-POINTS ARGUMENT...
    local mode=$1 least=$2
    shift 2
    expect 0 timeout 800 python3 "$TOOLS/fault_points.py" --mode "$mode" "$@" \
        "$BATS_TEST_TMPDIR/work"
    echo "$output"
    says " 0 troubles"
    # The loop guards itself: it must have met that many points, and cut most of them short.
    local points cut
    points=$(sed -n 's/.* commands, \([0-9]*\) points, .*/\1/p' <<<"$output")
    cut=$(sed -n 's/.* points, \([0-9]*\) cut short.*/\1/p' <<<"$output")
    [ "$points" -ge "$least" ]
    [ "$((cut * 2))" -ge "$points" ] || [ "$mode" = error ] || [ "$mode" = short ]
}

# One point of each command where that is telling, some of each of these elsewhere: the whole takes hours.
few=add,record,restrict,purge-small,key-passphrase,member-remove,export-bag

@test "killed at system calls that change something" {
    faults kill 24 --points 1
}

@test "killed after growing delays" {
    faults delay 6 --points 2 --command add,purge-small,key-passphrase
}

@test "a change of passphrase is killed: exactly one of both opens the vault" {
    faults kill 14 --points 14 --command key-passphrase
    # Between the journal and the rename the new file waits; the test has to have been there.
    says " waiting"
}

@test "a system call fails once" {
    faults error 10 --points 2 --command "$few"
}

@test "the device is full from some moment on" {
    faults full 5 --points 1 --command "$few"
}

@test "a call of dokaz's own to the system fails, once or from then on" {
    faults seam 24 --points 1
    rm -rf "$BATS_TEST_TMPDIR/work"
    faults stays 5 --points 1 --command "$few"
}

@test "an allocation fails" {
    faults memory 5 --points 1 --command "$few"
}

@test "reads and writes that do half of what was asked are continued" {
    faults short 5 --command "$few"
}
