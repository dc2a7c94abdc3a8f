#!/usr/bin/env bats
# Pictures of captured pages: made of what was preserved by a browser that reaches nothing, and what comes of
# browsers that hang, lie or are not there.
load helpers

setup_file() {
    start_site shot_pages.py
    # Anybody may read this folder: as root, dokaz starts browsers as nobody.
    FAKES=$(mktemp -d "${TMPDIR:-/tmp}/dokaz-fake.XXXXXX")
    chmod 755 "$FAKES"
    for how in silent garbage chatters endless dies broken lies deaf; do
        install -m 755 "$BATS_TEST_DIRNAME/../tools/fake_browser.py" "$FAKES/$how"
    done
    export FAKES
}

teardown_file() {
    stop_site
    rm -r "$FAKES"
}

setup_more() {
    unshare -U -m -p -n -i -u -f true 2>/dev/null || skip "not possible here: no namespaces"
    : >"$SITE/requests"
    new_vault
    HERE=http://127.0.0.1:$PORT
}

# shoot PATH [OPTION...]: of this site, sealed and not read.
shoot() {
    local path=$1
    shift
    dokaz capture --json --screenshot --preserve-only --pause 1 --allow-private 127.0.0.1 "$@" "$HERE/$path"
}

with_chromium() {
    command -v chromium chromium-browser google-chrome >/dev/null || skip "not possible here: no Chromium"
}

# The pixels of a PNG: pixel FILE X Y prints "R G B"; size FILE prints "W H".
pixel() {
    python3 "$BATS_TEST_DIRNAME/../tools/png_pixel.py" "$@"
}

# What runs of the fakes, on the whole machine.
left() {
    pgrep -f "$FAKES/" || true
}

gone() {
    for _ in $(seq 50); do
        [ -z "$(left)" ] && return 0
        sleep 0.1
    done
    ps -fp $(left)
    return 1
}

added() { # SOURCE FIELD of its entry
    dokaz show --json "$1" | python3 -c '
import json, sys
value = json.load(sys.stdin)
value = value.get("body", value)
value = value.get("added", value)
for key in sys.argv[1].split("."):
    value = value.get(key)
    if value is None:
        break
print("" if value is None else value)' "$2"
}

# ---- with a browser ----

@test "a picture and a PDF are made of a page, and say how" {
    with_chromium
    expect 0 shoot plain
    page=$(json id) picture=$(json picture) pdf=$(json pdf)
    [ "$(added "$picture" method)" = rendering ]
    [ "$(added "$picture" derivative_of)" = "$page" ]
    [ "$(added "$pdf" derivative_of)" = "$page" ]
    [ "$(added "$picture" media_type)" = image/png ]
    [ "$(added "$pdf" media_type)" = application/pdf ]
    [ "$(added "$picture" basis)" = published ]
    [ "$(added "$picture" rendering.of)" = preserved_bytes ]
    says Chrom "$(added "$pdf" rendering.browser)"
    [ "$(added "$picture" rendering.window_width)" = 1280 ]
    [ "$(added "$picture" rendering.missing)" = 0 ]
    [ -n "$(added "$picture" rendering.began)" ]
    dokaz cat "$picture" >a.png
    dokaz cat "$pdf" >a.pdf
    [ "$(pixel a.png)" = "1280 1024" ]
    pdftotext a.pdf - | grep -q "closed on Tuesdays"
    # The visit was made once, and not by the browser.
    [ "$(grep -c ' /plain ' "$SITE/requests")" -eq 1 ]
    refute grep -qi chrom "$SITE/requests"
    # They are sources as any others.
    expect 0 dokaz add .
    expect 0 dokaz show "$pdf"
    says "text:           read"
    says "made from:      $page"
    says "rendered by:    Chrom"
}

@test "doctor tells whether pictures can be made" {
    with_chromium
    output=$("$DOKAZ" doctor | tr -s ' \n' ' ')
    says "pictures of pages: Chromium is there and works when it is locked in"
}

@test "the picture is the whole page, also where that is far higher than a window" {
    with_chromium
    expect 0 shoot high
    dokaz cat "$(json picture)" >a.png
    [ "$(pixel a.png)" = "1280 9000" ]
    [ "$(pixel a.png 10 100)" = "221 221 221" ]
    [ "$(pixel a.png 10 8820)" = "255 0 0" ]
    [ "$(pixel a.png 10 8990)" = "0 0 255" ]
}

@test "scripts that were captured run, packed ones too" {
    with_chromium
    expect 0 shoot script
    dokaz cat "$(json picture)" >a.png
    [ "$(pixel a.png 600 900)" = "0 255 0" ]
}

