#!/usr/bin/env bats
# Nothing unsealed at rest: words that stand in documents, names, notes and the passphrase are in no
# file of the vault, the state folder or the temporary folder, in no file name, and in nothing that
# any command wrote on the way, killed ones included.
load helpers
load hostile

setup_more() {
    export TMPDIR=$BATS_TEST_TMPDIR/tmp
    mkdir -p "$TMPDIR"
    without_leak_check
}

canaries() { # ARGUMENT...
    python3 "$TOOLS/canaries.py" --words words "$@"
}

# A file for the next trace: counted by files, because expect runs in a shell of its own.
next_trace() {
    mkdir -p traces
    echo "traces/$(find traces -type f | wc -l)"
}

# Run dokaz with everything it writes recorded.
traced() {
    timeout 120 strace -f -y -qq -xx -s 100000000 -o "$(next_trace)" \
        -e trace=write,pwrite64,writev,pwritev "$DOKAZ" -C "$V" "$@"
}

@test "the search finds each form that it looks for" {
    echo Zeisigruf >words
    mkdir here
    expect 0 canaries here
    for form in 'print("xxZeisigruf")' 'print("ZEISIGRUF")' 'print("Zeisigruf".encode().hex())' \
        'sys.stdout.buffer.write("Zeisigruf".encode("utf-16-le"))' \
        'sys.stdout.buffer.write("a Zeisigruf".encode("utf-16-be"))' \
        'print(base64.b64encode(b"a Zeisigruf").decode())' \
        'print(base64.b64encode(b"Zeisigruf").decode())'; do
        python3 -c "import base64, sys; $form" >here/file
        expect 1 canaries here
    done
    rm here/file
    : >here/a-Zeisigruf.txt
    expect 1 canaries here
    rm -r here
    strace -f -y -qq -xx -s 100000000 -o trace -e trace=write \
        python3 -c 'open("file", "w").write("Zeisigruf")'
    expect 1 canaries --trace trace
    strace -f -y -qq -xx -s 100000000 -o trace -e trace=write \
        python3 -c 'print("Zeisigruf")' >/dev/null
    expect 0 canaries --trace trace
    # On its way through memory to another process it does not come to rest.
    strace -f -y -qq -xx -s 100000000 -o trace -e trace=write \
        python3 -c 'import os; os.write(os.memfd_create("m"), b"Zeisigruf"); os.write(os.pipe()[1], b"Zeisigruf")'
    expect 0 canaries --trace trace
}

# ---- every command, on a file system of its own ----

# Vault, home, state and temporary folder lie on a small disk in a file, which is searched whole
# afterwards, deleted files included. What a person asked to have written lies elsewhere. Without
# root or loop devices the files and all written bytes are searched instead.
mount_disk() {
    mkdir -p disk
    truncate -s 160M image
    if mkfs.ext4 -q -F image && mount -o loop image disk 2>mount.err; then
        MOUNTED=1
    else
        MOUNTED=
    fi
    export HOME=$PWD/disk/home XDG_STATE_HOME=$PWD/disk/state TMPDIR=$PWD/disk/tmp
    mkdir -p "$HOME" "$XDG_STATE_HOME" "$TMPDIR" out
    V=$PWD/disk/vault
}

# Names of the commands that were tried, the words of a family of commands with them.
tried() {
    case $1 in
    key | member) echo "$1 $2" >>covered ;;
    esac
    echo "$1" >>covered
}

# What it writes is what somebody asked for: it is not recorded, the disk is searched all the same.
asked() {
    tried "$@"
    timeout 120 "$DOKAZ" -C "$V" "$@"
}

recorded() {
    tried "$@"
    traced "$@"
}

# Killed at entry of the nth call that writes or syncs.
killed() { # NTH COMMAND...
    local nth=$1
    shift
    strace -f -y -qq -xx -s 100000000 -o "$(next_trace)" -e trace=write,pwrite64,fdatasync,fsync \
        -e "inject=write,pwrite64,fdatasync,fsync:signal=KILL:when=$nth" \
        "$DOKAZ" -C "$V" "$@" >/dev/null 2>&1 </dev/null || true
}

