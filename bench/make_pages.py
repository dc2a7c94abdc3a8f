#!/usr/bin/python3
"""Write a folder of invented web pages and PDFs in three languages: make_pages.py DIR PAGES [PDFS]

The pages look as articles of news sites do: navigation, scripts, metadata, a list of other articles, and the article in
between; 5 to 80 KB each. The PDFs have 1 to 20 pages of text in an embedded font (python3-cairo writes them). Words are made
of syllables and come as often as words of a language do; some sentences are those of make_docs.py, so that there is
something to find. The same numbers give the same bytes (a fixed generator), so that two measurements compare, and the first
files of a larger corpus are those of a smaller one.
"""

import argparse
import html
import itertools
import os
import random
from pathlib import Path

from make_docs import sentence as known_sentence

WORDS = 24000  # of each language
LETTERS = {
    "en": ("b c d f g h l m n p r s t v w st tr ch th pl".split(), "a e i o u ea ou ai".split(),
           ["", "", "n", "s", "t", "r", "l", "ed", "ing", "tion", "er"]),
    "uk": ("б в г д ж з к л м н п р с т х ц ч ш пр ст тр".split(), "а е и і о у ю я є".split(),
           ["", "", "й", "х", "ть", "ння", "ський", "ого", "ми", "ів", "ості"]),
    "ru": ("б в г д ж з к л м н п р с т х ц ч ш пр ст тр".split(), "а е и ы о у ю я э".split(),
           ["", "", "й", "х", "ть", "ние", "ский", "ого", "ми", "ов", "ости"]),
}
FUNCTION = {
    "en": "the of and to in a is that for it was on with as he be at by had not are but from or have an they which".split(),
    "uk": "і в на з не що до за та у як але це від про для його вони після під час через також який були бо".split(),
    "ru": "и в на с не что по за как но это из от для его они после при через также который были только или".split(),
}
MENU = {
    "en": ["News", "Region", "Economy", "Archive", "About us", "Contacts", "Photographs", "Interviews"],
    "uk": ["Новини", "Регіон", "Економіка", "Архів", "Про нас", "Контакти", "Світлини", "Розмови"],
    "ru": ["Новости", "Регион", "Экономика", "Архив", "О нас", "Контакты", "Фотографии", "Беседы"],
}


