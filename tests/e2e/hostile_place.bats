#!/usr/bin/env bats
# A place that does not let dokaz work: read-only, full, missing or foreign folders, two writers.
load helpers
load hostile

setup_more() {
    new_vault
    good_file files/a.txt
    good_file files/b.txt
}

@test "a read-only disk is read and never written" {
    expect 0 dokaz add files/a.txt
    id=$(awk 'NR == 1 { print $1 }' <<<"$output")
    find "$V" -type f | sort | xargs sha256sum >before
    without_leak_check
    read_only() { # COMMAND...
        in_own_mounts 'mount --bind "$1" "$1"; mount -o remount,ro,bind "$1"; shift; exec "$@"' \
            "$V" timeout 60 "$DOKAZ" -C "$V" "$@"
    }
    for words in "sources" "verify --deep" "text $id" "search notice" "facts" "log" "chronology" \
        "backup $BATS_TEST_TMPDIR/copy"; do
        # shellcheck disable=SC2086
        expect 0 read_only $words
        no_crash
    done
    for words in "add files/b.txt" "purge $id --reason test" "rebuild" "accept --all"; do
        # shellcheck disable=SC2086
        expect 1 read_only $words
        one_line "${words%% *}" "nothing was changed"
    done
    find "$V" -type f | sort | xargs sha256sum >after
    cmp before after
    clean
    expect 0 "$DOKAZ" -C copy verify --deep
}

@test "a full disk stops the command and loses nothing" {
    mkdir disk
    without_leak_check
    for size in 240k 400k 700k 1m; do
        expect 0 in_own_mounts '
            vault=$1 size=$2
            cp -a "$XDG_STATE_HOME" "state-$size"
            export XDG_STATE_HOME=$PWD/state-$size
            mount -t tmpfs -o size=8m none disk
            cp -a "$vault" disk/v
            run() { timeout 60 "$DOKAZ" -C disk/v "$@"; }
            run add files/a.txt >/dev/null 2>&1
            used=$(du -sk disk | cut -f 1)
            mount -o remount,size=$((used + ${size%k}))k none disk
            got=0
            head -c 3000000 /dev/urandom >big.bin
            run add big.bin files/b.txt >out 2>err || got=$?
            [ "$got" -eq 1 ] || { echo "exit $got"; cat out err; exit 1; }
            mount -o remount,size=32m none disk
            run verify --deep >verified 2>&1 || { cat verified; exit 1; }
            run sources --json | jq -r .name | grep -qx a.txt
            grep -q preserved out && for id in $(awk "\$2 == \"preserved\" { print \$1 }" out); do
                run cat "$id" >/dev/null
            done
            run add big.bin files/b.txt >/dev/null 2>&1
            run verify --deep >/dev/null
            [ "$(run sources --json | wc -l)" -eq 3 ]
        ' "$V" "${size/1m/1024k}"
        errors=$(cat err)
        no_crash
        one_line add "No space left"
    done
    clean
}

@test "making a vault on a full or read-only disk leaves one clear line" {
    mkdir disk
    without_leak_check
    expect 1 in_own_mounts 'mount -t tmpfs -o size=16k none disk; "$DOKAZ" init disk/v'
    one_line init "No space left"
    expect 1 in_own_mounts 'mount -t tmpfs -o ro none disk; "$DOKAZ" init disk/v'
    one_line init "ead-only"
}

@test "without HOME, and with a state folder that cannot be written" {
    expect 0 env -u XDG_STATE_HOME "HOME=$HOME" "$DOKAZ" -C "$V" sources
    expect 0 env -u XDG_STATE_HOME -u HOME "$DOKAZ" -C "$V" sources
    expect 1 env -u XDG_STATE_HOME -u HOME "$DOKAZ" -C "$V" add files
    one_line add "HOME"
    : >occupied
    expect 0 env XDG_STATE_HOME="$PWD/occupied" "$DOKAZ" -C "$V" sources
    expect 1 env XDG_STATE_HOME="$PWD/occupied" "$DOKAZ" -C "$V" add files
    one_line add "checkpoint"
    without_leak_check
    expect 1 in_own_mounts 'mount --bind "$1" "$1"; mount -o remount,ro,bind "$1"
        "$DOKAZ" -C "$2" add files' "$XDG_STATE_HOME" "$V"
    [ "$(grep -c . <<<"$errors")" -eq 1 ]
    sources_are 0
    clean
}

# Hold the vault's lock as another program would, until the file `go` appears.
hold_lock() {
    python3 - "$V/lock" <<'PY' 3>&- &
import fcntl, os, struct, sys, time
f = open(sys.argv[1], "r+")
fcntl.fcntl(f, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))  # F_OFD_SETLK
f.write(f"{os.getpid()}\n")
f.flush()
open("held", "w").close()
end = time.monotonic() + 60
while not os.path.exists("go") and time.monotonic() < end:
    time.sleep(0.02)
PY
    holder=$!
    until_true test -e held
}

@test "a second writer waits, then says who writes" {
    hold_lock
    began=$SECONDS
    expect 1 dokaz add files
    one_line add "process $holder is writing"
    [ $((SECONDS - began)) -ge 8 ]
    # Readers never wait.
    LIMIT=20 expect 0 dokaz sources
    LIMIT=20 expect 0 dokaz verify
    # Who waits gets its turn.
    (sleep 1; : >go) 3>&- &
    expect 0 dokaz add files
    wait "$holder"
    sources_are 2
    clean
}

@test "several writers and readers at once lose nothing" {
    for w in 1 2 3; do
        mkdir "w$w"
        for i in {1..6}; do
            printf 'Notice %s of writer %s.\n' "$i" "$w" >"w$w/$i.txt"
        done
        dokaz add "w$w" >"out$w" 2>"err$w" 3>&- &
        pids[w]=$!
    done
    for _ in 1 2 3; do
        expect 0 dokaz sources
        no_crash
        expect 0 dokaz search notice
    done
    for w in 1 2 3; do
        wait "${pids[w]}" || { cat "err$w"; return 1; }
    done
    sources_are 18
    clean
}

@test "passphrases that do not open" {
    printf 'another phrase\n' >wrong
    : >nothing
    head -c 5000 /dev/zero | tr '\0' x >endless
    expect 1 dokaz sources --passphrase-file wrong
    one_line sources "passphrase"
    for file in nothing endless nowhere files; do
        expect 1 dokaz sources --passphrase-file "$file"
        one_line sources "passphrase"
    done
    says_not "another phrase" "$errors"
}

@test "folders that are no vault of ours" {
    mkdir foreign newer
    expect 1 "$DOKAZ" -C nowhere sources
    one_line sources nowhere
    expect 1 "$DOKAZ" -C foreign sources
    one_line sources "not a vault"
    echo '{"format":1,"kind":"something else"}' >foreign/vault.json
    expect 1 "$DOKAZ" -C foreign sources
    one_line sources "another program"
    cp -a "$V/." newer
    sed -i 's/"format":[0-9]*/"format":999/' newer/vault.json
    expect 1 "$DOKAZ" -C newer sources
    one_line sources "newer dokaz"
    expect 1 "$DOKAZ" -C newer verify --keyless
    one_line verify "newer"
    expect 1 "$DOKAZ" -C files/a.txt sources
    one_line sources files/a.txt
}