# Every command that help names, and every word of `key` and `member`, was tried.
all_were_tried() {
    local name
    "$DOKAZ" help >commands
    "$DOKAZ" help key >words_of_key
    "$DOKAZ" help member >words_of_member
    sed -n '/^Options/q; s/^  \([a-z][a-z-]*\)  .*/\1/p' commands >names
    sed -n '/^Options/q; s/^  \([a-z][a-z-]*\)  .*/key \1/p' words_of_key >>names
    sed -n '/^Options/q; s/^  \([a-z][a-z-]*\)  .*/member \1/p' words_of_member >>names
    [ "$(wc -l <names)" -ge 30 ]
    while read -r name; do
        if ! grep -qxF -- "$name" covered; then
            echo "no test tries whether 'dokaz $name' writes anything unsealed:" \
                "add it to tests/e2e/plaintext.bats"
            return 1
        fi
    done <names
}

make_canaries() {
    cat >words <<'TEXT'
Zeisigruf
Kranichfeder
Шовкопряд
Вільшанка
Reiherstein
Amselnest
Dohlenturm
Elsterblick
Finkenschlag
Habichtskopf
Meisenring
Schwalbenherz
Uhuwald
Taubenfuss
TEXT
    printf 'Meisenring opens it\n' >pass
    printf 'Meisenring opens it no more, Taubenfuss does\n' >new-pass
    mkdir files/Amselnest
    sample_en files/Reiherstein.txt
    printf 'The nurse Zeisigruf said that Zeisigruf knew of it.\n' >>files/Reiherstein.txt
    sample_uk files/Amselnest/uk.txt
    printf 'Пані Шовкопряд сказала. Вільшанка мовчала.\n' >>files/Amselnest/uk.txt
    # Too short to be compressed: unsealed it would lie there word for word.
    printf 'Kranichfeder was here.' >files/short.txt
    printf '<title>Dohlenturm</title><p>Kranichfeder and Zeisigruf.</p>' >files/page.html
    { head -c 2000000 /dev/urandom; printf 'Kranichfeder'; } >files/large.bin
    printf 'file,title,publisher\nshort.txt,Elsterblick,Finkenschlag\n' >table.csv
}

# The documenter's day: sources, suggestions, facts.
first_half() {
    recorded init "$V" >/dev/null
    expect 0 recorded add --basis published --describe table.csv files
    src=$("$DOKAZ" -C "$V" sources --json | jq -r 'select(.name == "Reiherstein.txt").id')
    short=$("$DOKAZ" -C "$V" sources --json | jq -r 'select(.name == "short.txt").id')
    expect 0 recorded suggest
    "$BATS_TEST_DIRNAME/terminal.py" shown "Passphrase=>$(cat pass)" "uit: =>q" -- \
        env -u DOKAZ_PASSPHRASE_FILE "$DOKAZ" -C "$V" review || true
    recorded review >/dev/null 2>&1 </dev/null || true
    reject=$("$DOKAZ" -C "$V" suggest --json | jq -rs '.[0].id')
    expect 0 recorded reject "$reject"
    expect 0 recorded accept --all
    printf '{"sphere": "healthcare", "means": "denial", "scope": "general_claim", "note":
        "Habichtskopf", "passages": [{"source": "%s", "exact":
        "The nurse Zeisigruf said that Zeisigruf knew of it"}]}' "$src" >act.json
    expect 0 recorded record act <act.json
    says act-
    act=$output
    printf '{"note": "Habichtskopf, later Uhuwald"}' >revised.json
    expect 0 recorded revise "$act" <revised.json
    printf '{"title": "Schwalbenherz", "author": "Elsterblick"}' >described.json
    expect 0 recorded describe "$src" <described.json
}

