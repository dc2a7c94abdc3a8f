#!/usr/bin/env bats
# What is made public: tables that are coarsened, and redacted copies of which nothing masked is left.
load helpers

TOOLS=${BATS_TEST_DIRNAME:-.}/../tools
MEDIA=${BATS_TEST_DIRNAME:-.}/../fixtures/media

setup_more() {
    new_vault
}

id_of() { # FILE NAME
    dokaz sources --json | jq -r --arg name "$1" 'select(.name == $name).id'
}

article() { # FILE
    cat >"$1" <<'TEXT'
Patients turned away

"They pushed my papers back," said Halyna Moroz, a retired seamstress. On 5 October 2023 the clinic of
Melitopol refused her an appointment without a Russian passport. Moroz lives near the old mill.
TEXT
}

# Neither the name nor any part of it, in no byte, and for no program that looks into such files.
nothing_of_it() { # FILE
    refute grep -qaiE 'halyna|moroz' "$1"
    refute grep -qaF 'Odarka' "$1"
    strings -n 4 "$1" >strings.out
    refute grep -qiE 'halyna|moroz|odarka|balka' strings.out
    strings -n 4 -e l "$1" >strings.out
    refute grep -qiE 'halyna|moroz' strings.out
    exiftool -a -u "$1" >exif.out
    refute grep -qiE 'halyna|moroz|author|producer|creator|odarka|balka' exif.out
}

@test "a text without its names, made anew" {
    article "$FILES/article.txt"
    expect 0 dokaz add --basis published "$FILES/article.txt"
    src=$(id_of article.txt)
    expect 2 dokaz redact "$src" out.txt
    error_says redact "on what ground"
    expect 0 dokaz redact "$src" out.txt --reason "private persons"
    says "names 2, spans 0, boxes 0"
    says "read the copy before you publish it" "$errors"
    nothing_of_it out.txt
    grep -q "said \[name withheld\], a retired seamstress" out.txt
    grep -q "^Melitopol refused her" out.txt
    [ "$(stat -c %a out.txt)" = 600 ]
    # What a person names goes as well; spans are characters of the text.
    at=$(dokaz text "$src" | python3 -c 'import sys; print(sys.stdin.read().index("the old mill"))')
    printf '# where she lives\nspan %s %s # a place\n\n' "$at" $((at + 12)) >spans
    expect 0 dokaz redact "$src" more.txt --mask-spans spans --reason "who lives there" --json
    [ "$(json removed.spans)" = 1 ]
    nothing_of_it more.txt
    refute grep -q mill more.txt
    grep -qF "lives near [withheld]." more.txt
    # The original is as it was.
    expect 0 dokaz cat "$src"
    says "Halyna Moroz"
    expect 0 dokaz verify
}

@test "a PDF whose pages are pictures without the names" {
    "$TOOLS/make_notice.py" "$FILES/notice.pdf"
    grep -qa Odarka "$FILES/notice.pdf"
    expect 0 dokaz add --basis published "$FILES/notice.pdf"
    src=$(id_of notice.pdf)
    expect 0 dokaz redact "$src" out.pdf --reason "private persons"
    says "names 3, spans 0, boxes 0"
    nothing_of_it out.pdf
    # No text at all, the same pages, one picture each.
    pdftotext out.pdf - >text.out
    refute grep -q '[[:alnum:]]' text.out
    pdfinfo out.pdf >info.out
    grep -q '^Pages: *2$' info.out
    [ "$(pdfimages -list out.pdf | grep -c image)" -eq 2 ]
    [ "$(pdffonts out.pdf | wc -l)" -eq 2 ]
    pdfimages -all out.pdf page
    for picture in page-*; do
        nothing_of_it "$picture"
    done
    # Read as pictures: the words around are there, the name is not.
    pdftoppm -r 200 -png out.pdf seen
    for picture in seen-*.png; do
        OMP_THREAD_LIMIT=1 tesseract "$picture" - -l eng 2>/dev/null
    done >ocr.out
    grep -q "retired seamstress" ocr.out
    grep -q "Melitopol in December" ocr.out
    refute grep -qiE 'halyna|moroz' ocr.out
    # The original drawn the same way has it: the test can see.
    pdftoppm -r 200 -png "$FILES/notice.pdf" plain
    OMP_THREAD_LIMIT=1 tesseract plain-1.png - -l eng 2>/dev/null | grep -q Moroz
    # A box that a person names is black on its page.
    printf 'box 2 30 40 300 30\n' >boxes
    expect 0 dokaz redact "$src" boxed.pdf --mask-spans boxes --reason "private persons"
    says "boxes 1"
    pdftoppm -r 200 -f 2 -png boxed.pdf boxed
    OMP_THREAD_LIMIT=1 tesseract boxed-2.png - -l eng 2>/dev/null >ocr.out
    refute grep -q "second page" ocr.out
    # As text, with its pages.
    expect 0 dokaz redact "$src" out.txt --format txt --reason "private persons"
    nothing_of_it out.txt
    grep -qF "[page 2]" out.txt
}

