#!/usr/bin/env bats
# Bad files given to `add`: each is named in one clear line, the rest is added, the vault verifies.
load helpers
load hostile

setup_more() {
    new_vault
}

@test "bad files in a folder are named once each and the rest is added" {
    cd "$FILES"
    good_file a.txt
    : >empty.txt
    head -c 40000 /dev/urandom >binary.txt
    printf '\320\377\376\355%.0s' {1..500} >ill_formed.txt
    printf 'words \000 with a zero between them' >zero.txt
    printf 'a caf\351 among %s words\n' "$(printf 'many, many more %.0s' {1..20})" >few.txt
    ln -s ../files loop
    ln -s nowhere dangling
    mkfifo pipe
    python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
    good_file z.txt
    cd ..
    expect 0 dokaz add --basis published files
    no_crash
    names_once files/empty.txt "empty"
    error_says add "binary.txt (src-"
    error_says add "zero.txt (src-"
    says_not "not read" "$output"
    names_once files/loop "symbolic link"
    names_once files/dangling "symbolic link"
    names_once files/pipe "not a file"
    names_once files/socket "not a file"
    says "6 preserved"
    says "2 without text"
    sources_are 6
    clean
}

@test "what is no file is not read when it is named itself" {
    cd "$FILES"
    good_file a.txt
    ln -s nowhere dangling
    ln -s a.txt link
    mkfifo pipe
    expect 1 dokaz add pipe /dev/zero /dev/full dangling nowhere "" link
    no_crash
    names_once pipe "not a file"
    names_once /dev/zero "not a file"
    names_once /dev/full "not a file"
    names_once dangling "No such file"
    names_once nowhere "No such file"
    says "preserved  link"
    sources_are 1
    expect 1 dokaz add ""
    [ -n "$errors" ]
    clean
}

@test "the vault is not added to itself" {
    good_file files/a.txt
    expect 0 dokaz add .
    says "the vault itself" "$errors"
    expect 0 dokaz sources --json
    says_not vault.json
    says_not seg-0
    expect 0 dokaz add "$V"
    names_once "$V" "the vault itself"
    clean
}

@test "what may not be read is named and the rest is added" {
    cd "$FILES"
    good_file a.txt
    good_file closed.txt
    mkdir closed_folder
    good_file closed_folder/in.txt
    good_file z.txt
    chmod 000 closed.txt closed_folder
    # Root reads everything unless it lays its privileges down.
    bare=()
    [ "$(id -u)" -ne 0 ] || bare=(setpriv --inh-caps=-all --bounding-set=-all)
    without_leak_check
    cd ..
    expect 1 timeout 60 "${bare[@]}" "$DOKAZ" -C "$V" add files
    chmod 700 files/closed.txt files/closed_folder
    no_crash
    names_once files/closed.txt "ermission denied"
    names_once files/closed_folder "ermission denied"
    sources_are 2
    clean
}

@test "file names may hold anything" {
    cd "$FILES"
    long=$(printf 'n%.0s' {1..251}).txt
    names=($'new\nline.txt' $'bell\aescape\e[31m.txt' $'ill\377formed.txt' "$long" -n.txt --help
        "it's \"quoted\" \$HOME.txt" ' ' $'\342\200\256gpj.txt' '%s%n.txt')
    for name in "${names[@]}"; do
        printf 'A text of its own for %q.\n' "$name" >"./$name"
    done
    cd ..
    expect 0 dokaz add files
    no_crash
    for stream in "$output" "$errors"; do
        says_not $'\e' "$stream"
        says_not $'\a' "$stream"
        says_not $'\377' "$stream"
        says_not $'new\nline' "$stream"
    done
    expect 0 dokaz sources
    says_not $'\e'
    says_not $'\342\200\256'
    sources_are "${#names[@]}"
    json name >names
    python3 - <<'PY'
names = open("names", encoding="utf-8").read()
assert "new\nline.txt" in names and "ill\ufffdformed.txt" in names, names
PY
    # A name that begins like an option is added from where it lies, too.
    cd "$FILES"
    expect 0 dokaz add -- -n.txt --help
    says "2 already here"
    cd ..
    clean
}

