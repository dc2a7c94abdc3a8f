#!/usr/bin/env bats
# What files say about themselves is kept, shown to members, and stays here; a cleaned copy says
# nothing but what is seen.
load helpers

MEDIA=${BATS_TEST_DIRNAME:-.}/../fixtures/media

setup_more() {
    new_vault
}

id_of() { # FILE NAME
    dokaz sources --json | python3 -c '
import json, sys
print(next(s["id"] for s in map(json.loads, sys.stdin) if s["name"] == sys.argv[1]))' "$1"
}

# A PDF with all that should not be published: author, XMP, a script, a file inside, hidden text.
telling_pdf() { # FILE
    python3 - "$1" <<'PY'
import sys
xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>XmpOdarka</dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>'
shown = b"BT /F1 18 Tf 20 150 Td (The window opens at nine) Tj ET BT /F1 8 Tf 3 Tr 20 20 Td (HiddenOdarka) Tj ET"
def stream(head, body):
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (head, len(body), body)
objects = [
    b"<</Type/Catalog/Pages 2 0 R/Metadata 6 0 R/OpenAction<</S/JavaScript/JS(app.alert\\('ScriptOdarka'\\))>>/Names<</EmbeddedFiles<</Names[(note.txt) 8 0 R]>>>>>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>",
    stream(b"", shown),
    b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    stream(b"/Type/Metadata/Subtype/XML", xmp),
    b"<</Author(InfoOdarka)/Creator(BalkaWriter)/Producer(BalkaPress)/CreationDate(D:20221103094058+02'00')>>",
    b"<</Type/Filespec/F(note.txt)/EF<</F 9 0 R>>>>",
    stream(b"/Type/EmbeddedFile", b"AttachedOdarka"),
]
out, places = b"%PDF-1.7\n", []
for i, body in enumerate(objects, 1):
    places.append(len(out))
    out += b"%d 0 obj\n%s\nendobj\n" % (i, body)
table = len(out)
out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % p for p in places)
out += b"trailer<</Size %d/Root 1 0 R/Info 7 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
open(sys.argv[1], "wb").write(out)
PY
}

telling_docx() { # FILE
    python3 - "$1" <<'PY'
import sys, zipfile
w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
with zipfile.ZipFile(sys.argv[1], "w") as z:
    z.writestr("[Content_Types].xml", '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>')
    z.writestr("_rels/.rels", '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>')
    z.writestr("docProps/core.xml", '<?xml version="1.0"?><cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>OfficeOdarka</dc:creator></cp:coreProperties>')
    z.writestr("word/document.xml", f'<?xml version="1.0"?><w:document xmlns:w="{w}"><w:body><w:p><w:r><w:t>The registry office is closed until Monday.</w:t></w:r></w:p></w:body></w:document>')
PY
}

# nowhere FOLDER [WORD...]: none of the names, places and devices of the files above, in no byte. The
# words are long and taken as they are: what is random in there (hashes, signatures, identifiers)
# does not meet one of them by chance.
nowhere() {
    [ -e "$1" ]
    for word in 'Одарка' InfoOdarka XmpOdarka OfficeOdarka 'Odarka P.' 47.836761 35.141667 \
        '47, 50, 12.34' '+47.8368+035.1417' SN-0042-7781 'Balka Optics' BalkaWriter "${@:2}"; do
        if grep -rqaF -- "$word" "$1"; then
            printf 'found in %s: %s\n' "$1" "$word"
            grep -rlaF -- "$word" "$1"
            return 1
        fi
    done
}

@test "metadata is kept, grouped, and whole in --json" {
    cp "$MEDIA/phone.jpg" "$MEDIA/queue.mp4" "$FILES"
    expect 0 dokaz add --basis published "$FILES/phone.jpg" "$FILES/queue.mp4"
    expect 0 dokaz show "$(id_of phone.jpg)"
    says "What the file says about itself"
    says "BodySerialNumber          SN-0042-7781"
    says "position                  47.836761, 35.141667"
    says_not "author:"
    expect 0 dokaz show "$(id_of phone.jpg)" --json
    says '"exif.Artist":"Одарка Перша"'
    [ "$(json body.text.extractor)" = media/1 ]
    expect 0 env DOKAZ_LANG=uk "$DOKAZ" -C "$V" show "$(id_of phone.jpg)"
    says "SN-0042-7781"
    expect 0 dokaz show "$(id_of queue.mp4)"
    says "duration                  12.500"
    says "location                  +47.8368+035.1417/"
}

@test "files inside name where they came from, and are named there" {
    cat >"$FILES/letter.eml" <<'MAIL'
From: a@office.example
To: b@office.example
Subject: Hours
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/plain

The hours are attached.
--x
Content-Type: text/plain; name=hours.txt
Content-Disposition: attachment; filename=hours.txt

Monday from nine to one, every other week.
--x--
MAIL
    expect 0 dokaz add --basis published "$FILES/letter.eml"
    expect 0 dokaz show "$(id_of letter.eml)"
    says "Holds"
    says "hours.txt"
    expect 0 dokaz show "$(id_of hours.txt)"
    says "taken out of:"
    says "letter.eml"
    expect 0 dokaz show "$(id_of letter.eml)" --json
    [ "$(json holds.0.name)" = hours.txt ]
    [ "$(dokaz show "$(id_of hours.txt)" --json | json derivative_of "$(cat)")" = "$(id_of letter.eml)" ]
}

