#!/usr/bin/env bats
# Timestamps from a real authority on this machine: asked for, kept, checked, also when it misbehaves,
# is out of reach, or its certificate has expired. And the settings that name it.
load helpers

setup_file() {
    export TSA=$BATS_FILE_TMPDIR/tsa
    TSA_TOOL=$BATS_TEST_DIRNAME/../tools/tsa.py
    "$TSA_TOOL" make "$TSA"
    "$TSA_TOOL" serve "$TSA" >"$TSA/port" 3>&- &
    echo $! >"$TSA/pid"
    until_true test -s "$TSA/port"
    PORT=$(cat "$TSA/port")
    export PORT
}

teardown_file() {
    # shellcheck disable=SC2046
    kill $(cat "$TSA"/pid*)
}

setup_more() {
    rm -f "$TSA/requests" "$TSA/replayed"
    new_vault
    sample_en "$FILES/a.txt"
    dokaz add --basis published "$FILES/a.txt" >/dev/null
}

# authority NAME PATH [CERTIFICATES]
authority() {
    dokaz settings "timestamp.$1" "http://127.0.0.1:$PORT/$2" --certificates "${3-$TSA/ca.pem}" >/dev/null
}

only_notice() { # TEXT
    [ "$(grep -c . <<<"$errors")" -eq 1 ] || { printf 'more than one line:\n%s\n' "$errors"; return 1; }
    says "dokaz: timestamp: $1" "$errors"
}

@test "a checkpoint is stamped, kept, listed and checked" {
    authority clock good
    expect 0 dokaz timestamp
    says "clock: 5 entries of log"
    says "existed at 20"
    [ -z "$errors" ]
    expect 0 dokaz timestamp --list
    says "clock "
    says " valid; certificate until"
    says "2036-01-01"
    says "rests on CN=Test Root, O=Tests of dokaz, SHA-256 "
    expect 0 dokaz timestamp --list --json
    [ "$(json validity)" = valid ]
    [ "$(json size)" = 5 ]
    [ "$(json signer)" = "CN=Годинник тестів, O=Tests of dokaz" ]
    [ "$(json policy)" = 1.3.6.1.4.1.99999.1 ]
    [ "$(json accuracy_us)" = 1500000 ]
    [ "$(json anchor_sha256)" = "$(openssl x509 -in "$TSA/ca.pem" -outform DER | sha256sum | cut -c1-64)" ]
    for depth in "" --deep; do
        expect 0 dokaz verify $depth
        says "1 of 1 timestamp holds."
        says "Everything is as it was stored."
    done
    expect 0 dokaz verify --json
    [ "$(json timestamps)" = 1 ]
    [ "$(json timestamps_invalid)" = 0 ]
    expect 0 dokaz verify --keyless
    expect 0 dokaz log
    says "(timestamp.clock.certificates,"
    says_not "BEGIN"
    says "(clock, 20"
}

@test "what is sent is a hash and says nothing about the sender" {
    authority clock good
    HTTP_PROXY=http://127.0.0.1:1 http_proxy=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1 \
        expect 0 dokaz timestamp
    output=$(cat "$TSA/requests")
    [ "$(json method)" = POST ]
    [ "$(json bytes)" = 69 ]
    [ "$(json headers)" = "{\"host\": \"127.0.0.1:$PORT\", \"content-type\": \"application/timestamp-query\", \"content-length\": \"69\"}" ]
}

