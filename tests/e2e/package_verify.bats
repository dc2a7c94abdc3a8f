#!/usr/bin/env bats
bats_require_minimum_version 1.5.0
# Packages as a court's expert would check them: with dokaz-verify, with dokaz, and with common tools.
# The packages are made by tests/tools/package_vectors.py, which shares no code with either.

load refute

setup_file() {
    export P=$BATS_FILE_TMPDIR/packages
    export DOKAZ_LANG=en
    python3 "$DOKAZ_SRC/tests/tools/package_vectors.py" "$P"
}

setup() {
    export HOME=$BATS_TEST_TMPDIR/home XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    mkdir -p "$HOME" "$XDG_STATE_HOME"
    cd "$BATS_TEST_TMPDIR" || return 1
}

# The kinds of findings in JSON lines.
kinds() {
    printf '%s\n' "$1" | python3 -c '
import json, sys
lines = [json.loads(line) for line in sys.stdin if line.strip()]
print(" ".join(sorted({line["code"] for line in lines if line["class"] == "finding"})))'
}

@test "a sound package: what is proven is said, and what is not" {
    run -0 "$DOKAZ_VERIFY" "$P/good"
    [[ $output == *"signed by the key SHA256:"* ]]
    [[ $output == *"act-c3: existed before "* ]]
    [[ $output == *"logs 1, proofs 8, files 4, facts 2, quotes 3, custody lines 8, timestamps 2"* ]]
    [[ $output == *"sound: every file, fact and quote"* ]]
    [[ $output == *"Not proven: where the originals came from"* ]]
    [[ $output == *"give them with --key"* ]]
    run -0 "$DOKAZ" verify "$P/good"
    [[ $output == *"Every file, fact and quote is what the journal of the collection says."* ]]
}

@test "without a timestamp the answer says that the time is not proven" {
    run -0 "$DOKAZ_VERIFY" "$P/good-without-timestamps"
    [[ $output == *"Not proven: when."* ]]
    [[ $output != *"existed before"* ]]
}

@test "keys and certificates from elsewhere silence the notices" {
    run -0 "$DOKAZ_VERIFY" --key "$P/log.vkey" --ca "$P/ca.pem" --signer "$P/signer.pub" "$P/good"
    [[ $output != *notice:* ]]
    run -0 "$DOKAZ" verify --key "$(cat "$P/log.vkey")" --ca "$P/ca.pem" --signer "$P/signer.pub" \
        "$P/good"
    [[ $output != *notice:* ]]
}

@test "a package of another log, signer or authority than the expected one" {
    run -3 "$DOKAZ_VERIFY" --key="$P/other.vkey" "$P/good"
    [[ $output == *"none of those given with --key"* ]]
    run -3 "$DOKAZ_VERIFY" --signer="$P/stranger.pub" "$P/good"
    [[ $output == *"none of those given with --signer"* ]]
    run -3 "$DOKAZ_VERIFY" --signer="$P/signer.pub" "$P/good-unsigned"
    [[ $output == *"nobody signed this package"* ]]
    run -3 "$DOKAZ_VERIFY" --ca="$P/another.pem" "$P/good"
    [[ $output == *".tst: "* ]]
    run -3 "$DOKAZ" verify --key="$P/other.vkey" "$P/good"
    run -3 "$DOKAZ" verify --signer="$P/stranger.pub" "$P/good"
    run -3 "$DOKAZ" verify --ca="$P/another.pem" "$P/good"
}

@test "dokaz and dokaz-verify find the same in every package" {
    # All of them are in tests/unit/test_package.c; here every eighth is enough.
    number=0
    while read -r name worth codes; do
        number=$((number + 1))
        [ $((number % 8)) -eq 0 ] || continue
        [ "$worth" = valid ] && status=0 || status=3
        run "-$status" --separate-stderr "$DOKAZ_VERIFY" --json "$P/$name"
        [ "$(kinds "$output")" = "$codes" ]
        run "-$status" --separate-stderr "$DOKAZ" verify --json "$P/$name"
        [ "$(kinds "$output")" = "$codes" ]
    done <"$P/expected.txt"
}

@test "every file changed, removed or added in turn is told" {
    run -0 python3 "$DOKAZ_SRC/tests/tools/package_tamper.py" "$DOKAZ_VERIFY" "$P/good" \
        "$BATS_TEST_TMPDIR/changed"
    [[ ${lines[-1]} == *" changes, 0 unseen" ]]
    echo "# tried: ${lines[-1]}" >&3
}