@test "a path longer than the system takes is named and the rest is added" {
    cd "$FILES"
    good_file a.txt
    part=$(printf 'd%.0s' {1..200})
    (for _ in {1..22}; do
        mkdir "$part"
        cd "$part"
        good_file f.txt "$PWD"
    done)
    mkdir short
    long=short
    for _ in {1..8}; do
        long=$long/$part
        mkdir "$long"
    done
    : >"$long/empty.txt"
    good_file z.txt
    cd ..
    expect 1 dokaz add files
    no_crash
    says "name too long" "${errors,,}"
    says "there is nothing to preserve" "$errors"
    says "files/a.txt"
    says "files/z.txt"
    clean
}

larger_than() { # FILE BYTES
    [ "$(stat -c %s "$1")" -gt "$2" ]
}

@test "a file that grows while it is read is not taken for whole" {
    cd "$FILES"
    good_file a.txt
    good_file z.txt
    # Small files are read into memory, large ones are streamed.
    yes "a line of words" | head -c 524288 >small.txt || true
    truncate -s 64M large.bin
    python3 -c '
import sys, time
files = [open(name, "ab", buffering=0) for name in sys.argv[1:]]
end = time.monotonic() + 60
while time.monotonic() < end:
    for f in files:
        f.write(b"x")
    time.sleep(0.0005)  # slowly, so that the small one stays small
' small.txt large.bin 3>&- &
    writer=$!
    until_true larger_than small.txt 524288
    cd ..
    # Each reading is held up a little, so that the writer gets its turn on a busy machine, too.
    without_leak_check
    got=0
    expect 1 timeout 60 strace -f -qq -o trace -e trace=read -e inject=read:delay_enter=10000 \
        "$DOKAZ" -C "$V" add files || got=$?
    kill "$writer"
    [ "$got" -eq 0 ]
    no_crash
    names_once files/small.txt "changed while it was read"
    names_once files/large.bin "changed while it was read"
    sources_are 2
    clean
}

@test "files that vanish or shrink after they were listed are named" {
    cd "$FILES"
    truncate -s 1500M a.bin
    # More files than are read ahead while the first is still being read.
    for i in $(seq 1000 2300); do good_file "m-$i.txt"; done
    good_file y.txt
    good_file z.txt
    cd ..
    "$DOKAZ" -C "$V" add --preserve-only files >out 2>err 3>&- &
    pid=$!
    until_true has_open "$pid" "$FILES/a.bin"
    rm files/y.txt
    truncate -s 100M files/a.bin
    got=0
    wait "$pid" || got=$?
    [ "$got" -eq 1 ]
    errors=$(cat err)
    no_crash
    names_once files/a.bin "changed while it was read"
    names_once files/y.txt "No such file"
    sources_are 1302
    clean
}

@test "a table that is not well formed is refused before anything is added" {
    good_file files/a.txt
    try() { # CONTENT WORDS
        printf '%b' "$1" >table.csv
        expect 1 dokaz add --describe table.csv files
        one_line add "table.csv"
        error_says add "$2"
    }
    try '' 'empty'
    try 'title\nA\n' "'file' is missing"
    try 'file,colour\na.txt,red\n' "'colour'"
    try 'file,title,title\na.txt,A,B\n' "twice"
    try 'file,title\na.txt\n' "line 2"
    try 'file,title\na.txt,"open\n' "line 2"
    try 'file,title\na.txt,"closed" and more\n' "line 2"
    try 'file,published\na.txt,yesterday\n' "'yesterday'"
    try 'file,basis\na.txt,gossip\n' "'gossip'"
    try 'file,title\na.txt,A\na.txt,B\n' "both describe"
    try 'file,title\n,A\n' "line 2"
    try 'file,title\na.txt,ill \0377 formed\n' "UTF-8"
    try 'file,title\na.txt,zero \0000 byte\n' "line 2"
    try "file,title\na.txt,$(printf '%.0s,' {1..5000})\n" "line 2"
    expect 1 dokaz add --describe nowhere.csv files
    one_line add nowhere.csv
    expect 1 dokaz add --describe files files
    one_line add files
    sources_are 0
    # A row for a file that is not there is told, and the files are kept.
    printf 'file,title\na.txt,A notice\nb.txt,Another\n' >table.csv
    expect 1 dokaz add --describe table.csv files
    says "b.txt" "$errors"
    sources_are 1
    says "A notice"
    clean
}
