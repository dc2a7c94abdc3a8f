#!/usr/bin/env bats
# Captures of a site on this machine: good pages, servers that misbehave, redirects that lead astray, and a
# proxy through which everything has to go. Every WARC is read by a strict reader of our own and by
# warcio.
load helpers

setup_file() {
    start_site web_server.py
}

teardown_file() {
    stop_site
}

setup_more() {
    : >"$SITE/requests"
    rm -f "$SITE/go"
    new_vault
    HERE=http://127.0.0.1:$PORT
}

# capture PATH [OPTION...]: of this site, sealed and not read, without waiting between requests.
capture() {
    local path=$1
    shift
    dokaz capture --json --preserve-only --pause 1 --allow-private 127.0.0.1 "$@" "$HERE/$path"
}

# The WARC of the last output passes both readers; its records stand in $records afterwards.
take_warc() {
    local id
    id=$(json id)
    dokaz cat "$id" >"$BATS_TEST_TMPDIR/a.warc"
    records=$(python3 "$BATS_TEST_DIRNAME/../checker/warc.py" "$BATS_TEST_TMPDIR/a.warc") || return 1
    node "$BATS_TEST_DIRNAME/../tools/warc_peer.js" "$BATS_TEST_TMPDIR/a.warc" >"$BATS_TEST_TMPDIR/peer" || return 1
    [ "$(wc -l <"$BATS_TEST_TMPDIR/peer")" -eq "$(wc -l <<<"$records")" ]
}

# of TYPE FIELD: the field in every record of a type.
of() {
    python3 -c '
import json, sys
for line in sys.stdin:
    record = json.loads(line)
    if record["type"] == sys.argv[1]:
        value = record
        for key in sys.argv[2].split("."):
            value = value.get(key, {})
        print(value if value != {} else "")' "$1" "$2" <<<"$records"
}

was_asked() { # PATH, once
    [ "$(asked "$1")" = 1 ]
}

asked() { # how often a path was asked for
    python3 -c '
import json, sys
print(sum(json.loads(line)["path"].split("?")[0] == sys.argv[1] for line in open(sys.argv[2])))' "$1" "$SITE/requests"
}

entry() { # FIELD of the entry by which the last source was added
    dokaz show --json "$(json id)" | python3 -c '
import json, sys
value = json.load(sys.stdin)
value = value.get("body", value)
value = value.get("added", value)
for key in sys.argv[1].split("."):
    value = value[int(key)] if isinstance(value, list) else value.get(key)
    if value is None:
        break
print("" if value is None else value)' "$1"
}

# ---- good pages ----

@test "a page comes with what it needs and with nothing else" {
    expect 0 capture page
    [ "$(json status)" = 200 ]
    [ "$(json resources)" = 9 ]
    take_warc
    wanted=$(printf "$HERE/%s\n" a.png b.png back.png frame.html frame.png import.css missing.png page script.js style.css)
    [ "$(of response target_uri | sort)" = "$wanted" ]
    [ "$(asked /page)" = 1 ]
    [ "$(asked /other)" = 0 ]
    [ "$(asked /commented.png)" = 0 ]
    [ "$(asked /quoted.png)" = 0 ]
    [ "$(of warcinfo fields.software)" = "dokaz 0.1.0" ]
    # A short name of a machine may stand in any digest.
    host=$(hostname)
    [ "${#host}" -lt 8 ] || says_not "$host" "$(cat "$BATS_TEST_TMPDIR/a.warc")"
    says_not "$BATS_TEST_TMPDIR" "$(strings "$BATS_TEST_TMPDIR/a.warc")"
}

@test "a page is read like any other source, and its pages become sources" {
    expect 0 dokaz capture --pause 1 --allow-private 127.0.0.1 "$HERE/page"
    expect 0 dokaz search counter
    says "A notice"
    expect 0 dokaz sources
    says "2023-05"
    says "frame.html"
}