# Whoever asks: everything that prints, what writes where it is told to, what keeps up the vault.
second_half() {
    expect 0 recorded search Zeisigruf
    says Schwalbenherz
    expect 0 recorded search Uhuwald
    for line in help sources facts codebook chronology matrix figures lineage findings log verify rebuild \
        "lineage --json" "findings --json" \
        "verify --deep" "verify --keyless" doctor settings "text $src" "cat $short" "show $act" \
        "show $src" "debug-dump" "prove $act" "export --preview bag none"; do
        # shellcheck disable=SC2086
        expect 0 recorded $line
    done
    for line in words sentences mentions; do
        expect 0 recorded $line <described.json
    done
    printf '{"doc": "short", "kind": "person", "start": 0, "end": 12, "quote": "Kranichfeder"}\n' >gold.jsonl
    expect 0 recorded eval --misses --docs files gold.jsonl
    says Kranichfeder
    expect 0 recorded passages
    expect 0 recorded re-extract --all
    captured
    cleaned
    expect 0 recorded settings network.timeout 7
    colleague
    recorded timestamp >/dev/null 2>&1 || true
    expect 0 recorded backup "$PWD/disk/copy"
    expect 0 asked report --title Uhuwald out/report.html
    says Zeisigruf "$(cat out/report.html)"
    mkfifo out/pipe
    cat out/pipe >out/from-pipe &
    asked cat "$short" >out/pipe
    wait
    says Kranichfeder "$(cat out/from-pipe)"
    expect 0 asked export --for publication_without_name bag out/bag
    expect 0 asked export --seal-for "$recipient" bag out/sealed.age
    expect 0 asked originals out/originals
    expect 0 asked prove "$act" out/fact.tlog-proof
    expect 0 asked key export "$src" out/item.age --identity out/item.key
    expect 0 recorded key split --shares 3 --threshold 2
    printf '%s\n' "$output" >out/shares
    expect 0 recorded key passphrase --new-passphrase-file new-pass
    cp new-pass pass
    grep -E '^([a-z]+ ){30,}[a-z]+$' out/shares | head -n 2 >out/two-shares
    expect 0 recorded key recover --new-passphrase-file new-pass <out/two-shares
    expect 0 recorded withdraw "$act" --reason Uhuwald
    expect 0 recorded purge "$short" --reason Uhuwald
}

# A page with the words in it, from a server of this machine.
captured() {
    mkdir out/site
    printf '<title>Zeisigruf</title><p>Kranichfeder and Zeisigruf, in a page.</p>' >out/site/page.html
    python3 "$TOOLS/web_server.py" out/site >out/ports 3>&- &
    server=$!
    until_true test -s out/ports
    read -r port _ <out/ports
    expect 0 recorded capture --json --allow-private 127.0.0.1 "http://127.0.0.1:$port/page.html"
    kill "$server"
    [ "$(json status)" = 200 ]
    expect 0 dokaz search "in a page"
    says Zeisigruf
}