@test "a picture with pixels painted over" {
    cp "$MEDIA/phone.jpg" "$FILES"
    expect 0 dokaz add --basis published "$FILES/phone.jpg"
    src=$(id_of phone.jpg)
    expect 1 dokaz redact "$src" out.jpg --reason "faces"
    error_says redact "nothing was found that would be masked"
    printf 'box 1 0 0 20 10\n' >boxes
    expect 0 dokaz redact "$src" out.jpg --mask-spans boxes --reason "faces"
    expect 0 dokaz redact "$src" out.png --format png --mask-spans boxes --reason "faces"
    expect 0 dokaz clean "$src" whole.jpg
    nothing_of_it out.jpg
    nothing_of_it out.png
    file out.png | grep -q PNG
    for picture in out.jpg out.png; do
        # The mean of the box is black, that of the whole picture is not.
        [ "$(convert "$picture" -crop 18x8+0+0 -colorspace Gray -format '%[fx:int(mean*255)]' info:)" -lt 12 ]
    done
    [ "$(convert whole.jpg -crop 18x8+0+0 -colorspace Gray -format '%[fx:int(mean*255)]' info:)" -gt 20 ]
    expect 2 dokaz redact "$src" out.txt --format txt --mask-spans boxes --reason "faces"
}

@test "the copy is bound to the original by a commitment that nobody can try without the salt" {
    article "$FILES/article.txt"
    expect 0 dokaz add --basis published "$FILES/article.txt"
    src=$(id_of article.txt)
    expect 0 dokaz redact "$src" out.txt --reason "private persons" --for publication_without_name --to Press
    expect 0 dokaz redact "$src" again.txt --reason "private persons"
    cmp out.txt again.txt
    expect 0 dokaz log --json
    printf '%s\n' "$output" | jq -c 'select(.kind == "redaction.made")' >made
    [ "$(wc -l <made)" -eq 2 ]
    jq -r .reason made | grep -qx "private persons"
    [ "$(head -n 1 made | jq -c .removed)" = '{"boxes":0,"names":2,"spans":0}' ]
    [ "$(printf '%s\n' "$output" | jq -r 'select(.kind == "export.made" and .to == "Press").format')" = redacted ]
    original=$(sha256sum <"$FILES/article.txt" | cut -c1-64)
    for copy in out.txt again.txt; do
        sha256sum <"$copy" | cut -c1-64 >copy.sha256
        [ "$(jq -r .sha256 $copy.redaction.json)" = "$(cat copy.sha256)" ]
        python3 - "$copy.redaction.json" made "$original" "$(cat copy.sha256)" <<'PY'
import hashlib, hmac, json, sys
side = json.load(open(sys.argv[1]))
rows = [json.loads(line) for line in open(sys.argv[2])]
row = next(row for row in rows if row["commitment"] == side["commitment"])
message = b"dokaz/v1/redaction\0" + bytes.fromhex(sys.argv[3]) + bytes.fromhex(sys.argv[4])
def commit(key, text=message):
    return hmac.new(key, text, hashlib.sha256).hexdigest()
assert len(row["salt"]) == 64
assert commit(bytes.fromhex(row["salt"])) == side["commitment"]
# Another original gives another one; without the salt the right original gives nothing to compare.
other = message[:19] + bytes(32) + message[51:]
assert commit(bytes.fromhex(row["salt"]), other) != side["commitment"]
for key in (b"", bytes(32), bytes.fromhex(sys.argv[3]), bytes.fromhex(sys.argv[4])):
    assert commit(key) != side["commitment"]
for text in (message, bytes.fromhex(sys.argv[3])):
    assert hashlib.sha256(text).hexdigest() != side["commitment"]
salts = {row["salt"] for row in rows}
assert len(salts) == 2 and len({row["commitment"] for row in rows}) == 2
assert not any(salt in open(sys.argv[1]).read() for salt in salts)
assert sys.argv[3] not in open(sys.argv[1]).read()
PY
    done
    # The salt leaves in no package.
    expect 0 dokaz export bag bag
    for salt in $(jq -r .salt made); do
        refute grep -rqaF "$salt" bag out.txt out.txt.redaction.json
    done
    expect 0 dokaz log
    says "redacted copy made"
}