@test "the entry says what was seen, and apart from it from where" {
    expect 0 capture to-page --vantage "a library in Kharkiv" --title "The notice"
    [ "$(entry method)" = capture ]
    [ "$(entry media_type)" = application/warc ]
    [ "$(entry name)" = "127.0.0.1-$PORT-to-page.warc" ]
    [ "$(entry capture.asked)" = "$HERE/to-page" ]
    [ "$(entry capture.address)" = "$HERE/page?x=1" ]
    [ "$(entry capture.redirects.0)" = "$HERE/to-page" ]
    [ "$(entry capture.status)" = 200 ]
    [ "$(entry capture.headers.etag)" = '"n-1"' ]
    [ "$(entry capture.headers.last-modified)" = "Wed, 03 May 2023 08:00:00 GMT" ]
    [ "$(entry capture.headers.server)" = tests ]
    [ -z "$(entry capture.headers.set-cookie)" ]
    [ "$(entry capture.resources)" = 9 ]
    [ "$(entry captured_from.proxy)" = False ]
    [ "$(entry captured_from.vantage)" = "a library in Kharkiv" ]
    id=$(json id)
    expect 0 dokaz show "$id"
    says "The notice"
    says "address:        $HERE/page?x=1"
    says "Published"
}

@test "show tells how a page was captured, in words and as JSON" {
    expect 0 capture to-page --vantage "a library in Kharkiv"
    id=$(json id)
    expect 0 dokaz show "$id"
    says "How it was captured"
    says "asked for:      $HERE/to-page"
    says "redirected to:  $HERE/page?x=1"
    says "final address:  $HERE/page?x=1"
    says "status:         200"
    says "server:         127.0.0.1"
    says 'header:         etag: "n-1"'
    says "header:         last-modified: Wed, 03 May 2023 08:00:00 GMT"
    says "fetched:        9"
    says "tool:           dokaz "
    says "began:          20"
    says "From where it was captured (stays here)"
    says "vantage:        a library in Kharkiv"
    says "proxy:          not used"
    says "called itself:  Mozilla"
    expect 0 dokaz show "$id" --json
    [ "$(json capture.status)" = 200 ]
    [ "$(json capture.address)" = "$HERE/page?x=1" ]
    [ "$(json captured_from.vantage)" = "a library in Kharkiv" ]
    json tool | grep -q '^dokaz '
    # Nothing of the kind for a file.
    sample_en "$FILES/clinic.txt"
    expect 0 dokaz add --basis published --json "$FILES/clinic.txt"
    expect 0 dokaz show "$(json id | head -n 1)"
    says_not "captured"
}

@test "no proof shows from where a page was seen, unless asked to" {
    expect 0 capture plain --vantage "a library in Kharkiv"
    id=$(json id)
    expect 0 dokaz prove "$id"
    says "Withheld: captured_from" "$errors"
    shown=$(sed -n 's/^extra //p' <<<"$output" | base64 -d)
    says "$HERE/plain" "$shown"
    says_not Kharkiv "$shown"
    says_not Firefox "$shown"
    expect 0 dokaz prove --show captured_from "$id"
    says Kharkiv "$(sed -n 's/^extra //p' <<<"$output" | base64 -d)"
}

@test "packed, in chunks, both, and behind an interim answer" {
    for path in gzip chunked both; do
        expect 0 capture "$path"
        [ "$(json resources)" = 9 ]
        take_warc
    done
    [ "$(grep -c 'accept-encoding": "gzip, deflate, br' "$SITE/requests")" -gt 3 ]
    expect 0 capture interim
    take_warc
    [ "$(of response status)" = 200 ]
    expect 0 dokaz capture --pause 1 --allow-private 127.0.0.1 "$HERE/both"
    expect 0 dokaz search counter
    says "Packed in pieces"
}

@test "what is sent says nothing about the sender" {
    HTTP_PROXY=http://127.0.0.1:1 http_proxy=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1 expect 0 capture page
    refute grep -qi 'cookie\|referer\|dokaz\|authorization' "$SITE/requests"
    [ "$(grep -c 'Firefox/128.0' "$SITE/requests")" -eq 10 ]
    expect 0 capture plain --user-agent "Archive of a village"
    grep -q '"user-agent": "Archive of a village"' "$SITE/requests"
    [ "$(entry captured_from.user_agent)" = "Archive of a village" ]
}

@test "a notice comes before the first request" {
    expect 0 capture plain
    says "a visit shows the owner of the site" "$errors"
    says "network.proxy" "$errors"
}

