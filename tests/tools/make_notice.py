#!/usr/bin/python3
"""A PDF of two pages that names a private person, with an author and a producer, for tests.

    make_notice.py OUT.pdf
"""

import sys

PAGES = [
    ["Patients turned away at the clinic", "", '"They pushed my papers back," said Halyna Moroz,',
     "a retired seamstress. In October 2023 the clinic",
     "refused her an appointment without a Russian passport."],
    ["The second page of the notice", "Halyna Moroz was told to come back with a passport,",
     "and Moroz left the town of Melitopol in December 2023."],
]


def stream(body):
    return b"<</Length %d>>stream\n%s\nendstream" % (len(body), body)


def main(path):
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"",
               b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for lines in PAGES:
        shown = b" ".join(b"(%s) Tj T*" % line.encode() for line in lines)
        objects.append(stream(b"BT /F1 12 Tf 40 500 Td 16 TL " + shown + b" ET"))
        objects.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 560]"
                       b"/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>" % len(objects))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), len(kids))
    objects.append(b"<</Author(Odarka Writer)/Producer(BalkaPress)>>")
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, len(objects), table)
    with open(path, "wb") as file:
        file.write(out)


if __name__ == "__main__":
    main(sys.argv[1])