@test "what came through a proxy without TLS is shown so, whatever a browser knows of the site" {
    with_chromium
    dokaz settings network.proxy "$HERE"
    HERE=http://google.com
    expect 0 shoot elsewhere
    [ "$(json missing)" = 0 ]
    dokaz cat "$(json picture)" >a.png
    [ "$(pixel a.png 600 900)" = "0 255 0" ]
}

@test "nothing is reached from inside a page, and nothing asked for twice" {
    with_chromium
    expect 0 shoot reaches
    [ "$(json missing)" -ge 3 ]
    refute grep -q '127.0.0.2\|secret' "$SITE/requests"
    refute grep -qi chrom "$SITE/requests"
    [ "$(wc -l <"$SITE/requests")" -eq 1 ]
}

@test "a page that leads on or asks stays what was captured" {
    with_chromium
    for path in leads-on asks; do
        expect 0 shoot "$path"
        dokaz cat "$(json pdf)" >a.pdf
        pdftotext a.pdf - | grep -q "The first page\|After the questions"
    done
    [ "$(grep -c plain "$SITE/requests")" -eq 0 ]
}

@test "a page that keeps the browser busy costs a limited time" {
    with_chromium
    began=$SECONDS
    expect 1 shoot busy --screenshot-time 6
    [ $((SECONDS - began)) -lt 30 ]
    says "time was up" "$(json why)"
    [ "$(added "$(json id)" method)" = capture ]
    expect 1 shoot data
    says "no page" "$(json why)"
}

@test "nothing that the browser is shown comes to rest on the disk" {
    with_chromium
    export TMPDIR=$BATS_TEST_TMPDIR/tmp
    mkdir -p "$TMPDIR"
    touch mark
    sleep 0.1
    expect 0 shoot plain
    echo Zeisigruf >words
    find "$TMPDIR" "$HOME" "$V" "$XDG_STATE_HOME" /tmp /var/tmp /dev/shm /run ~root /home -xdev -type f -newer mark \
        -not -path '*/words' -not -path "$BATS_RUN_TMPDIR/*/requests" -print0 2>/dev/null |
        xargs -0 -r grep -l Zeisigruf 2>/dev/null >found || true
    [ ! -s found ] || { cat found; return 1; }
    # Started by root, the browser is nobody: so is whoever owns what it writes.
    if [ "$(id -u)" = 0 ]; then
        find / -xdev \( -path /proc -o -path '/tmp/bats-run-*' \) -prune -o -uid 65534 -newer mark -print >found 2>/dev/null || true
        [ ! -s found ] || { cat found; return 1; }
    fi
    expect 0 python3 "$BATS_TEST_DIRNAME/../tools/canaries.py" --words words "$TMPDIR" "$HOME" "$V" "$XDG_STATE_HOME"
}

@test "what the browser writes, call by call, is nowhere afterwards" {
    with_chromium
    touch mark
    sleep 0.1
    ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 strace -f -qq -o trace -e trace=openat,creat,mkdir,rename \
        "$DOKAZ" -C "$V" capture --screenshot --screenshot-time 120 --preserve-only --pause 1 --allow-private 127.0.0.1 \
        "$HERE/plain" >out 2>/dev/null
    grep -q "its PDF" out
    python3 - "$V" "$XDG_STATE_HOME" <<'END'
import os, re, sys
written = set()
for line in open("trace", encoding="utf-8", errors="replace"):
    call = re.search(r'(openat|creat|mkdir|rename)\(.*"(/[^"]*)"[^"]*\) = \d', line)
    if call and (call.group(1) != "openat" or "O_WRONLY" in line or "O_RDWR" in line or "O_CREAT" in line):
        written.add(call.group(2))
browser = [path for path in written if path.startswith("/home/profile/")]
assert len(browser) > 20, "the trace holds nothing of a browser"
left = [path for path in written if os.path.lexists(path)
        and os.lstat(path).st_ctime > os.stat("mark").st_ctime  # others are places in the browser's own root
        and not path.startswith((*sys.argv[1:], "/proc/", "/dev/")) and not os.path.isdir(path)]
assert not left, left
END
}

# ---- what a browser can reach ----

# Start one that stays; its report stands in $report, its process is $pid.
start_silent() {
    "$DOKAZ" -C "$V" capture --json --screenshot --browser "$FAKES/silent" --screenshot-time 30 --preserve-only --pause 1 \
        --allow-private 127.0.0.1 "$HERE/plain" >out 2>err 3>&- &
    pid=$!
    for _ in $(seq 200); do
        for one in $(left); do
            [ -s "/proc/$one/root/home/report" ] && [ -d "/proc/$one/root/home" ] && break 2
        done
        sleep 0.1
    done
    cp "/proc/$one/root/home/report" report.json
    report=$(cat report.json)
}

seen() {
    json "$1" "$report"
}