@test "a host is asked at most so often" {
    # Half of it is more than the pause without the option; when the server looks at its clock varies.
    expect 0 capture frame.html --pause 2500
    python3 -c '
import json, sys
times = [json.loads(line)["time"] for line in open(sys.argv[1])]
assert len(times) == 2 and times[1] - times[0] >= 1.25, times' "$SITE/requests"
}

@test "only the page, and at most so many things" {
    expect 0 capture page --only-page
    [ "$(json resources)" = 0 ]
    expect 0 capture many --resources 5
    [ "$(json resources)" = 5 ]
    take_warc
    [ "$(of metadata fields.dokaz-fault | grep -c count_limit)" -gt 1000 ]
}

# ---- redirects and the local network ----

@test "redirects are recorded one by one, and end" {
    expect 0 capture hop/3
    take_warc
    [ "$(of response status | tr '\n' ' ')" = "302 302 302 200 " ]
    [ "$(json address)" = "$HERE/plain" ]
    expect 0 capture hop/10
    expect 1 capture hop/11
    [ "$(json fault)" = redirect_limit ]
    for path in loop circle; do
        expect 1 capture "$path"
        [ "$(json fault)" = redirect_loop ]
    done
    [ "$(asked /loop)" = 1 ]
}

@test "a redirect leads to no file, no other service, no password" {
    for path in to-file to-dict to-password; do
        expect 1 capture "$path"
        [ "$(json fault)" = redirect_address ]
    done
    expect 0 dokaz sources
    says "0 sources"
}

@test "nothing leads to the local network, however it is written" {
    expect 1 dokaz capture --pause 1 "$HERE/plain"
    says "--allow-private" "$errors"
    for path in to-private to-mapped to-number; do
        expect 1 capture "$path"
        [ "$(json fault)" = private_address ]
    done
    for address in "http://localhost:$PORT/plain" "http://2130706433:$PORT/plain" "http://0x7f.1:$PORT/plain" \
        "http://[::1]:$PORT/" "http://[::ffff:127.0.0.1]:$PORT/" "http://10.0.0.1/" "http://169.254.169.254/" \
        "http://0.0.0.0:$PORT/plain"; do
        expect 1 dokaz capture --json --preserve-only "$address"
        [ "$(json fault)" = private_address ] || { echo "$address"; return 1; }
    done
    expect 1 dokaz capture --json --preserve-only --allow-private "127.0.0.1:1" "$HERE/plain"
    [ "$(json fault)" = private_address ]
    refute grep -q '"address": "127.0.0.2"' "$SITE/requests"
    [ "$(asked /plain)" = 0 ]
    expect 0 dokaz capture --json --preserve-only --allow-private "10.0.0.1,127.0.0.1:$PORT" "$HERE/plain"
    expect 2 dokaz capture --allow-private everything "$HERE/plain"
    error_says capture "no address of a machine"
}

@test "what is no address of the web is refused" {
    for address in "file:///etc/hostname" "ftp://a.example/" "127.0.0.1" "http://me:word@a.example/"; do
        expect 1 dokaz capture --preserve-only "$address"
        says "an address begins with http:// or https://" "$errors"
    done
}

# ---- servers that misbehave ----

@test "a certificate that nobody trusts is refused, or taken and recorded" {
    expect 1 capture to-tls
    [ "$(json fault)" = certificate ]
    HERE=https://127.0.0.1:$TLS
    expect 1 capture plain
    [ "$(json fault)" = certificate ]
    expect 0 capture plain --insecure-tls
    [ "$(entry capture.certificate.trusted)" = False ]
    print=$(openssl x509 -in "$SITE/tls.pem" -outform DER | sha256sum | cut -c1-64)
    [ "$(entry capture.certificate.sha256)" = "$print" ]
    says "Tests of dokaz" "$(entry capture.certificate.issuer)"
    take_warc
    says "not checked" "$(of metadata fields.dokaz-certificate-trusted)"
    dokaz settings network.certificates "$SITE/tls.pem"
    expect 0 capture plain
    [ "$(entry capture.certificate.trusted)" = True ]
}

