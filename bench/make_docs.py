#!/usr/bin/python3
"""Write a folder of invented documents, text and HTML, in three languages: make_docs.py DIR COUNT

The same count gives the same bytes (a fixed generator), so that two measurements compare.
"""

import random
import sys
from pathlib import Path

PLACES = ["Melitopol", "Berdiansk", "Tokmak", "Henichesk", "Starobilsk", "Mariupol", "Rubizhne", "Enerhodar"]
PLACES_UK = ["Мелітополі", "Бердянську", "Токмаку", "Генічеську", "Старобільську", "Маріуполі"]
PLACES_RU = ["Мелитополе", "Бердянске", "Токмаке", "Геническе", "Старобельске", "Мариуполе"]
EN = [
    "In {p} the clinic refused a patient who had no Russian passport on {d} {m} {y}.",
    "A supervisor in {p} threatened to dismiss staff without Russian citizenship before 1 July {y}.",
    "The administration said that {n} passports had been issued in {p} by {m} {y}.",
    "Residents of {p} described long queues and rising prices at the market.",
    "The road out of {p} was closed for {n} days after the storm, drivers said.",
    "Owners in {p} were told that flats not registered anew would be declared ownerless.",
]
UK = [
    "У {p} {d} вересня {y} року без паспорта РФ відмовили в прийомі у лікарні.",
    "Мешканці розповіли, що в {p} звільняють тих, хто не отримав російського громадянства.",
    "За даними адміністрації, видано {n} паспортів.",
    "На ринку в {p} знову подорожчали овочі.",
]
RU = [
    "В {p} без российского паспорта не продают сим-карты, рассказали жители.",
    "С 1 июля {y} года в {p} требуют паспорт РФ для приёма на работу.",
    "По данным администрации, выдано {n} паспортов.",
    "Дорогу в {p} ремонтируют уже {n} дней.",
]
MONTHS = ["January", "March", "June", "September", "November"]


def sentence(rng, language):
    forms, places = {"en": (EN, PLACES), "uk": (UK, PLACES_UK), "ru": (RU, PLACES_RU)}[language]
    return rng.choice(forms).format(
        p=rng.choice(places), d=rng.randint(1, 28), m=rng.choice(MONTHS), y=rng.randint(2022, 2025),
        n=rng.randint(2, 90) * 100)


def document(rng, number):
    language = rng.choice(["en", "en", "uk", "ru"])
    paragraphs = [
        " ".join(sentence(rng, language) for _ in range(rng.randint(2, 6)))
        for _ in range(rng.randint(3, 14))
    ]
    title = f"{number:05d} {sentence(rng, language)}"
    if rng.random() < 0.5:
        return ".txt", f"{title}\n\n" + "\n\n".join(paragraphs) + "\n"
    body = "".join(f"<p>{p}</p>\n" for p in paragraphs)
    return ".html", (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="article:published_time" content="2024-0{rng.randint(1, 9)}-15"></head>'
        f'<body><nav><a href="/">home</a></nav><article><h1>{title}</h1>\n{body}</article></body></html>\n')


def main():
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    folder.mkdir(parents=True)
    rng = random.Random(20220224)
    for number in range(count):
        suffix, text = document(rng, number)
        (folder / f"doc-{number:05d}{suffix}").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