@test "openssl agrees about every kept token" {
    authority one good
    authority two middle
    authority three rsa
    expect 0 dokaz timestamp
    expect 0 dokaz timestamp --save out
    says "3 timestamps were written to out"
    [ "$(find out -type f | wc -l)" -eq 7 ]
    for token in out/*.tst; do
        note=$(sed 's/-[a-z]*\.tst$/.note/' <<<"$token")
        expect 0 openssl ts -verify -data "$note" -in "$token" -token_in -CAfile "${token%.tst}.pem"
        expect 0 openssl ts -verify -data "$note" -in "$token" -token_in -CAfile "$TSA/ca.pem" \
            -untrusted "${token%.tst}.pem"
        sed 's/^[0-9]/5/' "$note" >other
        expect 1 openssl ts -verify -data other -in "$token" -token_in -CAfile "$TSA/ca.pem" \
            -untrusted "${token%.tst}.pem"
    done
    expect 0 dokaz timestamp --list --json
    [ "$(json imprint | sort -u)" = "$(sha256sum out/*.note | cut -c1-64)" ]
}

@test "one authority out of reach is named, and the others go on" {
    dokaz settings timestamp.away http://127.0.0.1:1/tsr --certificates "$TSA/ca.pem" >/dev/null
    authority clock good
    expect 0 dokaz timestamp
    says "clock: "
    only_notice "away: 127.0.0.1 is out of reach: no connection"
    expect 0 dokaz timestamp --authority clock
    [ -z "$errors" ]
    expect 1 dokaz timestamp --authority away
    says "no timestamp was made" "$errors"
    expect 1 dokaz timestamp --authority nobody
    error_says timestamp "no timestamp authority is called 'nobody'"
    expect 0 dokaz timestamp --list --json
    [ "$(json authority | sort -u)" = clock ]
    expect 0 dokaz verify
    says "2 of 2 timestamps hold."
}

@test "an authority that misbehaves gives one clear line, and nothing is kept" {
    dokaz settings network.timeout 2 >/dev/null
    authority a-other other
    authority b-refuse refuse
    authority c-garbage garbage
    authority d-error error
    authority e-huge huge
    authority f-slow slow
    authority g-elsewhere elsewhere
    authority h-hangup hangup
    authority i-past past "$TSA/old.pem"
    before=$(dokaz log --json | wc -l)
    start=$SECONDS
    expect 1 dokaz timestamp
    [ $((SECONDS - start)) -lt 60 ]
    [ "$(grep -c . <<<"$errors")" -eq 10 ]
    says "a-other: the certificate of the authority does not lead to a trusted one" "$errors"
    says "b-refuse: the authority refuses: зайнято: спробуйте згодом; it does not know the digest" "$errors"
    says "c-garbage: the reply is not one of a timestamp authority" "$errors"
    says "d-error: 127.0.0.1 answers with HTTP status 500" "$errors"
    says "e-huge: 127.0.0.1 sends more than 69632 bytes" "$errors"
    says "f-slow: 127.0.0.1 is out of reach: no answer in time" "$errors"
    says "g-elsewhere: 127.0.0.1 refers to file:///etc/hostname" "$errors"
    says "h-hangup: 127.0.0.1 broke the exchange off" "$errors"
    says "i-past: a certificate of the authority was not valid at the stamping time" "$errors"
    says "no timestamp was made" "$errors"
    [ "$(dokaz log --json | wc -l)" -eq "$before" ]
    expect 0 dokaz verify
    says_not "timestamp"
    expect 0 dokaz search hospital
}

@test "an old reply played back is not taken" {
    authority clock replay
    expect 0 dokaz timestamp
    expect 1 dokaz timestamp
    says "clock: the reply belongs to another request" "$errors"
}

@test "long after: the certificate has expired, the timestamp holds, and that is said" {
    authority clock good
    expect 0 dokaz timestamp
    export DOKAZ_TEST_NOW=2041-05-01T00:00:00Z
    expect 0 dokaz verify
    says "valid at the stamping time; a certificate has expired since"
    says "1 of 1 timestamp holds."
    says "Everything is as it was stored."
    expect 0 dokaz timestamp --list
    says "certificate since expired"
    expect 0 dokaz timestamp --list --json
    [ "$(json validity)" = expired ]
    expect 0 dokaz verify --json
    [ "$(json timestamps_expired_since)" = 1 ]
}

@test "a clock that is far from the authority's is mentioned" {
    authority clock good
    expect 0 dokaz timestamp
    [ -z "$errors" ]
    DOKAZ_TEST_NOW=$(date -u -d '-3 hours' +%Y-%m-%dT%H:%M:%SZ)
    export DOKAZ_TEST_NOW
    expect 0 dokaz timestamp
    says "clock: its clock and that of this device are 1" "$errors"
    says "minutes apart" "$errors"
}

@test "an authority that is not set any more: what it stamped still holds" {
    authority clock good
    expect 0 dokaz timestamp
    expect 0 dokaz settings timestamp.clock --remove
    expect 0 dokaz settings
    says "Nothing is set."
    expect 1 dokaz timestamp
    error_says timestamp "no timestamp authority is set"
    expect 0 dokaz verify
    says "1 of 1 timestamp holds."
}

@test "through a proxy, which alone looks names up" {
    dokaz settings timestamp.clock http://authority.invalid/good --certificates "$TSA/ca.pem" >/dev/null
    expect 1 dokaz timestamp
    says "its name is not known, or there is no network" "$errors"
    dokaz settings network.proxy "http://127.0.0.1:$PORT" >/dev/null
    expect 0 dokaz timestamp
    output=$(cat "$TSA/requests")
    [ "$(json via)" = http ]
    rm "$TSA/requests"
    dokaz settings network.proxy "socks5h://127.0.0.1:$PORT" >/dev/null
    expect 0 dokaz timestamp
    output=$(cat "$TSA/requests")
    [ "$(json via)" = "socks5 authority.invalid" ]
    # Exceptions of the environment do not lead around it.
    no_proxy='*' NO_PROXY='*' expect 0 dokaz timestamp
    dokaz settings network.proxy socks5h://127.0.0.1:1 >/dev/null
    expect 1 dokaz timestamp
    says "clock: " "$errors"
    says "out of reach" "$errors"
    dokaz settings network.proxy --remove >/dev/null
    expect 1 dokaz timestamp
}

@test "over TLS: the server has to prove who it is, to the system or to the settings" {
    "$BATS_TEST_DIRNAME/../tools/tsa.py" serve "$TSA" --tls >port 3>&- &
    echo $! >"$TSA/pid-tls"
    until_true test -s port
    dokaz settings timestamp.clock "https://127.0.0.1:$(cat port)/good" --certificates "$TSA/ca.pem" >/dev/null
    expect 1 dokaz timestamp
    only_first=$(head -n 1 <<<"$errors")
    expect 1 dokaz settings network.certificates "$FILES/a.txt"
    dokaz settings network.certificates "$TSA/another.pem" >/dev/null
    expect 0 dokaz timestamp
    dokaz settings network.certificates "$TSA/old.pem" >/dev/null
    expect 1 dokaz timestamp
    says "clock: 127.0.0.1 does not prove who it is: its certificate is not trusted" "$only_first"
    says "does not prove who it is" "$errors"
}

@test "further work is not under an older timestamp, and a new one covers it" {
    authority clock good
    expect 0 dokaz timestamp
    sample_uk "$FILES/b.txt"
    expect 0 dokaz add --basis published "$FILES/b.txt"
    expect 0 dokaz timestamp
    expect 0 dokaz timestamp --list --json
    [ "$(json size | sort -n | tr '\n' ' ')" = "5 8 " ]
    expect 0 dokaz verify
    says "2 of 2 timestamps hold."
}

@test "the logs of other devices are stamped too, once by each authority" {
    authority clock good
    dokaz settings timestamp.away http://127.0.0.1:1/tsr --certificates "$TSA/ca.pem" >/dev/null
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/second
    sample_uk "$FILES/b.txt"
    expect 0 dokaz add --basis published "$FILES/b.txt"
    expect 0 dokaz timestamp
    [ "$(grep -c '^clock: ' <<<"$output")" -eq 2 ]
    only_notice "away: "
    expect 0 dokaz timestamp --list --json
    [ "$(json log | sort -u | wc -l)" -eq 2 ]
    expect 0 dokaz timestamp
    [ "$(grep -c '^clock: ' <<<"$output")" -eq 1 ]
    # A third device that has written nothing yet.
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/third
    expect 0 dokaz timestamp --authority clock
    [ "$(grep -c '^clock: ' <<<"$output")" -eq 1 ]
    expect 0 dokaz verify
    says "4 of 4 timestamps hold."
    expect 0 dokaz timestamp --save out
    for token in out/*.tst; do
        expect 0 openssl ts -verify -data "$(sed 's/-[a-z]*\.tst$/.note/' <<<"$token")" -in "$token" \
            -token_in -CAfile "${token%.tst}.pem"
    done
}

@test "settings are listed, shown, set and taken back" {
    expect 0 dokaz settings
    says "Nothing is set."
    expect 0 dokaz settings timestamp.clock "http://127.0.0.1:$PORT/good" --certificates "$TSA/ca.pem"
    says "timestamp.clock = http://127.0.0.1:$PORT/good"
    says "timestamp.clock.certificates = CN=Test Root, O=Tests of dokaz, valid until 2036-01-01, SHA-256 "
    expect 0 dokaz settings network.proxy socks5h://127.0.0.1:9050
    expect 0 dokaz settings network.timeout 45
    expect 0 dokaz settings
    [ "$(cut -d' ' -f1 <<<"$output" | tr '\n' ' ')" = \
        "network.proxy network.timeout timestamp.clock timestamp.clock.certificates " ]
    expect 0 dokaz settings timestamp.clock.certificates
    [ "$output" = "$(cat "$TSA/ca.pem")" ]
    expect 0 dokaz settings network.timeout --json
    [ "$output" = '{"setting":"network.timeout","value":"45"}' ]
    # The same again is no entry.
    before=$(dokaz log --json | wc -l)
    expect 0 dokaz settings network.timeout 45
    says "Nothing had to be changed."
    [ "$(dokaz log --json | wc -l)" -eq "$before" ]
    # The address alone may change once certificates are known.
    expect 0 dokaz settings timestamp.clock "http://127.0.0.1:$PORT/rsa"
    expect 0 dokaz settings timestamp.clock.certificates "$TSA/another.pem"
    expect 0 dokaz settings network.timeout --remove
    says "network.timeout is not set any more."
    expect 1 dokaz settings network.timeout
    error_says settings "network.timeout is not set"
    expect 1 dokaz settings network.timeout --remove
    error_says settings "network.timeout is not set"
    expect 0 dokaz settings timestamp.clock --remove
    expect 0 dokaz settings
    [ "$output" = "network.proxy = socks5h://127.0.0.1:9050" ]
    expect 0 dokaz verify
}

@test "settings refuse what cannot be meant" {
    for key in colour timestamp. timestamp.UP timestamp.a/b timestamp.-a network.other \
        timestamp.a.b timestamp.aaaaaaaaaabbbbbbbbbbccccccccccddd; do
        expect 2 dokaz settings "$key" http://a.example/
        error_says settings "there is no setting '$key'"
    done
    for address in "" ftp://a.example/ file:///etc/passwd a.example "http://" "http://a example/" javascript:1; do
        expect 1 dokaz settings timestamp.a "$address" --certificates "$TSA/ca.pem"
        error_says settings "an address begins with http:// or https://"
    done
    for proxy in socks5://127.0.0.1:1 socks4://127.0.0.1:1 ftp://a.example 127.0.0.1:9050; do
        expect 1 dokaz settings network.proxy "$proxy"
        error_says settings "a proxy is given as"
    done
    for seconds in 0 601 -1 5s ""; do
        expect 1 dokaz settings network.timeout -- "$seconds"
        error_says settings "from 1 to 600"
    done
    expect 2 dokaz settings timestamp.a http://a.example/
    error_says settings "--certificates FILE is needed"
    expect 2 dokaz settings network.timeout 5 --certificates "$TSA/ca.pem"
    expect 2 dokaz settings timestamp.a --remove --certificates "$TSA/ca.pem"
    expect 2 dokaz settings --remove
    expect 1 dokaz settings timestamp.a http://a.example/ --certificates "$FILES/a.txt"
    error_says settings "no certificate"
    expect 1 dokaz settings timestamp.a http://a.example/ --certificates "$FILES/none"
    expect 0 dokaz settings
    says "Nothing is set."
}

@test "a private key given by mistake is refused, wherever it is put" {
    cat "$TSA/ca.pem" "$TSA/ca.key" >both
    secret=$(sed -n 2p "$TSA/ca.key")
    for file in "$TSA/ca.key" both; do
        expect 1 dokaz settings timestamp.a http://a.example/ --certificates "$file"
        error_says settings "it holds a private key"
        says_not "$secret" "$errors"
        expect 1 dokaz settings network.certificates "$file"
        error_says settings "it holds a private key"
    done
    expect 1 dokaz settings network.proxy -- "$(cat "$TSA/ca.key")"
    says_not "$secret" "$errors"
    expect 0 dokaz settings
    says "Nothing is set."
}
