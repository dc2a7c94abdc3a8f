#!/usr/bin/python3
"""Makes tests/fixtures/text: text.py FOLDER

What each must give stands beside it in NAME.expected, written by hand and checked exactly.
"""

import sys
from pathlib import Path

NOTICE = """Оголошення № 7

Із 12 лютого приймальня не розглядає заяв без нового посвідчення особи.
Її відповідь є остаточною; ґрунтовні пояснення надають лише письмово.
"""
NOTICE_RU = """Объявление № 7

С 12 февраля приёмная не рассматривает заявления без нового удостоверения личности.
Объяснения даются только письменно.
"""
MARKDOWN = """---
title: "Річний звіт спостерігачів"
author: Група «Сходи»
date: 2024-03-05T10:00:00
lang: uk
---

# Що ми бачили

Черга починалася о п'ятій ранку.

## Перший день ##

```
# не заголовок
```

Двері відчинили о десятій.
#без пропуску
"""
TRANSCRIPT = """Розмова з мешканкою будинку 14

[00:00:05] Запитання: Коли вам принесли папір?
[00:00:11] Відповідь: У четвер, після обіду.
Двоє чоловіків, один у формі.
[00:01:40.5] Запитання: Вони назвалися?
[01:02:03] Відповідь: Ні.
"""
SPEAKERS = """00:00:01 Interviewer: Who signed the refusal?
00:00:04 Witness: The deputy did.

00:12:30 Witness: She kept the copy.
"""
TIMETABLE = """10:30 doctor
11:00 closed
09:00 opens again
"""
SRT = """1
00:00:01,500 --> 00:00:04,000
<i>Вони сказали</i> прийти
з новим паспортом.

2
00:00:05,000 --> 00:00:07,250 X1:10
{\\an8}- Навіщо?
- Такий порядок.

3
01:00:00,000 --> 01:00:02,000
2024
"""
VTT = """WEBVTT - Розмова у дворі
Kind: captions

STYLE
::cue { color: white }

NOTE зроблено вручну

вступ
00:01.000 --> 00:04.000 line:0
<v Сусідка>Їм &lt;нічого&gt; не пояснили &amp; відпустили.

00:00:05.250 --> 00:00:06.000
<v.quiet Голос>Чому?</v>
Ніхто <c.loud>не</c> знає.

NOTE
ще одна
"""
CSV = """№;Установа;Відповідь
1;"Лікарня «Північ»; відділення 2";"відмовлено
усно"
2;Школа 4;"сказали ""завтра\"""

4;;прийняли
"""
TSV = "date\toffice\tresult\n2024-02-01\tclinic\trefused\n\t\t\n2024-02-02\t\taccepted\t\t\n"
COMMAS = "sep=,\r\nname,place\r\n\"Окружний суд\",\"вул. Садова, 3\"\r\n"
ONE = "одна колонка\nдругий рядок\n"


def main():
    folder = Path(sys.argv[1])
    files = {
        "notice.txt": NOTICE.encode(),
        "notice-mark.txt": b"\xef\xbb\xbf" + NOTICE.encode(),
        "notice-1251.txt": NOTICE.replace("\n", "\r\n").encode("cp1251"),
        "notice-koi8.txt": NOTICE.replace("№", "No").encode("koi8_u"),
        "notice-866.txt": NOTICE_RU.encode("cp866"),
        "notice-utf16.txt": NOTICE.encode("utf-16"),
        "notice-utf16be.txt": NOTICE.encode("utf-16-be"),
        "broken.txt": NOTICE.encode()[:150] + b"\xd0 \xff " + NOTICE.encode()[150:],
        "zero.txt": b"one" * 200 + b"\0 and more\n",
        "blank.txt": b" \r\n\t\n",
        "nothing.txt": b"",
        "binary.txt": bytes(range(256)) * 4,
        "report.md": MARKDOWN.encode(),
        "report-1251.md": MARKDOWN.encode("cp1251"),
        "loose.md": "Intro line\n\n# Only heading #\ntext\n####### seven\n".encode(),
        "open.md": "---\ntitle: never closed\n\nText of it.\n".encode(),
        "interview.txt": TRANSCRIPT.encode(),
        "interview-1251.txt": TRANSCRIPT.encode("cp1251"),
        "speakers.txt": SPEAKERS.encode(),
        "timetable.txt": TIMETABLE.encode(),
        "talk.srt": SRT.replace("\n", "\r\n").encode(),
        "talk-1251.srt": SRT.encode("cp1251"),
        "unnamed.txt": SRT.encode(),
        "cut.srt": SRT.encode()[:120],
        "yard.vtt": VTT.encode(),
        "yard-mark.vtt": b"\xef\xbb\xbf" + VTT.replace("\n", "\r\n").encode(),
        "noend.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Голос".encode(),
        "answers.csv": CSV.encode(),
        "answers-1251.csv": CSV.encode("cp1251"),
        "answers-utf16.csv": CSV.encode("utf-16"),
        "commas.csv": COMMAS.encode(),
        "one.csv": ONE.encode(),
        "open.csv": "a,b\n1,\"never closed\n2,x\n".encode(),
        "visits.tsv": TSV.encode(),
        "names.tsv": "../../etc/passwd\t=1+1\n".encode(),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)


main()
