#!/usr/bin/env bats
# `add` is killed at many moments: what it had reported is there, the vault verifies as it was left,
# and the same command again finishes the work. tests/tools/kill_points.py does it and says more.
load helpers
load hostile

points() { # LEAST-CUT-SHORT ARGUMENT...
    local least=$1
    shift
    expect 0 timeout 300 python3 "$TOOLS/kill_points.py" "$@" "$BATS_TEST_TMPDIR/work"
    says " cut short"
    # The loop guards itself: it must have interrupted something.
    [ "$(sed -n 's/.*points, \([0-9]*\) cut.*/\1/p' <<<"$output")" -ge "$least" ]
}

@test "killed after growing delays" {
    points 2 --kind delay --points 8
}

@test "killed where it writes" {
    points 5 --kind pwrite64,write --points 8
}

@test "killed where it makes durable" {
    points 6 --kind fsync,fdatasync --points 9
}

@test "killed where it opens and renames" {
    points 5 --kind openat,renameat,renameat2,unlinkat,ftruncate --points 8
}

@test "the disk fails once, or is full from some moment on" {
    points 3 --kind pwrite64,fsync,fdatasync --inject error=EIO --points 5
    rm -rf work
    points 3 --kind pwrite64,write,openat --inject error=ENOSPC --then-on --points 5
}
