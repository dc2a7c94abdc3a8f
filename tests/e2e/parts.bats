#!/usr/bin/env bats
# What lies in mails, archives and chats: what is said of the container holds for it, and it goes
# with the container.
load helpers

setup_more() {
    new_vault
}

id_of() { # NAME
    dokaz sources --json | python3 -c '
import json, sys
print(next(s["id"] for s in map(json.loads, sys.stdin) if s["name"] == sys.argv[1]))' "$1"
}

basis_of() { # NAME
    dokaz show "$(id_of "$1")" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["basis"])'
}

access_of() { # NAME
    dokaz show "$(id_of "$1")" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["access"])'
}

describe() { # NAME JSON [OPTION...]
    local json=$2
    expect 0 dokaz describe "$(id_of "$1")" "${@:3}" <<<"$json"
}

# zip OUT NAME=TEXT... or OUT NAME=@FILE...
pack() {
    python3 - "$@" <<'PY'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as z:
    for pair in sys.argv[2:]:
        name, text = pair.split("=", 1)
        info = zipfile.ZipInfo(name, (2024, 3, 5, 9, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        z.writestr(info, open(text[1:], "rb").read() if text.startswith("@") else text + "\n")
PY
}

# A mail with a letter and an archive, in which lies a list.
mail() { # FILE LETTER LIST
    pack "$BATS_TEST_TMPDIR/lists.zip" "list.txt=$3"
    { printf 'From: a@office.example\nTo: b@office.example\nSubject: Hours\nMIME-Version: 1.0\n'
        printf 'Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nSee below.\n'
        printf -- '--x\nContent-Type: text/plain; name=letter.txt\n'
        printf 'Content-Disposition: attachment; filename=letter.txt\n\n%s\n' "$2"
        printf -- '--x\nContent-Type: application/zip; name=lists.zip\n'
        printf 'Content-Disposition: attachment; filename=lists.zip\nContent-Transfer-Encoding: base64\n\n'
        base64 "$BATS_TEST_TMPDIR/lists.zip"
        printf -- '--x--\n'; } >"$1"
}

LETTER='Window three takes letters on Mondays, KanarejkaLyst says.'
LIST='Rows of the list stand here, KanarejkaSpysok among them.'

# in_public WORD: whether it leaves in a public package or report.
in_public() {
    rm -rf public public.html
    dokaz export bag public --public >/dev/null 2>&1 || true
    dokaz report public.html --public >/dev/null 2>&1 || true
    grep -rqaF -- "$1" public public.html 2>/dev/null
}

@test "basis and access of a mail pass on to what is inside, at every depth, in one commit" {
    mail "$FILES/mail.eml" "$LETTER" "$LIST"
    sample_en "$FILES/clinic.txt"
    expect 0 dokaz add --basis published "$FILES"
    in_public KanarejkaLyst
    in_public KanarejkaSpysok
    checkpoints=$(dokaz log --checkpoints --json | wc -l)
    describe mail.eml '{"basis": "testimony"}'
    says "3 sources inside it changed with it."
    [ "$(dokaz log --checkpoints --json | wc -l)" -eq $((checkpoints + 1)) ]
    for name in letter.txt lists.zip list.txt; do
        [ "$(basis_of $name)" = testimony ]
    done
    refute in_public KanarejkaLyst
    refute in_public KanarejkaSpysok
    expect 0 dokaz sources --basis testimony --json
    [ "$(wc -l <<<"$output")" -eq 4 ]
    describe mail.eml '{"access": "sealed"}' --json
    [ "$(json parts)" = 3 ]
    [ "$(access_of list.txt)" = sealed ]
    # What changed says from where, and a title reaches nobody else.
    expect 0 dokaz log --item "$(id_of list.txt)" --json
    says "\"carried_from\":\"$(id_of mail.eml)\""
    describe mail.eml '{"title": "A mail"}' --json
    [ "$(json parts)" = 0 ]
    # Back again, and they follow.
    describe mail.eml '{"access": "open", "basis": "official"}'
    [ "$(basis_of list.txt) $(access_of list.txt)" = "official open" ]
    in_public KanarejkaSpysok
    expect 0 dokaz verify
}

@test "what was said of a part itself is tightened with its container and not loosened" {
    mail "$FILES/mail.eml" "$LETTER" "$LIST"
    expect 0 dokaz add --basis testimony "$FILES/mail.eml"
    # A decree that everybody can read, in a mail that nobody may.
    describe letter.txt '{"basis": "official"}'
    describe list.txt '{"basis": "private_document", "access": "restricted"}'
    [ "$(basis_of letter.txt)" = official ]
    describe mail.eml '{"basis": "private_document"}'
    [ "$(basis_of letter.txt)" = official ]
    [ "$(basis_of lists.zip)" = private_document ]
    # Published after all: the list stays what it was said to be.
    describe mail.eml '{"basis": "published", "access": "open"}'
    says "1 source inside it changed with it."
    says "1 source inside it stays stricter"
    [ "$(basis_of lists.zip)" = published ]
    [ "$(basis_of list.txt) $(access_of list.txt)" = "private_document restricted" ]
    # Stricter than before: everything is, until it is taken back.
    describe mail.eml '{"basis": "testimony"}'
    [ "$(basis_of letter.txt)" = testimony ]
    describe mail.eml '{"basis": "published"}'
    [ "$(basis_of letter.txt)" = official ]
    describe mail.eml '{"basis": "testimony"}'
    describe letter.txt '{"basis": "official"}'
    [ "$(basis_of letter.txt)" = official ]
    # Who takes that back leaves what the mail is.
    describe letter.txt '{"basis": ""}'
    [ "$(basis_of letter.txt)" = testimony ]
    describe mail.eml '{"basis": "published", "access": "open"}' --all-parts
    [ "$(basis_of list.txt) $(access_of list.txt)" = "published open" ]
}

@test "what is said to derive from a source becomes stricter with it" {
    printf '%s\n' "$LETTER" >"$FILES/talk.txt"
    printf '%s\n' "$LIST" >"$FILES/transcript.txt"
    expect 0 dokaz add --basis published "$FILES"
    describe transcript.txt "{\"derivative_of\": \"$(id_of talk.txt)\"}"
    describe talk.txt '{"basis": "testimony"}'
    [ "$(basis_of transcript.txt)" = testimony ]
    refute in_public KanarejkaSpysok
    # Nothing makes it freer than it was when it came.
    describe talk.txt '{"access": "sealed"}'
    describe talk.txt '{"basis": "official", "access": "open"}'
    [ "$(basis_of transcript.txt) $(access_of transcript.txt)" = "published open" ]
}

@test "a file in two containers leaves as the stricter one allows, whichever came first" {
    pack "$FILES/press.zip" "minutes.txt=$LETTER" "press.txt=A note for the press."
    pack "$FILES/told.zip" "scan.txt=$LETTER" "told.txt=Told in confidence."
    expect 0 dokaz add --basis published "$FILES/press.zip"
    in_public KanarejkaLyst
    expect 0 dokaz add --basis testimony "$FILES/told.zip"
    [ "$(basis_of minutes.txt)" = testimony ]
    refute in_public KanarejkaLyst
    in_public "A note for the press."
    expect 0 dokaz log --item "$(id_of minutes.txt)" --json
    says '"source.found"'
    expect 0 dokaz show "$(id_of told.zip)"
    says "minutes.txt"
    expect 0 dokaz show "$(id_of minutes.txt)"
    says "told.zip"
    # The strictest counts, from whatever side the change comes.
    describe press.zip '{"basis": "official"}'
    [ "$(basis_of minutes.txt)" = testimony ]
    describe told.zip '{"basis": "published"}'
    [ "$(basis_of minutes.txt)" = official ]
    describe press.zip '{"access": "sealed"}'
    [ "$(access_of minutes.txt)" = sealed ]
    # Reading again finds nothing new.
    before=$(dokaz log --json | wc -l)
    expect 0 dokaz re-extract --force "$(id_of told.zip)"
    [ "$(dokaz log --json | grep -c '"source.found"')" -eq 1 ]
    expect 0 dokaz verify
}

# Ids are drawn by lot: with eight pairs, an order by id is right once in 256 times.
@test "of two containers that are equally open, the one counts that was here first" {
    mkdir first second
    for i in 1 2 3 4 5 6 7 8; do
        pack "first/a$i.zip" "minutes$i.txt=Minutes of meeting $i."
        pack "second/b$i.zip" "scan$i.txt=Minutes of meeting $i." "more$i.txt=And more of meeting $i."
    done
    expect 0 dokaz add --basis official first
    expect 0 dokaz add --basis testimony second
    for i in 1 2 3 4 5 6 7 8; do
        describe "b$i.zip" '{"basis": "published"}'
    done
    expect 0 dokaz sources --json
    minutes=$(python3 -c '
import json, sys
for s in map(json.loads, sys.stdin):
    if s["name"].startswith("minutes"): print(s["basis"])' <<<"$output" | sort | uniq -c)
    [ "$(xargs <<<"$minutes")" = "8 official" ]
}

@test "the strict container first, and both in one run: the stricter counts" {
    pack "$FILES/told.zip" "a.txt=$LETTER" "twice.txt=$LETTER" "b.txt=$LIST"
    pack "$FILES/press.zip" "c.txt=$LETTER" "d.txt=$LIST"
    pack "$FILES/third.zip" "e.txt=$LETTER"
    printf 'file,basis,access\npress.zip,published,\ntold.zip,private_document,restricted\n' >t.csv
    printf 'third.zip,official,\n' >>t.csv
    expect 0 dokaz add --describe t.csv "$FILES"
    expect 0 dokaz sources --json
    [ "$(wc -l <<<"$output")" -eq 5 ]
    letter=$(python3 -c '
import json, sys
for s in map(json.loads, sys.stdin):
    if s["name"].endswith(".txt"): print(s["basis"], s["access"])' <<<"$output" | sort -u)
    [ "$letter" = "private_document restricted" ]
    refute in_public KanarejkaLyst
    [ "$(dokaz log --json | grep -c '"source.found"')" -eq 3 ]
}

@test "a file that somebody described itself stays so when it turns up in a container" {
    printf '%s\n' "$LETTER" >"$FILES/decree.txt"
    printf '%s\n' "$LIST" >"$FILES/nobody-said.txt"
    expect 0 dokaz add --basis official "$FILES/decree.txt"
    expect 0 dokaz add "$FILES/nobody-said.txt"
    pack told.zip "x.txt=$LETTER" "y.txt=$LIST"
    expect 0 dokaz add --basis testimony told.zip
    [ "$(basis_of decree.txt)" = official ]
    [ "$(basis_of nobody-said.txt)" = testimony ]
    # From here on it is known where it lies: a stricter container makes it stricter.
    describe told.zip '{"access": "sealed"}'
    [ "$(access_of decree.txt)" = sealed ]
}

# shredded WORD...: no stored byte opens to it any more; the database holds none of it either.
shredded() {
    for word in "$@"; do
        expect 0 dokaz search "$word" --json
        [ -z "$output" ]
    done
    expect 0 dokaz verify --deep
}

@test "a container is not destroyed without its parts; with them all go in one commit" {
    mail "$FILES/mail.eml" "$LETTER" "$LIST"
    expect 0 dokaz add --basis published "$FILES/mail.eml"
    mail=$(id_of mail.eml)
    list=$(id_of list.txt)
    entries=$(dokaz log --json | wc -l)
    expect 1 dokaz purge "$mail" --reason "sent to us by mistake"
    error_says purge "3 sources were taken out of $mail"
    says "--with-parts" "$errors"
    [ "$(dokaz log --json | wc -l)" -eq "$entries" ]
    # A fact on a part is in the way as one on the mail is.
    fact=$(printf '{"sphere": "healthcare", "means": "denial", "date": "2024-03-05",
        "passages": [{"source": "%s", "exact": "Rows of the list"}]}' "$list" | dokaz record act)
    expect 1 dokaz purge "$mail" --reason "sent to us by mistake" --with-parts
    error_says purge "1 facts rest on $mail"
    checkpoints=$(dokaz log --checkpoints --json | wc -l)
    expect 0 dokaz purge "$mail" --reason "sent to us by mistake" --with-parts --with-facts
    says "3 sources that were taken out of it went, too."
    [ "$(dokaz log --checkpoints --json | wc -l)" -eq $((checkpoints + 1)) ]
    expect 0 dokaz sources --json
    [ -z "$output" ]
    expect 1 dokaz show "$fact"
    expect 1 dokaz text "$list"
    expect 0 dokaz log --item "$list"
    says "sent to us by mistake"
    shredded KanarejkaLyst KanarejkaSpysok
}

@test "what a further container holds stays, and a fact on both is no longer in the way" {
    pack "$FILES/a.zip" "one.txt=$LETTER" "both.txt=$LIST"
    pack "$FILES/b.zip" "both-again.txt=$LIST" "two.txt=A second page."
    expect 0 dokaz add --basis published "$FILES"
    printf '{"sphere": "healthcare", "means": "denial", "date": "2024-03-05", "passages":
        [{"source": "%s", "exact": "Window three"}, {"source": "%s", "exact": "Rows of the list"}]}' \
        "$(id_of one.txt)" "$(id_of both.txt)" | dokaz record act >/dev/null
    expect 1 dokaz purge "$(id_of a.zip)" --reason "added in error" --with-parts --with-facts
    error_says purge "1 facts rest on"
    says "further sources" "$errors"
    expect 0 dokaz purge "$(id_of b.zip)" --reason "added in error" --with-parts --json
    [ "$(json parts) $(json held)" = "1 1" ]
    dokaz text "$(id_of both.txt)" | grep -qF KanarejkaSpysok
    # Now nothing else holds it. The fact rests on two sources, and both go.
    expect 0 dokaz purge "$(id_of a.zip)" --reason "added in error" --with-parts --with-facts --json
    [ "$(json parts) $(json held) $(json facts)" = "2 0 1" ]
    expect 0 dokaz sources --json
    [ -z "$output" ]
    shredded KanarejkaLyst KanarejkaSpysok
}

@test "a file of its own is no part: it stays when an archive with it goes" {
    printf '%s\n' "$LETTER" >"$FILES/own.txt"
    expect 0 dokaz add --basis published "$FILES/own.txt"
    pack a.zip "copy.txt=$LETTER"
    expect 0 dokaz add --basis published a.zip
    expect 0 dokaz purge "$(id_of a.zip)" --reason "added in error" --json
    [ "$(json parts)" = 0 ]
    expect 0 dokaz text "$(id_of own.txt)"
    says KanarejkaLyst
}

@test "the original of a mail does not leave when something in it must not" {
    mail "$FILES/mail.eml" "$LETTER" "$LIST"
    sample_en "$FILES/clinic.txt"
    expect 0 dokaz add --basis published "$FILES"
    sha256=$(sha256sum <"$FILES/mail.eml" | cut -c1-64)
    expect 0 dokaz export bag whole
    grep -q "^$sha256 " whole/manifest-sha256.txt
    # What lies in an archive in the mail was told in confidence.
    describe list.txt '{"basis": "testimony"}'
    for how in partner public; do
        expect 0 dokaz export bag $how $([ $how = public ] && echo --public) --json
        # In public a mail stays for naming its writer already.
        [ "$(json left_out.inside)" = $([ $how = public ] && echo 1 || echo 2) ]
        refute grep -q "^$sha256 " $how/manifest-sha256.txt
        refute grep -rqaF KanarejkaSpysok $how
        refute grep -rqaF "$(base64 "$BATS_TEST_TMPDIR/lists.zip" | head -n 1)" $how
        grep -rqaF KanarejkaLyst $how
        expect 0 "$DOKAZ_VERIFY" $how
    done
    expect 0 dokaz export bag seen --preview
    says "originals left out: 2 (a file lies in it that must not leave"
    # Nor among the originals, unless it is named.
    expect 0 dokaz originals out
    [ ! -e out/mail.eml ] && [ ! -e out/lists.zip ] && [ ! -e out/list.txt ]
    [ -e out/letter.txt ]
    says "2 sources were left out because something of these kinds lies in" "$errors"
    expect 0 dokaz originals named "$(id_of mail.eml)"
    says "lies 1 source that is not open, or was told in confidence" "$errors"
    [ -e named/mail.eml ]
    # Nor does it go to one recipient without a word; reading it oneself says nothing.
    age-keygen -o key 2>/dev/null
    recipient=$(age-keygen -y key)
    seal() {
        dokaz cat "$(id_of "$1")" --seal-for "$recipient" >sealed.age
    }
    expect 0 seal mail.eml
    says "lies 1 source that is not open, or was told in confidence" "$errors"
    expect 0 seal list.txt
    says "what somebody told in confidence" "$errors"
    expect 0 seal clinic.txt
    [ -z "$errors" ]
    expect 0 dokaz cat "$(id_of mail.eml)"
    [ -z "$errors" ]
    says "another file lies in it" "$(tr -s ' \n' ' ' <partner/README.en.txt)"
}

@test "what is added again is what was said more strictly, and so is what lies in it" {
    pack "$FILES/press.zip" "letter.txt=$LETTER" "list.txt=$LIST"
    printf '%s\n' "$LETTER" >letter.txt
    expect 0 dokaz add --basis published "$FILES/press.zip"
    in_public KanarejkaLyst
    expect 0 dokaz add --basis testimony letter.txt
    says "it was described less strictly"
    [ "$(basis_of letter.txt)" = testimony ]
    refute in_public KanarejkaLyst
    # A looser word does not count, and saying it twice writes nothing.
    before=$(dokaz log --json | wc -l)
    expect 0 dokaz add --basis published letter.txt
    expect 0 dokaz add --basis testimony letter.txt
    [ "$(dokaz log --json | wc -l)" -eq "$before" ]
    [ "$(basis_of letter.txt)" = testimony ]
    # The same when both come in one run, and wait for one commit.
    mkdir both
    printf 'Read out to us, and also printed.\n' | tee both/a.txt both/b.txt >both/c.txt
    printf 'file,basis,access\na.txt,published,\nb.txt,testimony,sealed\nc.txt,published,\n' >both.csv
    expect 0 dokaz add --describe both.csv both
    says "it was described less strictly"
    [ "$(basis_of a.txt) $(access_of a.txt)" = "testimony sealed" ]
    expect 0 dokaz add --basis private_document --access restricted "$FILES/press.zip"
    [ "$(basis_of list.txt) $(access_of list.txt)" = "private_document restricted" ]
}