@test "a browser sees no network, no process, no file of the machine, and writes into memory alone" {
    start_silent
    [ "$(seen interfaces)" = '["lo"]' ]
    [ "$(seen routes)" = 0 ]
    [ "$(seen uid)" = 1000 ]
    [ "$(seen caps)" = '["0000000000000000"]' ]
    [ "$(seen processes)" -le 3 ]
    [ "$(seen fds)" = '["/dev/null", "/home/report.part", "socket"]' ]
    says_not passwd "$(seen etc)"
    says_not machine-id "$(seen etc)"
    says_not hostname "$(seen etc)"
    says_not "$BATS_TEST_TMPDIR" "$report"
    says_not DOKAZ "$(seen environment)"
    python3 -c '
import json
report = json.load(open("report.json"))
for what, where, kind, options in report["mounts"]:
    options = options.split(",")
    assert "nosuid" in options, where
    assert "ro" in options or kind in ("tmpfs", "proc"), (where, kind)
    assert kind != "tmpfs" or "noexec" in options and any(o.startswith("size=") for o in options), options
places = set(report["written"])
assert places == {"/", "/etc", "/var", "/tmp", "/home", "/run", "/dev/shm"}, places
'
    [ ! -e /tmp/canary ] && [ ! -e /dev/shm/canary ] && [ ! -e /etc/canary ] && [ ! -e "$FAKES/canary" ]
    refute grep -q dokaz-fake /proc/self/mounts
    kill -INT "$pid"
    wait "$pid" || true
    gone
}

@test "whatever ends dokaz ends the browser and all that it started" {
    for signal in INT TERM KILL; do
        start_silent
        [ -n "$(left)" ]
        inside=$(readlink "/proc/$one/ns/mnt")
        kill "-$signal" "$pid"
        wait "$pid" || true
        gone
        for _ in $(seq 50); do
            still=$(readlink /proc/[0-9]*/ns/mnt 2>/dev/null | grep -cF "$inside" || true)
            [ "$still" = 0 ] && break
            sleep 0.1
        done
        [ "$still" = 0 ]
        # The page was there before.
        grep -q preserved out
        refute grep -q rendered out
    done
    expect 0 dokaz sources
    says "3 sources"
    expect 0 dokaz verify
}

# ---- browsers that misbehave ----

@test "a browser that hangs, dies or lies costs one line and no page" {
    for how in silent deaf garbage chatters endless dies lies; do
        expect 1 shoot plain --browser "$FAKES/$how" --screenshot-time 4
        [ "$(json outcome | tr '\n' ' ')" = "preserved not_rendered " ]
        case $how in
        silent | deaf | chatters) says "time was up" "$(json why)" ;;
        garbage) says "no browser says" "$(json why)" ;;
        endless) says "more than any honest one" "$(json why)" ;;
        dies) says "ended before" "$(json why)" ;;
        lies) says "none" "$(json why)" ;;
        esac
        error_says capture "without a picture"
        gone
    done
    expect 0 dokaz sources --json
    [ "$(json id | wc -l)" -eq 7 ]
}

# ---- where there is none ----

@test "without Chromium nothing is fetched" {
    mkdir empty
    PATH=$BATS_TEST_TMPDIR/empty expect_no_browser
    error_says capture "Chromium, which is not installed"
    expect 1 shoot plain --browser "$FAKES/none"
    error_says capture "no program that can be started"
    expect 1 shoot plain --browser "$FAKES"
    expect 1 shoot plain --browser "$FAKES/broken"
    error_says capture "does not work as a browser"
    if [ "$(id -u)" = 0 ]; then
        install -m 755 -D "$FAKES/silent" closed/silent
        chmod 700 closed
        expect 1 shoot plain --browser "$PWD/closed/silent"
        error_says capture "cannot be started: Permission denied"
    fi
    [ ! -s "$SITE/requests" ]
    PATH=$BATS_TEST_TMPDIR/empty "$DOKAZ" doctor >out || true
    grep -q "pictures of pages.*no Chromium" out
    expect 2 dokaz capture --browser "$FAKES/silent" "$HERE/plain"
    expect 0 dokaz sources
    says "0 sources"
}

expect_no_browser() {
    local got=0
    "$DOKAZ" -C "$V" capture --screenshot --allow-private 127.0.0.1 "$HERE/plain" 2>errors || got=$?
    PATH=/usr/local/bin:/usr/bin:/bin
    errors=$(cat errors)
    [ "$got" -eq 1 ]
}

@test "where the kernel gives no namespaces nothing is fetched" {
    # One is given, and in it none may be made.
    expect 1 unshare -U -r sh -c 'echo 0 >/proc/sys/user/max_user_namespaces
        exec "$@"' sh "$DOKAZ" -C "$V" capture --screenshot --browser "$FAKES/silent" --allow-private 127.0.0.1 "$HERE/plain"
    error_says capture "does not let a browser be locked in"
    [ ! -s "$SITE/requests" ]
}
