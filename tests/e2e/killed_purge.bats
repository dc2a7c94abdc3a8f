#!/usr/bin/env bats
# `purge` is killed at many moments: the vault verifies as it was left, what was reported as purged
# is gone, and the same command again finishes the work. Also `init`, which makes a vault or none.
load helpers
load hostile

@test "killed while it destroys" {
    for kind in delay pwrite64,write,fsync,fdatasync openat,renameat,renameat2,unlinkat; do
        expect 0 timeout 300 python3 "$TOOLS/kill_points.py" --purge --files 3 --kind "$kind" \
            --points 6 "$BATS_TEST_TMPDIR/work"
        says " cut short"
        rm -rf work
    done
}

@test "a killed init leaves a vault or a folder that is told apart" {
    without_leak_check
    good_file files/a.txt
    for n in 1 3 5 8 12 16 20 24; do
        strace -f -qq -o trace -e trace=fsync,fdatasync \
            -e "inject=fsync,fdatasync:signal=KILL:when=$n" "$DOKAZ" init "v$n" >/dev/null 2>&1 &&
            break
        if timeout 60 "$DOKAZ" -C "v$n" add files >out 2>err; then
            expect 0 "$DOKAZ" -C "v$n" verify --deep
        else
            errors=$(cat err)
            no_crash
            [ "$(grep -c . err)" -eq 1 ]
            # Nothing was in it: another folder, or the same one emptied, is all it takes.
            expect 1 "$DOKAZ" init "v$n"
            one_line init "not empty"
            rm -rf "v$n"
            expect 0 "$DOKAZ" init "v$n"
        fi
    done
    [ "$n" -ge 8 ]
}