@test "slow, silent and endless servers cost a limited time and size" {
    # Long enough for what is quick on a machine that is busy.
    dokaz settings network.timeout 3
    expect 1 capture silent
    [ "$(json fault)" = timeout ]
    expect 0 capture drip
    [ "$(json cut)" = timeout ]
    take_warc
    [ "$(of response truncated)" = time ]
    for path in endless huge; do
        expect 0 capture "$path" --resource-size 1
        [ "$(json cut)" = too_large ]
        [ "$(json bytes)" = 1048576 ]
        take_warc
        [ "$(of response truncated)" = length ]
    done
    expect 0 capture slow-part
    [ "$(json resources)" = 1 ]
    [ "$(json failures.0.fault)" = timeout ]
    take_warc
    says "timeout" "$(of metadata fields.dokaz-fault)"
}

@test "the time for a page ends" {
    dokaz settings network.timeout 30
    began=$SECONDS
    expect 0 capture slow-part --page-time 2
    [ $((SECONDS - began)) -lt 28 ]
    [ "$(json failures.1.fault)" = time_limit ]
}

@test "answers that are cut off are kept as far as they came" {
    for path in cut cut-chunk; do
        expect 0 capture "$path"
        [ "$(json cut)" = broken_off ]
        take_warc
        [ "$(of response truncated)" = disconnect ]
    done
    expect 0 capture short
    take_warc
}

@test "what is no answer is none" {
    for path in header-bomb no-head hangup; do
        expect 1 capture "$path"
    done
    expect 1 dokaz capture --allow-private 127.0.0.1 "http://127.0.0.1:1/"
    says "no connection" "$errors"
    expect 0 dokaz sources
    says "0 sources"
}

@test "other statuses, no type, no body, and a wrong charset" {
    expect 0 capture missing
    [ "$(json status)" = 404 ]
    take_warc
    for path in no-type empty; do
        expect 0 capture "$path"
        take_warc
    done
    expect 0 dokaz capture --pause 1 --allow-private 127.0.0.1 "$HERE/charset"
    expect 0 dokaz sources --json
    says "127.0.0.1-$PORT-charset.warc"
}

@test "one page that fails does not stop the others" {
    expect 1 dokaz capture --preserve-only --pause 1 --allow-private 127.0.0.1 "$HERE/hangup" "$HERE/plain"
    says "preserved  $HERE/plain"
    says "1 page could not be captured" "$errors"
}

@test "Ctrl-C keeps the page that is there, with a mark" {
    dokaz settings network.timeout 30
    "$DOKAZ" -C "$V" capture --json --preserve-only --pause 1 --allow-private 127.0.0.1 "$HERE/slow-part" "$HERE/plain" \
        >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
    pid=$!
    until_true was_asked /silent
    kill -INT "$pid"
    got=0
    wait "$pid" || got=$?
    [ "$got" -ne 0 ]
    output=$(cat "$BATS_TEST_TMPDIR/out")
    [ "$(json stopped)" = true ]
    [ "$(json failures.0.fault)" = stopped ]
    [ "$(entry capture.stopped)" = True ]
    take_warc
    [ "$(of metadata fields.dokaz-stopped | head -n 1)" = yes ]
    [ "$(asked /plain)" = 0 ]
}

# ---- beside other writers ----

# capture_beside NAME ARGUMENT...: in the background; what it says goes to NAME.out and NAME.err. Sets $pid.
capture_beside() {
    local name=$BATS_TEST_TMPDIR/$1
    shift
    "$DOKAZ" -C "$V" capture --json --pause 1 --allow-private 127.0.0.1 "$@" >"$name.out" 2>"$name.err" 3>&- &
    pid=$!
}

@test "others write while a slow server is waited for, and captures go on side by side" {
    sample_en "$FILES/clinic.txt"
    dokaz settings network.timeout 120
    capture_beside slow "$HERE/held"
    slow=$pid
    until_true was_asked /held
    expect 0 dokaz add --basis published --json "$FILES/clinic.txt"
    expect 0 dokaz capture --json --pause 1 --allow-private 127.0.0.1 "$HERE/page"
    page=$(json id)
    sleep 2
    kill -0 "$slow"
    : >"$SITE/go"
    wait "$slow"
    output=$(cat "$BATS_TEST_TMPDIR/slow.out")
    [ "$(json status)" = 200 ]
    take_warc
    # The entry stands behind those of the others, and says when the page was seen.
    began=$(entry capture.began)
    ended=$(entry capture.ended)
    output="{\"id\": \"$page\"}"
    [[ $began < $(entry capture.began) && $(entry capture.ended) < $ended ]]
    # Both are read, and nothing is read twice.
    for word in counter clinic; do
        expect 0 dokaz search "$word" --json
        [ -n "$output" ]
    done
    expect 0 dokaz log --json
    [ "$(grep -c '"text.derived"' <<<"$output")" -eq "$(grep -c '"source.added"' <<<"$output")" ]
    expect 0 dokaz verify --deep
}