@test "what cannot be redacted is refused, and leaves nothing" {
    article "$FILES/article.txt"
    cp "$FILES/article.txt" "$FILES/told.txt"
    printf 'More of it.\n' >>"$FILES/told.txt"
    printf 'Nobody is named here. The office is closed.\n' >"$FILES/plain.txt"
    expect 0 dokaz add --basis published "$FILES/article.txt" "$FILES/plain.txt"
    expect 0 dokaz add --basis testimony "$FILES/told.txt"
    before=$(dokaz log --json | wc -l)
    src=$(id_of article.txt)
    expect 1 dokaz redact "$(id_of told.txt)" out.txt --reason r
    error_says redact "is a testimony"
    expect 1 dokaz redact "$(id_of plain.txt)" out.txt --reason r
    error_says redact "nothing was found"
    expect 2 dokaz redact "$src" out.pdf --format pdf --reason r
    expect 2 dokaz redact "$src" out.png --reason r
    expect 2 dokaz redact "$src" out.txt --format doc --reason r
    for line in 'span 5 5' 'span 9 4' 'box 0 1 1 1 1' 'box 1 1 1 0 1' 'span 1' 'word 1 2' 'span 1 2 3'; do
        printf '\n%s\n' "$line" >spans
        expect 1 dokaz redact "$src" out.txt --mask-spans spans --reason r
        error_says redact "line 2"
    done
    printf 'span 10 99999\n' >spans
    expect 1 dokaz redact "$src" out.txt --mask-spans spans --reason r
    error_says redact "outside of the text"
    printf here >out.txt
    expect 1 dokaz redact "$src" out.txt --reason r
    rm out.txt
    printf here >out.txt.redaction.json
    expect 1 dokaz redact "$src" out.txt --reason r
    rm out.txt.redaction.json
    refute ls out.txt out.pdf out.png
    [ "$(dokaz log --json | wc -l)" -eq "$before" ]
    # What a person answers for may leave.
    expect 0 dokaz redact "$(id_of told.txt)" out.txt --reason r --personal
    nothing_of_it out.txt
}

# A fact with its own words, from the article.
record_act() { # SOURCE
    printf '{"sphere": "healthcare", "means": "denial", "scope": "specific_event", "date": "2023-10-05",
        "place_id": "UA2308007001", "place": "the old mill", "victims": {"number": 1, "unit": "individual"},
        "note": "by Halyna Moroz", "passages": [{"source": "%s", "exact": "the clinic of"}]}' "$1" |
        dokaz record act >/dev/null
}

@test "views for the public are coarse, without names, and rest on what is published" {
    article "$FILES/article.txt"
    sed 's/5 October/6 October/' "$FILES/article.txt" >"$FILES/told.txt"
    cp "$FILES/article.txt" "$FILES/locked.txt"
    printf 'Locked.\n' >>"$FILES/locked.txt"
    expect 0 dokaz add --basis published "$FILES/article.txt" "$FILES/locked.txt"
    expect 0 dokaz add --basis testimony "$FILES/told.txt"
    src=$(id_of article.txt)
    printf '{"access": "restricted"}' | dokaz describe "$(id_of locked.txt)" >/dev/null
    for name in article.txt told.txt; do
        record_act "$(id_of $name)"
    done
    printf '{"value": "200", "unit": "people", "of": "patients of Halyna Moroz", "asserted_by": "Halyna Moroz",
        "as_of": "2023-10-05", "passages": [{"source": "%s", "exact": "an appointment"}]}' "$src" |
        dokaz record figure >/dev/null
    expect 0 dokaz chronology --public --json --no-reference
    [ "$(printf '%s\n' "$output" | jq -c 'select(.kind == "act") | [.date, .place_id, .place]')" = '["2023-10","UA2308",null]' ]
    says_not mill
    says_not Moroz
    says_not exact
    expect 0 dokaz chronology --public --no-reference
    says_not Moroz
    expect 0 dokaz figures --public --json
    says '"value":"200"'
    says_not Moroz
    expect 0 dokaz figures --json
    says Moroz
    expect 0 dokaz matrix --public --level raion --json
    [ "$(json counts.facts)" = 1 ]
    [ "$(json place_id)" = UA2308 ]
    [ "$(json period)" = 2023-10 ]
    expect 0 dokaz matrix --public
    says "withheld"
    expect 2 dokaz matrix --public --level settlement
    error_says matrix "no place closer than a raion"
    expect 0 dokaz report public.html --public
    refute grep -qE 'Moroz|Halyna|old mill' public.html
    grep -q "Small numbers" public.html
}
