#!/usr/bin/python3
"""The corpus of the bench: make_corpus.py DIR [--texts 20000] [--blobs 50]

Text files of 2 to 60 KB, plain and HTML, and files of 8 to 20 MB that do not shrink. Words, phrases and bytes come from
a fixed generator, so the same numbers give the same bytes on every machine. The words mean nothing: they are syllables of
three languages put together, drawn as unevenly as words of a language are, so that the text shrinks about as real
text does.
"""

import argparse
import itertools
import random
from pathlib import Path

SEED = 20220224
SYLLABLES = {
    "en": "ba be con der el fin gra hol in jus ker lo men nor op per que ra ster tion un ver wa yo tle ough sh ing ed ly ment al".split(),
    "uk": "ба ве гра до є жи за ім кра ло ма на об пра ре ста та у фо ха ця чи ша щи ю ян ість ення ський ої ти ла".split(),
    "ru": "ба ве гра до ё жи за им кра ло ма на об пра ре ста та у фо ха ца чи ша щи ю ян ость ение ский ой ть ла".split(),
}
FOLDER = 200  # files in one folder
LONGEST = 59000


def vocabulary(rng, language, count):
    """Words from short to long; the early ones are drawn most often, as in a language."""
    words, seen = [], set()
    while len(words) < count:
        size = 1 + len(words) * 3 // count + rng.randint(0, 2)
        word = "".join(rng.choice(SYLLABLES[language]) for _ in range(size))
        if word not in seen:
            seen.add(word)
            words.append(word)
    return words


def phrases(rng, words, count):
    """Groups of words that come back, as set phrases do; weights fall with the rank (Zipf)."""
    weights = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(words))))
    return [" ".join(rng.choices(words, cum_weights=weights, k=rng.randint(1, 5))) for _ in range(count)]


class Language:
    def __init__(self, rng, name):
        self.rng, self.name = rng, name
        self.phrases = phrases(rng, vocabulary(rng, name, 12000), 60000)
        self.weights = list(itertools.accumulate(1 / (rank + 50) ** 0.45 for rank in range(len(self.phrases))))

    def sentence(self):
        parts = self.rng.choices(self.phrases, cum_weights=self.weights, k=self.rng.randint(2, 7))
        if self.rng.random() < 0.3:
            parts.insert(self.rng.randrange(len(parts)), str(self.rng.randint(1, 99999)))
        return " ".join(parts).capitalize() + "."

    def paragraph(self):
        return " ".join(self.sentence() for _ in range(self.rng.randint(2, 9)))


def text_file(rng, language, number, size):
    """One document of about size bytes."""
    html = number % 2 == 0
    title = language.sentence()
    parts, length = [], 0
    while length < size:
        paragraph = language.paragraph()
        part = f'<p class="text" id="p{len(parts)}">{paragraph}</p>\n' if html else paragraph + "\n\n"
        length += len(part.encode())
        if length > LONGEST and parts:
            break
        parts.append(part)
    body = "".join(parts)
    if not html:
        return ".txt", f"{title}\n\n{body}"
    return ".html", (f'<!DOCTYPE html>\n<html lang="{language.name}"><head><meta charset="utf-8"><title>{title}</title></head>\n'
                     f'<body><nav><a href="/">{number}</a></nav><article><h1>{title}</h1>\n{body}</article></body></html>\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--texts", type=int, default=20000)
    parser.add_argument("--blobs", type=int, default=50)
    options = parser.parse_args()
    rng = random.Random(SEED)
    languages = [Language(rng, name) for name in SYLLABLES]
    for number in range(options.texts):
        folder = options.folder / f"texts-{number // FOLDER:03d}"
        if number % FOLDER == 0:
            folder.mkdir(parents=True)
        size = int(2000 + 58000 * rng.random() ** 1.2)
        suffix, text = text_file(rng, rng.choice(languages), number, size)
        (folder / f"doc-{number:06d}{suffix}").write_text(text, encoding="utf-8")
    blobs = options.folder / "blobs"
    blobs.mkdir(parents=True)
    for number in range(options.blobs):
        left = 8_000_000 + rng.randrange(12_000_000)
        with open(blobs / f"blob-{number:04d}.bin", "wb") as file:
            while left > 0:
                part = rng.randbytes(min(left, 1 << 20))
                file.write(part)
                left -= len(part)


main()
