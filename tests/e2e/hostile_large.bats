#!/usr/bin/env bats
# Files of a size or shape that a careless reader would choke on: bounded time and memory.
load helpers
load hostile

setup_more() {
    new_vault
    LIMIT=60
    # Freed memory that the sanitizer holds back would count as ours.
    export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}quarantine_size_mb=8
}

measured() { # SECONDS MEBIBYTES COMMAND...
    local seconds=$1 mebibytes=$2
    shift 2
    python3 "$TOOLS/measured_run.py" --seconds "$seconds" --mebibytes "$mebibytes" \
        "$DOKAZ" -C "$V" "$@"
}

repeated() { # TEXT BYTES
    python3 -c 'import sys; t = sys.argv[1]; sys.stdout.write(t * (int(sys.argv[2]) // len(t)))' \
        "$1" "$2"
}

@test "two gigabytes are streamed, and come back as they were" {
    truncate -s 2G files/film.bin
    printf 'end' >>files/film.bin
    expect 0 measured 60 200 add files
    no_crash
    says "1 preserved (2.0 GiB)"
    sources_are 1
    [ "$(json size)" = 2147483651 ]
    id=$(json id | head -n 1)
    sum=$(json sha256)
    expect 0 measured 60 200 verify --deep
    [ "$(measured 60 200 cat "$id" | sha256sum)" = "$sum  -" ]
    # Named as text it is preserved all the same, and said to be none.
    mv files/film.bin files/film.txt
    printf 'x' >>files/film.txt
    expect 0 measured 90 200 add files
    error_says add "film.txt (src-"
    says "1 without text"
    clean
}

@test "deeply nested and very large HTML" {
    good_file files/a.txt
    { repeated '<div>' 500000; echo 'deep below'; } >files/divs.html
    { repeated '<b><i>' 600000; echo 'deep below'; } >files/marks.html
    { repeated '<table><tr><td>' 1500000; echo 'deep below'; } >files/tables.html
    { echo '<p'; repeated ' a=1' 2000000; echo '>words</p>'; } >files/attributes.html
    { echo '<p>'; repeated '&amp;&lt;&#x41;' 2000000; } >files/references.html
    { echo '<p>words <!--'; repeated '<!-' 3000000; } >files/comment.html
    { echo '<title>A long page</title><p>It says.</p>'
        repeated '<p>Words without meaning, many of them.</p> ' 20000000; } >files/page.html
    good_file files/z.txt
    expect 0 measured 60 0 add --basis published files
    no_crash
    for name in divs marks tables attributes references comment page; do
        says "files/$name.html"
    done
    says "9 preserved"
    error_says add "page.html (src-"
    sources_are 9
    clean
}

@test "one line of five megabytes" {
    good_file files/a.txt
    repeated 'In Melitopol nothing happened on 12 March 2024. ' 5000000 >files/line.txt
    repeated 'x' 5000000 >files/word.txt
    { echo x; repeated ' ' 5000000; echo x; } >files/spaces.txt
    expect 0 measured 90 0 add --basis published files
    no_crash
    says "4 preserved"
    id=$("$DOKAZ" -C "$V" sources --json | grep line.txt | jq -r .id)
    dokaz text "$id" | cmp - files/line.txt
    clean
}

@test "a long line without a full stop" {
    repeated 'Ivan Petrenko ' 1000000 >files/names.txt
    repeated 'said ' 1000000 >files/said.txt
    repeated 'A. ' 1000000 >files/initials.txt
    repeated '1 July 2024 ' 1000000 >files/dates.txt
    repeated 'hospital refused passport ' 1000000 >files/denials.txt
    expect 0 measured 60 0 add --basis published files
    no_crash
    says "5 preserved"
    clean
}

@test "a thousand files in one folder, some of them twice" {
    for i in {1..500}; do
        printf 'Notice %s of this test.\n' "$i" | tee "files/a$i.txt" >"files/b$i.txt"
    done
    expect 0 measured 60 200 add files
    says "500 preserved"
    says "500 already here"
    sources_are 500
    clean
}
