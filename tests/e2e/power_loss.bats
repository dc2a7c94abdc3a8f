#!/usr/bin/env bats
# Power fails in the middle of ordinary work, on a real file system over a disk that remembers the
# order of everything written. tests/tools/power_loss.py does it and says more; `make prove` tries
# thousands of points. It needs root, FUSE and loop devices.
load helpers
load hostile

# No vault of the test's own is left to rebuild.
teardown() {
    :
}

lose_power() { # ARGUMENT...
    output=$(timeout 800 python3 "$TOOLS/power_loss.py" "$@" "$BATS_TEST_TMPDIR/work" 2>&1) ||
        case $? in
        77) skip "not possible here: ${output#skipped: }" ;;
        *)
            printf '%s\n' "$output"
            return 1
            ;;
        esac
    printf '%s\n' "$output" | tail -n 1
}

@test "what was acknowledged survives a power cut at any moment" {
    lose_power --points 50 --seed "$RANDOM" --least-flushes 300
    says "50 points, "
    says " 0 violations"
}

@test "the simulation notices an fdatasync that is left out" {
    export DOKAZ_TEST_NO_SYNC=fdatasync
    lose_power --points 100 --expect-violations
}

@test "the simulation notices an fsync that is left out" {
    export DOKAZ_TEST_NO_SYNC=fsync
    lose_power --points 100 --expect-violations
}