@test "metadata leaves in no package, report or proof" {
    cp "$MEDIA/phone.jpg" "$FILES"
    sample_en "$FILES/clinic.txt"
    telling_pdf "$FILES/order.pdf"
    telling_docx "$FILES/notice.docx"
    expect 0 dokaz add --basis published "$FILES"
    expect 0 dokaz show "$(id_of order.pdf)"
    says "InfoOdarka"
    expect 0 dokaz show "$(id_of notice.docx)"
    says "OfficeOdarka"
    # What is confided leaves in no form; it must not bring the test down that it is there.
    cp "$MEDIA/turned.jpg" "$FILES/told.jpg"
    expect 0 dokaz add --basis testimony "$FILES/told.jpg"
    # A report lists the sources of facts.
    printf '{"sphere": "healthcare", "means": "denial", "date": "2024-03-05", "place_id": "UA2308007001",
        "passages": [{"source": "%s", "exact": "The window opens at nine"}]}' "$(id_of order.pdf)" |
        dokaz record act >/dev/null
    expect 0 dokaz export bag public --public
    nowhere public
    ls public/data/texts
    says "the original is not here" "$(cat public/*.html public/*.txt public/*.md 2>/dev/null)"
    expect 0 "$DOKAZ_VERIFY" public
    expect 0 dokaz report public.html --public
    grep -q order public.html
    nowhere public.html
    for name in phone.jpg order.pdf notice.docx told.jpg; do
        expect 0 dokaz prove "$(id_of $name)" "$name.proof"
        sed -n 's/^extra //p' "$name.proof" | base64 -d >"$name.shown"
        nowhere "$name.shown"
    done
    # A package for a partner holds originals of what is published, and no list of metadata.
    expect 0 dokaz export bag partner
    expect 0 "$DOKAZ_VERIFY" partner
    refute grep -rqaF OfficeOdarka partner/data/facts.jsonld partner/data/proofs
    refute grep -rqaF SN-0042-7781 partner/data/proofs
    # An author whom a person names is told.
    printf '{"author": "Office of Balka"}' | dokaz describe "$(id_of order.pdf)" >/dev/null
    expect 0 dokaz report named.html --public
    grep -q "Office of Balka" named.html
    nowhere named.html
}

@test "a cleaned copy holds what is seen and nothing else" {
    cp "$MEDIA/phone.jpg" "$MEDIA/exif.png" "$FILES"
    telling_pdf "$FILES/order.pdf"
    telling_docx "$FILES/notice.docx"
    printf 'Room 3\xe2\x80\x8b is closed.  \r\nBring two photos.\r\n' >"$FILES/plain.txt"
    expect 0 dokaz add --basis published "$FILES"
    expect 0 dokaz clean "$(id_of phone.jpg)" phone.jpg
    says "a cleaned copy of"
    says "look at that yourself" "$errors"
    expect 0 dokaz clean "$(id_of exif.png)" exif.png
    expect 0 dokaz clean "$(id_of order.pdf)" order.pdf
    expect 0 dokaz clean "$(id_of plain.txt)" plain.txt
    [ "$(stat -c %a order.pdf)" = 600 ]
    for file in phone.jpg exif.png order.pdf plain.txt; do
        nowhere "$file" HiddenOdarka ScriptOdarka AttachedOdarka
    done
    # Other programs find nothing, where they found much before.
    exiftool -a -G1 "$FILES/phone.jpg" >before
    grep -q "GPS Latitude" before
    exiftool -a -G1 phone.jpg exif.png order.pdf >after
    refute grep -E "GPS|XMP|IFD0|ExifIFD|IFD1|IPTC|Thumbnail|ICC|Author|Creator|Producer|Date/Time Original|Comment" after
    pdfinfo "$FILES/order.pdf" >before
    grep -q "InfoOdarka" before
    pdfinfo order.pdf >after
    grep -q "^Pages: *1$" after
    grep -q "^JavaScript: *no$" after
    grep -q "^Metadata Stream: *no$" after
    refute grep -E "^(Author|Creator|Producer|Title|CreationDate|ModDate):" after
    pdfdetach -list order.pdf >after
    grep -q "^0 embedded files" after
    pdftotext order.pdf - >after
    refute grep -q Odarka after
    for file in phone.jpg exif.png order.pdf; do
        mat2 --show "$file" >"$file.said" 2>&1
        refute grep -iE "gps|author|creator|producer|title|make|model|artist|serial|software" "$file.said"
    done
    [ "$(head -n 1 plain.txt)" = "Room 3 is closed." ]
    # Seen by the log.
    expect 0 dokaz log --json
    says '"cleaned"'
    [ "$(sha256sum <order.pdf | cut -c1-64)" = "$(dokaz log --json | grep -o '"sha256":"[0-9a-f]*"' | sed -n 's/.*:"\(.*\)"/\1/p' | grep -x "$(sha256sum <order.pdf | cut -c1-64)")" ]
}

