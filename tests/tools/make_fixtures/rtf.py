#!/usr/bin/python3
"""RTF files as word processors of several times write them, made by hand: rtf.py FOLDER"""

import sys
from pathlib import Path


def hexed(text, page):
    return "".join(f"\\'{b:02x}" if b > 127 else chr(b) for b in text.encode(page))


def coded(text):
    units = text.encode("utf-16-le")
    out = ""
    for i in range(0, len(units), 2):
        unit = units[i] | units[i + 1] << 8
        out += chr(unit) if unit < 128 else f"\\u{unit - 65536 if unit > 32767 else unit}?"
    return out


def files():
    fonts = r"{\fonttbl{\f0\froman\fcharset204 Times New Roman;}{\f1\fswiss\fcharset0 Arial;}{\f2\fnil\fcharset204{\*\fname Courier;}Courier New;}}"
    yield "order.rtf", (
        r"{\rtf1\ansi\ansicpg1251\deff0" + fonts + r"{\colortbl;\red0\green0\blue0;}{\stylesheet{\s0 Normal;}}" "\n"
        r"{\info{\title " + hexed("Приказ № 7", "cp1251") + r"}{\author " + hexed("Отдел кадров", "cp1251") +
        r"}{\creatim\yr2019\mo5\dy6\hr9\min30}{\*\company Office}{\nofpages2}}" "\n"
        r"\pard\plain\f0\fs24 " + hexed("Приказ № 7", "cp1251") + r"\par" "\n"
        + hexed("С понедельника ", "cp1251") + r"{\b " + hexed("приём", "cp1251") + "} " + hexed("закрыт.", "cp1251") + r"\line "
        + hexed("Вторая строка", "cp1251") + r"\tab\'97 \ldblquote x\rdblquote\par" "\n"
        r"{\f1 caf\'e9 \{x\} \\ a\~b " + hexed("Дом", "cp1251") + r"}\par}")
    yield "unicode.rtf", (
        r"{\rtf1\ansi\ansicpg1252\uc1{\fonttbl{\f0 Arial;}}" + coded("Заява до відділу: ґанок, їжак. ") + r"\par"
        r"{\uc2 \u1071\'3f\'3f\u1071{}ab}\par \uc0\u8364 10 \uc1\u-10179?\u-8704? \u8211\bullet?\par}")
    yield "table.rtf", (
        r"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0\fcharset204 A;}}Before\par" "\n"
        r"\trowd\cellx1000\cellx2000\pard\intbl Room\cell Hours\cell\row" "\n"
        r"\trowd\cellx1000\cellx2000\pard\intbl " + hexed("Зал", "cp1251") + r"\par 2\cell 9-13\cell\row\pard After{\footnote\pard A note.}\par"
        r"{\header\pard Top of page\par}{\footer Bottom}"
        r"{\field{\*\fldinst{HYPERLINK " '"https://office.example/rtf"' r"}}{\fldrslt link}}{\v hidden}{\deleted gone}\par}")
    yield "koi.rtf", (r"{\rtf1\ansi\ansicpg20866 " + hexed("Старая машина", "koi8-r") + r"\par}")
    yield "dos.rtf", (r"{\rtf1\ansi\ansicpg866 " + hexed("Отчёт за год", "cp866") + r"\par}")
    yield "object.rtf", (
        r"{\rtf1\ansi{\pict\pngblip\bin10 }{\\}}}}}}" + "}" + r"before {\object\objemb{\*\objclass Package}{\*\objdata 0105000002}{\result shown}} "
        r"{\*\unknown{\nested text}} {\*\shppict{\pict 89504e}}{\shp{\*\shpinst{\sp{\sn pib}{\sv name}}{\shptxt in a shape}}} after\par}")
    yield "cut.rtf", r"{\rtf1\ansi This text never {\b ends"
    yield "not.rtf", "{\\html is something else}"


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files():
        (folder / name).write_bytes(text.encode("latin-1"))


main()
