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
    N=0
}

canaries() { # ARGUMENT...
    python3 "$TOOLS/canaries.py" --words words "$@"
}

# Run dokaz with everything it writes recorded.
traced() {
    N=$((N + 1))
    timeout 120 strace -f -qq -xx -s 100000000 -o "trace$N" \
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
    strace -f -qq -xx -s 100000000 -o trace -e trace=write \
        python3 -c 'open("file", "w").write("Zeisigruf")'
    expect 1 canaries --trace trace
    strace -f -qq -xx -s 100000000 -o trace -e trace=write \
        python3 -c 'print("Zeisigruf")' >/dev/null
    expect 0 canaries --trace trace
}

@test "nothing that a person wrote lies unsealed anywhere" {
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
TEXT
    printf 'Meisenring opens it\n' >pass
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
    traced init "$V" >/dev/null
    expect 0 traced add --basis published --describe table.csv files
    src=$("$DOKAZ" -C "$V" sources --json | jq -r 'select(.name == "Reiherstein.txt").id')
    short=$("$DOKAZ" -C "$V" sources --json | jq -r 'select(.name == "short.txt").id')
    expect 0 traced suggest
    expect 0 traced accept --all
    reject=$("$DOKAZ" -C "$V" suggest --json | jq -rs '.[0].id')
    expect 0 traced reject "$reject"
    printf '{"sphere": "healthcare", "means": "denial", "scope": "general_claim", "note":
        "Habichtskopf", "passages": [{"source": "%s", "exact":
        "The nurse Zeisigruf said that Zeisigruf knew of it"}]}' "$src" >act.json
    expect 0 traced record act <act.json
    says act-
    act=$output
    printf '{"title": "Schwalbenherz", "author": "Elsterblick"}' >described.json
    expect 0 traced describe "$src" <described.json
    expect 0 traced search Zeisigruf
    says Schwalbenherz
    expect 0 traced search Uhuwald
    for words in facts chronology figures matrix log verify rebuild "verify --deep" doctor \
        "text $src" "cat $short" "show $act" "backup copy" "debug-dump"; do
        # shellcheck disable=SC2086
        expect 0 traced $words
    done
    expect 0 traced withdraw "$act" --reason Uhuwald
    expect 0 traced purge "$short" --reason Uhuwald
    # Some are killed on their way.
    for n in 5 15 30 60; do
        printf 'Another Kranichfeder, number %s, and Zeisigruf.\n' "$n" >"files/more$n.txt"
        N=$((N + 1))
        strace -f -qq -xx -s 100000000 -o "trace$N" -e trace=write,pwrite64,fdatasync,fsync \
            -e "inject=write,pwrite64,fdatasync,fsync:signal=KILL:when=$n" \
            "$DOKAZ" -C "$V" add files >/dev/null 2>&1 || true
        traces=()
        for i in $(seq 1 "$N"); do
            traces+=(--trace "trace$i")
        done
        expect 0 canaries "$V" "$XDG_STATE_HOME" "$TMPDIR" "$HOME" copy
    done
    expect 0 canaries "${traces[@]}" "$V" "$XDG_STATE_HOME" "$TMPDIR" "$HOME" copy
    expect 0 dokaz add --basis published files
    # The same search finds them where they are: it would have found them there.
    expect 1 canaries files
    for word in Zeisigruf Kranichfeder Шовкопряд Reiherstein; do
        says "$word"
    done
    clean
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