@test "what cannot or must not be cleaned is refused with the reason, and leaves nothing" {
    telling_docx "$FILES/notice.docx"
    cp "$MEDIA/phone.jpg" "$MEDIA/queue.mp4" "$MEDIA/plain.gif" "$MEDIA/cut.png" "$FILES"
    expect 0 dokaz add --basis published "$FILES/notice.docx" "$FILES/queue.mp4" "$FILES/plain.gif" "$FILES/cut.png"
    expect 0 dokaz add --basis testimony "$FILES/phone.jpg"
    before=$(dokaz log --json | wc -l)
    expect 1 dokaz clean "$(id_of notice.docx)" notice.docx
    says "Print it to a PDF" "$errors"
    expect 1 dokaz clean "$(id_of queue.mp4)" queue.mp4
    expect 1 dokaz clean "$(id_of cut.png)" cut.png
    says "no whole copy could be made" "$errors"
    expect 1 dokaz clean "$(id_of phone.jpg)" phone.jpg
    says "testimony" "$errors"
    # A picture of one kind under the name of another.
    expect 2 dokaz clean "$(id_of plain.gif)" plain.gif
    says ".png" "$errors"
    echo mine >mine.png
    expect 1 dokaz clean "$(id_of plain.gif)" mine.png
    [ "$(cat mine.png)" = mine ]
    [ ! -e notice.docx ] && [ ! -e queue.mp4 ] && [ ! -e cut.png ] && [ ! -e phone.jpg ] && [ ! -e plain.gif ]
    [ "$(dokaz log --json | wc -l)" = "$before" ]
    expect 0 dokaz clean "$(id_of phone.jpg)" phone.jpg --personal
    says "may hold what somebody told in confidence" "$errors"
    nowhere phone.jpg
    expect 0 dokaz clean "$(id_of plain.gif)" plain.png
}

# A workbook of one sheet, named as given; the name stands nowhere else in it.
named_sheet() { # FILE NAME
    python3 - "$@" <<'PY'
import sys, zipfile
main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
pack = "http://schemas.openxmlformats.org/package/2006/relationships"
head = '<?xml version="1.0" encoding="UTF-8"?>'
rows = ["Week", "The registry desk stays shut all week", "Two are waiting"]
cells = "".join(f'<row r="{i}"><c r="A{i}" t="inlineStr"><is><t>{t}</t></is></c></row>' for i, t in enumerate(rows, 1))
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("[Content_Types].xml", head + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>')
    z.writestr("_rels/.rels", head + f'<Relationships xmlns="{pack}"><Relationship Id="r1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
    z.writestr("xl/workbook.xml", head + f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="{sys.argv[2]}" sheetId="1" r:id="r1"/></sheets></workbook>')
    z.writestr("xl/_rels/workbook.xml.rels", head + f'<Relationships xmlns="{pack}"><Relationship Id="r1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
    z.writestr("xl/worksheets/sheet1.xml", head + f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>')
PY
}

@test "a sheet that is named after a person does not leave in what is published" {
    named_sheet "$FILES/week.xlsx" "Веремійчук Одарка"
    named_sheet "$FILES/plain.xlsx" "Sheet1"
    printf 'a different file\n' | zip -q "$FILES/plain.xlsx" -
    expect 0 dokaz add --basis published "$FILES"
    for name in week.xlsx plain.xlsx; do
        printf '{"sphere": "healthcare", "means": "denial", "date": "2024-03-05", "place_id": "UA2308007001",
            "passages": [{"source": "%s", "exact": "The registry desk stays shut all week"}]}' "$(id_of $name)" |
            dokaz record act >/dev/null
    done
    # Members see where it stands.
    expect 0 dokaz report inside.html
    grep -qF 'Веремійчук Одарка!A2' inside.html
    grep -qF 'Sheet1!A2' inside.html
    # The public does not, in no form; a cell, and what a program calls a sheet, tell nothing.
    expect 0 dokaz report public.html --public
    refute grep -qF 'Веремійчук' public.html
    refute grep -qF 'Одарка' public.html
    grep -qF 'Sheet1!A2' public.html
    grep -qE '[^!]A2' public.html
    expect 0 dokaz export bag public --public --json
    [ "$(json left_out.file)" = 1 ]
    refute grep -rqaF 'Веремійчук' public
    refute grep -rqaF 'Одарка' public
    # The file names it in its packed parts, where no search of bytes finds it.
    refute grep -q "^$(sha256sum <"$FILES/week.xlsx" | cut -c1-64) " public/manifest-sha256.txt
    grep -q "^$(sha256sum <"$FILES/plain.xlsx" | cut -c1-64) " public/manifest-sha256.txt
    grep -qF '"sheet":"Sheet1"' public/data/facts.jsonld
    expect 0 "$DOKAZ_VERIFY" public
    # A partner gets it all.
    expect 0 dokaz export bag partner
    grep -qF 'Веремійчук Одарка' partner/data/facts.jsonld
}