@test "what was fetched waits for another writer until somebody gives it up" {
    # Somebody holds the write lock, as another command would, for as long as there is a file "held".
    : >held
    python3 - "$V/lock" 3>&- <<'PY' &
import fcntl, os, struct, sys, time
lock = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600)
fcntl.fcntl(lock, 37, struct.pack("hhqqi", fcntl.F_WRLCK, 0, 0, 0, 0))  # F_OFD_SETLK
os.write(lock, b"%d\n" % os.getpid())
open("holds", "w").close()
while os.path.exists("held"):
    time.sleep(0.05)
PY
    until_true test -e holds
    capture_beside patient --preserve-only "$HERE/plain"
    patient=$pid
    capture_beside hasty --preserve-only "$HERE/page"
    hasty=$pid
    for name in patient hasty; do
        until_true grep -q "waits until another process has finished" "$name.err"
    done
    kill -INT "$hasty"
    got=0
    wait "$hasty" || got=$?
    [ "$got" -ne 0 ]
    says "keeping what came from '$HERE/page': process" "$(cat hasty.err)"
    [ ! -s hasty.out ]
    kill -0 "$patient"
    rm held
    wait "$patient"
    [ "$(grep -c "waits until another" patient.err)" -eq 1 ]
    output=$(cat patient.out)
    take_warc
    expect 0 dokaz sources
    says "1 source"
}

# Nothing that stands in the vault's folder is new, and no file without a name is left open by anybody.
@test "a capture that is killed leaves nothing" {
    python3 -c 'import random; print("<html>" + "".join("%06x" % random.randrange(1 << 24) for _ in range(1 << 19)))' \
        >"$SITE/large.html"
    printf '<html><img src="/large.html"><img src="/held"></html>' >"$SITE/parts.html"
    dokaz settings network.timeout 120
    before=$(cd "$V" && find . -type f ! -name 'index-*' -printf '%p %s\n' | sort)
    capture_beside killed --preserve-only "$HERE/parts.html"
    until_true was_asked /held
    kill -KILL "$pid"
    wait "$pid" || true
    [ "$(cd "$V" && find . -type f ! -name 'index-*' -printf '%p %s\n' | sort)" = "$before" ]
    # What is larger than a segment takes gets its name when it is preserved.
    : >"$SITE/go"
    expect 0 capture parts.html
    [ "$(json resources)" = 2 ]
    take_warc
    [ "$(find "$V/objects" -name '????????????????????????????????????????????????????????????????' -size +1000k | wc -l)" = 1 ]
    expect 0 dokaz verify --deep
}

# ---- a proxy ----

@test "everything goes through the proxy, names too" {
    for proxy in socks5h http; do
        : >"$SITE/requests"
        dokaz settings network.proxy "$proxy://127.0.0.1:$PORT"
        expect 0 dokaz capture --json --preserve-only --pause 1 "http://site.example/page"
        says "the address of the proxy" "$errors"
        [ "$(json resources)" = 9 ]
        [ "$(entry captured_from.proxy)" = True ]
        take_warc
        [ -z "$(of response ip_address | tr -d '\n')" ]
        [ "$(wc -l <"$SITE/requests")" -eq 10 ]
            [ "$(grep -c '"via": "\(socks5\|http\) site.example"' "$SITE/requests")" -eq 10 ]
    done
    expect 1 dokaz capture --json --preserve-only "http://127.0.0.1:$PORT/plain"
    [ "$(json fault)" = private_address ]
    dokaz settings network.proxy "socks5h://127.0.0.1:$PORT"
    expect 1 dokaz capture --json --preserve-only "http://refused.example/"
    [ "$(json fault)" = proxy_refused ]
    dokaz settings network.proxy "socks5h://127.0.0.1:1"
    expect 1 dokaz capture --json --preserve-only "http://site.example/"
}