class Language:
    def __init__(self, code):
        rng = random.Random(f"words {code}")
        onsets, vowels, ends = LETTERS[code]
        words = dict.fromkeys(FUNCTION[code])
        while len(words) < WORDS:
            syllables = rng.choice((1, 2, 2, 3))
            words["".join(rng.choice(onsets) + rng.choice(vowels) for _ in range(syllables)) + rng.choice(ends)] = None
        self.code, self.words = code, list(words)
        # The word at rank n comes 1/n as often as the first, as in any language.
        self.weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(WORDS)))

    def sentence(self, rng):
        if rng.random() < 0.04:
            return known_sentence(rng, self.code)
        words = rng.choices(self.words, cum_weights=self.weights, k=rng.randint(6, 22))
        if rng.random() < 0.3:
            words[rng.randrange(1, len(words))] = str(rng.randint(2, 9000))
        if rng.random() < 0.4:
            place = rng.randrange(1, len(words))
            words[place] = words[place].capitalize()
        if len(words) > 12:
            words[len(words) // 2] += ","
        return words[0].capitalize() + " " + " ".join(words[1:]) + "."

    def paragraph(self, rng):
        return " ".join(self.sentence(rng) for _ in range(rng.randint(2, 6)))


def script(rng, size):
    """Settings and small functions, as pages carry them along."""
    lines, n = [], 0
    while n < size:
        number = rng.getrandbits(48)
        line = (f'window.s{number:x}=window.s{number:x}||function(a,b){{return a<b&&b>{number % 977}?'
                f'{{"id":"{number:012x}","on":true,"slots":[{number % 7},{number % 31}]}}:null}};')
        lines.append(line)
        n += len(line)
    return "<script>" + "\n".join(lines) + "</script>\n"


def card(rng, language):
    title, number = html.escape(language.sentence(rng)), rng.randrange(10 ** 6)
    return (f'<li class="card card--small" data-id="{number}"><a class="card__link" href="/news/{number}">'
            f'<img class="card__image lazy" data-src="/images/{number}_320x180.jpg" alt="" width="320" height="180">'
            f'<span class="card__title">{title}</span></a></li>\n')


def page(rng, languages):
    language = languages[rng.choice(("uk", "uk", "ru", "ru", "en"))]
    size = int(5000 * 16 ** rng.random())
    for_text = int(size * rng.uniform(0.2, 0.5))
    title, number = language.sentence(rng), rng.randrange(10 ** 6)
    date = f"{rng.randint(2022, 2025)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}T{rng.randint(6, 22):02d}:30:00+03:00"
    article, n = [], 0
    while n < for_text:
        text = f"<p>{html.escape(language.paragraph(rng))}</p>\n"
        if rng.random() < 0.12:
            text = f"<h2>{html.escape(language.sentence(rng))}</h2>\n" + text
        article.append(text)
        n += len(text.encode())
    menu = "".join(f'<li class="menu__item"><a href="/section/{i}">{word}</a></li>\n'
                   for i, word in enumerate(MENU[language.code]))
    safe = html.escape(title)
    head = (f'<!DOCTYPE html>\n<html lang="{language.code}">\n<head>\n<meta charset="utf-8">\n<title>{safe}</title>\n'
            f'<meta name="description" content="{safe}">\n<meta property="og:title" content="{safe}">\n'
            f'<meta property="og:type" content="article">\n<meta property="og:site_name" content="Site {number % 40}">\n'
            f'<meta property="article:published_time" content="{date}">\n'
            f'<link rel="canonical" href="https://site{number % 40}.example/news/{number}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n')
    body = (f'</head>\n<body class="page page--article">\n<header><nav class="menu"><ul>\n{menu}</ul></nav></header>\n'
            f'<main><article class="article" itemscope><h1 class="article__title">{safe}</h1>\n'
            f'<time datetime="{date}">{date[:10]}</time>\n<div class="article__body">\n{"".join(article)}</div></article></main>\n')
    foot = f'<footer><ul>\n{menu}</ul><p>Site {number % 40}</p></footer>\n</body>\n</html>\n'
    left = size - n - len(head) - len(body) + sum(map(len, article)) - len(foot)
    cards, n = [], 0
    while n < left * 0.4:
        cards.append(card(rng, language))
        n += len(cards[-1].encode())
    aside = f'<aside class="related"><ul>\n{"".join(cards)}</ul></aside>\n'
    return head + script(rng, left * 0.3) + body + aside + script(rng, left * 0.3) + foot


def write_pdf(path, rng, languages):
    import cairo
    language = languages[rng.choice(("uk", "ru", "en"))]
    surface = cairo.PDFSurface(str(path), 595, 842)
    surface.set_metadata(cairo.PDFMetadata.TITLE, language.sentence(rng))
    surface.set_metadata(cairo.PDFMetadata.CREATE_DATE, "2024-05-01T10:00:00Z")
    context = cairo.Context(surface)
    context.select_font_face("DejaVu Sans")
    context.set_font_size(10)
    for _ in range(rng.randint(1, 20)):
        line, y = "", 60
        while y < 790:
            for word in language.paragraph(rng).split():
                if len(line) + len(word) > 84:
                    context.move_to(50, y)
                    context.show_text(line)
                    line, y = "", y + 14
                line += (" " if line else "") + word
        context.show_page()
    surface.finish()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("pages", type=int)
    parser.add_argument("pdfs", type=int, nargs="?", default=0)
    options = parser.parse_args()
    os.environ["SOURCE_DATE_EPOCH"] = "1714557600"
    languages = {code: Language(code) for code in LETTERS}
    for number in range(options.pages):
        folder = options.folder / f"pages-{number // 1000:04d}"
        if number % 1000 == 0:
            folder.mkdir(parents=True)
        text = page(random.Random(f"page {number}"), languages)
        (folder / f"page-{number:06d}.html").write_text(text, encoding="utf-8")
    for number in range(options.pdfs):
        folder = options.folder / f"papers-{number // 1000:04d}"
        if number % 1000 == 0:
            folder.mkdir(parents=True)
        write_pdf(folder / f"paper-{number:06d}.pdf", random.Random(f"paper {number}"), languages)


if __name__ == "__main__":
    main()