# A name of a member, words that are restricted and then sealed, and a member who goes.
colleague() {
    printf 'Taubenfuss of another one\n' >their-pass
    DOKAZ_MEMBER=$(basename "$V"/keys/*.key .key)
    export DOKAZ_MEMBER
    expect 0 recorded member add Habichtskopf --rights code --level sealed \
        --member-passphrase-file their-pass
    expect 0 asked member list
    says Habichtskopf
    expect 0 recorded member grant Habichtskopf --rights review
    printf '{"access": "restricted", "note": "Schwalbenherz"}' >kept.json
    expect 0 recorded describe "$src" <kept.json
    expect 0 asked text "$src"
    says Zeisigruf
    expect 0 asked log --reading
    says "$src"
    expect 0 recorded member revoke Habichtskopf --level open
    expect 0 recorded member remove Habichtskopf
    printf '{"access": "open"}' >kept.json
    expect 0 recorded describe "$src" <kept.json
}

cleaned() {
    expect 0 asked clean "$src" out/cleaned.txt
    says Zeisigruf "$(cat out/cleaned.txt)"
    printf 'span 0 3\n' >spans
    expect 0 asked redact "$src" out/redacted.txt --mask-spans spans --reason Uhuwald
    says "the city hospital" "$(cat out/redacted.txt)"
    says_not Zeisigruf "$(cat out/redacted.txt)"
}

cut_short() {
    for n in 5 15 30 60; do
        printf 'Another Kranichfeder, number %s, and Zeisigruf.\n' "$n" >"files/more$n.txt"
        killed "$n" add files
    done
    goes=$("$DOKAZ" -C "$V" sources --json | jq -r 'select(.name == "page.html").id')
    for n in 4 9 20; do
        killed "$n" purge "$goes" --reason Uhuwald
    done
    killed 3 report out/killed.html
    killed 6 rebuild
    killed 4 key passphrase --new-passphrase-file pass
    killed 2 prove "$act" out/killed.tlog-proof
}

# The secrets that were handed out stand nowhere but where they were handed out.
secrets_stay_out() { # FILE
    local secret
    grep -o 'AGE-SECRET-KEY-1[A-Z0-9]*' out/item.key >out/secrets
    cut -d ' ' -f 5-12 out/two-shares >>out/secrets
    [ "$(wc -l <out/secrets)" -eq 3 ]
    while read -r secret; do
        if grep -qaF -- "$secret" "$1"; then
            echo "a secret that was handed out stands in $1"
            return 1
        fi
    done <out/secrets
}

session() {
    mount_disk
    make_canaries
    recipient=$(age-keygen 2>/dev/null | tee out/age.key | sed -n 's/^# public key: //p')
    first_half
    second_half
    cut_short
    all_were_tried
    for trace in traces/*; do
        expect 0 canaries --trace "$trace"
    done
    n_traces=$(find traces -type f | wc -l)
    [ "$n_traces" -ge 50 ]
    expect 0 canaries disk
    if [ -n "$MOUNTED" ]; then
        sync
        umount disk
        expect 0 canaries --image image
        echo "# plaintext: $n_traces commands recorded, disk: ${output##*$'\n'}" >&3
        secrets_stay_out image
        # The same search finds a word that was written and deleted on such a disk.
        mount -o loop image disk
        printf 'Zeisigruf was written here\n' >disk/canary
        sync
        rm disk/canary
        umount disk
        expect 1 canaries --image image
        mount -o loop image disk
    else
        echo "# plaintext: $n_traces commands recorded, no disk could be mounted: $(cat mount.err);" \
            "the files were searched" >&3
    fi
    # The same search finds the words where they are.
    expect 1 canaries files
    for word in Zeisigruf Kranichfeder Шовкопряд Reiherstein; do
        says "$word"
    done
    expect 0 dokaz add --basis published files
    clean
    rebuild_oracle "$V"
}

@test "nothing that a person wrote lies unsealed anywhere" {
    export V FILES TOOLS BATS_TEST_DIRNAME BATS_TEST_TMPDIR
    unshare -m bash -c "$(declare -f); set -eu; session"
}

# A process that has the vault open: no passphrase is left in it, and no core is written however
# it ends. What it prints is found in the same memory.
@test "no passphrase and no core of a process that has the vault open" {
    printf 'Meisenring opens it\n' >pass
    new_vault
    for n in $(seq 1 20000); do
        printf 'Zeisigruf %s\n' "$n"
    done >files/long.txt
    expect 0 dokaz add --basis published files
    id=$("$DOKAZ" -C "$V" sources --json | jq -r .id)
    expect 0 python3 "$TOOLS/look_into.py" --absent "Meisenring opens it" --present Zeisigruf -- \
        "$DOKAZ" -C "$V" cat "$id"
    says "no core"
}

@test "no file of the vault is open to others" {
    umask 000
    new_vault
    good_file files/a.txt
    head -c 2000000 /dev/urandom >files/large.bin
    expect 0 dokaz add files
    expect 0 dokaz backup copy
    open=$(find "$V" copy "$XDG_STATE_HOME/dokaz" -perm /077)
    [ -z "$open" ] || { echo "$open"; return 1; }
}
