#!/usr/bin/python3
"""Tests of the knowledge files and of their checker; prints TAP.

    test_data.py [ROOT]

A checker that passes everything would pass on good files too: so each fault is
planted into a copy of data/ and must be named with its file and line.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "../..")
ROOT = os.path.abspath(ROOT)
CHECK = os.path.join(ROOT, "tools/data-check")
COMPILE = os.path.join(ROOT, "tools/data-compile")
PYTHON = sys.executable

# What to plant: file, the words to replace, what to put there, what the checker must say.
FAULTS = [
    ("codebook/version", "0.", "zero.", "codebook/version:1: "),
    ("codebook/spheres.ini", "[sphere medicines]", "[sphere healthcare]", "healthcare stands already"),
    ("codebook/spheres.ini", "label.uk = Ліки", "label.uk =", "has no label.uk"),
    ("codebook/spheres.ini", "label.ru = Лекарства\n", "", "has no label.ru"),
    ("codebook/spheres.ini", "stems.en = medicine*,", "stems.en = me*,", "fewer than three letters"),
    ("codebook/spheres.ini", "stems.en = medicine*,", "stems.en = me*dicine,", "must end a word"),
    ("codebook/spheres.ini", "stems.en = medicine*,", "stems.en = insulin,", "'insulin' stands twice"),
    ("codebook/spheres.ini", "stems.en = medicine*,", "stems.en = ліки,", "is not English"),
    ("codebook/spheres.ini", "huridocs.act = 530107", "huridocs.act = 53010", "not a HURIDOCS number"),
    ("codebook/spheres.ini", "definition.en = ", "defnition.en = ", "unknown key"),
    ("codebook/spheres.ini", "[sphere healthcare]", "[sphere healthcare", "is neither a [kind id] nor"),
    ("codebook/means.ini", "[means threat]", "[means education]", "is a sphere and a means"),
    ("codebook/lists.ini", "[modality asserted]", "[modalty asserted]", "there is no [list modalty]"),
    ("codebook/lists.ini", "huridocs = 010103", "huridocs = x", "'x' is not a HURIDOCS number"),
    ("codebook/rules.ini", "codes = healthcare", "codes = helthcare", "names unknown 'helthcare'"),
    ("norms.ini", "bears_on = compelled_oath", "bears_on = oath", "names unknown 'oath'"),
    ("norms.ini", "\nchecked = no", "\nchecked = perhaps", "checked is 'perhaps'"),
    ("decisions.ini", "measure = M056", "measure = M999", "names unknown 'M999'"),
    ("decisions.ini", "date = 2024-06-25", "date = 25.06.2024", "is not an EDTF date"),
    ("offices.ini", "part_of = ru_federation", "part_of = ru_fed", "names unknown 'ru_fed'"),
    ("offices.ini", "side = UA", "side = UKR", "side is 'UKR'"),
    ("office_holders.csv", ",ru_mvd,", ",ru_police,", "names unknown 'ru_police'"),
    ("measures.csv", "M001,2014-03-21", "M001,2014-13-21", "'2014-13-21' is not an EDTF date"),
    ("measures.csv", "M002,", "M001,", "measure M001 stands already"),
    ("measures.csv", ",UA01|UA85,nationality", ",UA99|UA85,nationality", "names unknown 'UA99'"),
    ("measures.csv", ",confirmed,RU", ",sure,RU", "confidence is 'sure'"),
    ("measures.csv", "https://ccprcentre.org", "ccprcentre.org", "is not an address"),
    ("measures.csv", "ru_federation", "ru_nobody", "names unknown 'ru_nobody'"),
    ("gazetteer.csv", "UA2308007001,settlement,city,UA2308,", "UA2308007001,settlement,city,UA9999,",
     "parent names unknown 'UA9999'"),
    ("gazetteer.csv", ",Melitopol,", ",Melitоpol,", "mixes Latin and Cyrillic"),
    ("gazetteer.csv", ",Berdiansk,", ",Melitopol,", "'melitopol' names"),
    ("gazetteer.csv", "UA2302,raion", "UA2302,district", "kind is 'district'"),
    ("gazetteer.csv", ",UA14|UA44,", ",UA14|UA45,", "members names unknown 'UA45'"),
    ("gazetteer.csv", "UA23,oblast,oblast,UA,", "UA23,oblast,oblast,UA2308,", "round in a circle"),
    ("homonyms.csv", "yalta,", "Yalta,", "is not folded"),
    ("homonyms.csv", "yalta,UA0120031001|UA1414003002", "yalta,UA0120031001|UA23", "'yalta' names"),
    ("terms.csv", "term,quote,", "trem,quote,", "use is 'trem'"),
]  # fmt: skip

number = 0
failed = 0


def ok(passed, name, detail=""):
    global number, failed
    number += 1
    if not passed:
        failed += 1
        for line in str(detail).splitlines():
            print(f"# {line}")
    print(f"{'ok' if passed else 'not ok'} {number} - {name}")


def run(*command):
    done = subprocess.run([PYTHON, *command], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def plant(folder, fault):
    """A copy of the data with one fault; false where the words are no longer there."""
    shutil.copytree(os.path.join(ROOT, "data"), folder)
    path = os.path.join(folder, fault[0])
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    if fault[1] not in text:
        return False
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text.replace(fault[1], fault[2], 1))
    return True


def check_faults(work):
    for at, fault in enumerate(FAULTS):
        folder = os.path.join(work, f"fault{at}")
        name = f"a fault in {fault[0]} is named: {fault[3]}"
        if not plant(folder, fault):
            ok(False, name, f"'{fault[1]}' is not in the file any more")
            continue
        code, said = run(CHECK, folder)
        lines = [line for line in said.splitlines() if fault[3] in line]
        named = lines and re.match(r"^[\w./]+:\d+( and [\w./]+:\d+)?: ", lines[0])
        ok(code == 1 and named and "Traceback" not in said, name, said)
    for raw, what in ((b"\xff\xfe", "is not UTF-8"), (b"\xef\xbb\xbfid\n", "byte order mark"),
                      (b"id,kind\r\nUA\r\n", "has 1 fields"), (b'id\r\n"UA\r\n', "not a well-formed")):  # fmt: skip
        folder = os.path.join(work, what.replace(" ", "_"))
        shutil.copytree(os.path.join(ROOT, "data"), folder)
        with open(os.path.join(folder, "gazetteer.csv"), "wb") as file:
            file.write(raw)
        code, said = run(CHECK, folder)
        ok(code == 1 and what in said and said.startswith("gazetteer.csv:"), f"a table that {what}", said)
    code, said = run(CHECK, os.path.join(work, "nowhere"))
    ok(code == 1 and "cannot be read" in said, "a missing folder is named", said)
    code, said = run(CHECK, "--what")
    ok(code == 2, "a wrong call leaves with 2", said)


def load(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return json.load(file)


def check_compiled(work):
    one, two = os.path.join(work, "one"), os.path.join(work, "two")
    data = os.path.join(ROOT, "data")
    code, said = run(COMPILE, data, one)
    ok(code == 0, "the data compile", said)
    if code != 0:
        return
    run(COMPILE, data, two)
    names = sorted(os.listdir(one))
    same = all(open(os.path.join(one, n), "rb").read() == open(os.path.join(two, n), "rb").read() for n in names)
    ok(same and names == sorted(os.listdir(two)), "the same data give the same bytes")

    book = load(one, "codebook.json")
    ok((len(book["spheres"]), len(book["means"])) == (22, 22), "22 spheres and 22 means")
    ok(book["means"][0]["id"] == "denial" and "hospital*" in book["spheres"][0]["stems"]["en"],
       "order and stems arrive")  # fmt: skip
    stances = {item["id"] for item in book["lists"]["stance"]}
    ok({"take_if_needed", "do_not_take", "not_a_crime", "not_recognised", "violation_of_law"} <= stances,
       "the stances are there")  # fmt: skip

    measures = load(one, "measures.json")
    ids = {measure["id"] for measure in measures}
    ok(ids == {f"M{n:03}" for n in range(1, 83)}, "the 82 reference measures", sorted(ids))
    ok([m["date"] for m in measures] == sorted(m["date"] for m in measures), "measures stand by date")
    deadlines = {measure["deadline"] for measure in measures}
    ok({"2023-10", "2024-07-01", "2025-01-01", "2025-09-10"} <= deadlines, "the deadlines stand", deadlines)

    places = {place["id"]: place for place in load(one, "gazetteer.json")}
    oblasts = [i for i, p in places.items() if re.match(r"^UA\d\d$", i)]
    ok(len(oblasts) == 27, "24 oblasts, Crimea, Kyiv and Sevastopol", sorted(oblasts))
    crimea = places["UA01"]
    ok((crimea["name"]["en"], crimea["kind"]) == ("Crimea", "republic"), "Crimea is shown as Crimea")
    ok(places["P-LPR"]["members"] == ["UA44"], "a so-called republic has its territory")
    ok("DPR" not in places["UA14"]["aliases"] and "ДНР" in places["P-DPR"]["occupation_aliases"],
       "names of occupation are for search only")  # fmt: skip
    melitopol = places["UA2308007001"]
    ok(melitopol["occupied"]["since"] == "2022-02-25" and melitopol["occupied"]["source"],
       "occupation dates carry their source")  # fmt: skip
    code, said = run(COMPILE, data)
    ok(code == 2, "a wrong call of the compiler leaves with 2", said)


def main():
    code, said = run(CHECK, os.path.join(ROOT, "data"))
    ok(code == 0 and not said, "the data are sound", said)
    with tempfile.TemporaryDirectory() as work:
        check_faults(work)
        check_compiled(work)
    print(f"1..{number}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