@test "common tools alone say the same of a sound package" {
    cd "$P/good"
    sha256sum -c --quiet manifest-sha256.txt
    sha256sum -c --quiet tagmanifest-sha256.txt
    sha512sum -c --quiet manifest-sha512.txt
    sha512sum -c --quiet tagmanifest-sha512.txt
    [ "$(find data -type f | wc -l)" -eq "$(wc -l <manifest-sha256.txt)" ]
    run -0 ssh-keygen -Y verify -f allowed_signers -I dokaz -n dokaz-package \
        -s tagmanifest-sha512.txt.sig <tagmanifest-sha512.txt
    [[ $output == *'Good "dokaz-package" signature'* ]]
    for token in data/timestamps/*.tst; do
        stem=$(basename "$token" -test.tst)
        run -0 openssl ts -verify -token_in -in "$token" -data "data/checkpoints/$stem.note" \
            -CAfile "data/timestamps/$stem-test.pem"
        [[ $output == *"Verification: OK"* ]]
    done
}

@test "proofs, checkpoints and consistency files are known by their content" {
    cp "$P"/good/data/proofs/*-5.tlog-proof proof
    cp "$P"/good/data/checkpoints/*-6.note old
    cp "$P"/good/data/checkpoints/*-10.note new
    cp "$P"/good/data/checkpoints/*.tlog-consistency step
    run -0 "$DOKAZ_VERIFY" proof --key "$P/log.vkey"
    [[ $output == *"entry 5 of log "* ]]
    [[ $output == *'  id = "act-c3"'* ]]
    [[ $output == *"the field 'member' is withheld"* ]]
    [[ $output == *"Not proven: "* ]]
    run -0 "$DOKAZ_VERIFY" proof
    [[ $output == *"the key of the log came with the proof"* ]]
    run -3 "$DOKAZ_VERIFY" proof --key "$P/other.vkey"
    run -0 "$DOKAZ_VERIFY" old step --key "$P/log.vkey"
    [[ $output == *"begins with the 6 that old signs"* ]]
    run -3 "$DOKAZ_VERIFY" new step --key "$P/log.vkey"
    run -3 "$DOKAZ_VERIFY" old step --key "$P/other.vkey"
    run -2 "$DOKAZ_VERIFY" old step
    run -2 "$DOKAZ_VERIFY" step --key "$P/log.vkey"
    run -0 "$DOKAZ_VERIFY" new --key "$P/log.vkey"
    [[ $output == *"has 10 entries"* ]]
    run -3 "$DOKAZ_VERIFY" new --key "$P/other.vkey"
    run -2 "$DOKAZ_VERIFY" new
    [[ $output == *"--key"* ]]
    sed -i 's/^10$/11/' new
    run -3 "$DOKAZ_VERIFY" new --key "$P/log.vkey"
    sed -i 's/^index 5$/index 6/' proof
    run -3 "$DOKAZ_VERIFY" proof "$P/good"
    [[ $output == *"WRONG: proof: "* ]]
    [[ $output == *"sound: every file"* ]]
}

@test "a plain bag is checked as a bag, and the answer says so" {
    mkdir -p bag/data
    echo "A note." >bag/data/note.txt
    printf 'BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n' >bag/bagit.txt
    (cd bag && md5sum data/note.txt >manifest-md5.txt)
    run -0 "$DOKAZ_VERIFY" bag
    [[ $output == *"nothing beyond its checksums is proven"* ]]
    [[ $output == *"MD5 and SHA-1 can be forged"* ]]
    run -0 "$DOKAZ" verify bag
    echo more >>bag/data/note.txt
    run -3 "$DOKAZ_VERIFY" bag
    [[ $output == *"WRONG: data/note.txt: "* ]]
    run -3 "$DOKAZ" verify bag
}

@test "nothing outside the folder is opened, and nothing is written" {
    # The search for leaks traces the program itself, which only one can do.
    ASAN_OPTIONS=detect_leaks=0 run -3 strace -f -o trace \
        -e trace=openat,open,creat,mkdir,unlink,rename,connect \
        "$DOKAZ_VERIFY" "$P/path-outside" "$P/quote-in-no-text" "$P/good"
    grep -q 'package.json' trace
    refute grep -E '"[^"]*etc/hostname' trace
    ! grep -E 'O_WRONLY|O_RDWR|O_CREAT|mkdir\(|unlink|rename\(|connect\(' trace |
        grep -vE '/dev/|/proc/'
}

@test "control characters in names do not reach the terminal" {
    cp -r "$P/good" bag
    printf 'x' >"bag/data/$(printf 'a\033[31mb')"
    run -3 "$DOKAZ_VERIFY" bag
    [[ $output != *$'\033'* ]]
    [[ $output == *"a [31mb"* ]]
}

@test "every line of --json is one object with a known class" {
    run -3 --separate-stderr "$DOKAZ_VERIFY" --json "$P/changed-text"
    printf '%s\n' "$output" | python3 -c '
import json, sys
lines = [json.loads(line) for line in sys.stdin]
assert {line["class"] for line in lines} == {"finding", "notice", "fact", "summary"}
assert lines[-1]["class"] == "summary" and lines[-1]["findings"] == 3
assert all(line["thing"] and line["message"] for line in lines[:-1])'
}

@test "options of a vault and of a package do not mix" {
    run -2 "$DOKAZ" verify --keyless "$P/good"
    run -2 "$DOKAZ" verify --since x "$P/good"
    run -2 "$DOKAZ" verify --key x
}
