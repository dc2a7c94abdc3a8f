#!/usr/bin/env bats
# A change of passphrase is killed at many system calls, and some calls are made to fail: the vault
# opens with exactly one of both passphrases, before and after the next command that writes.
load helpers

points() { # KIND POINTS [MORE]
    local kind=$1 n=$2
    shift 2
    expect 0 timeout 600 python3 "$DOKAZ_SRC/tests/tools/kill_passphrase.py" --kind "$kind" \
        --points "$n" "$@" "$BATS_TEST_TMPDIR/work"
    says " cut short"
    rm -rf "$BATS_TEST_TMPDIR/work"
}

@test "killed at what makes files, names and durability" {
    points renameat,renameat2,rename,unlinkat,fsync,fdatasync 14
    # Between the journal and the rename the new file waits; the test has to have been there.
    says_not " 0 waiting"
    says_not " 0 cut short"
}

@test "killed after growing delays" {
    points delay 4
}

@test "calls that fail" {
    points renameat,renameat2,rename,fsync,fdatasync,write,pwrite64 6 --inject error=EIO
}
