#!/usr/bin/python3
"""Write invented texts in three languages to standard output, and queries for them: make_texts.py COUNT [QUERIES]

Each text is a title, a line feed, the text, and a NUL. Words come as often as words of a language do; a few of each text
come more often in it than elsewhere, and some sentences are those of make_docs.py. QUERIES is written, a line each: class, tab,
query. The same count gives the same bytes, and the first texts of a larger count are those of a smaller one; queries
are made of the first 20,000 texts.
"""

import collections
import random
import sys

from make_docs import sentence as known_sentence
from make_pages import Language

EACH = {"rare": 200, "mid": 200, "frequent": 150, "two words": 150, "phrase": 150}
SAMPLE = 20000


def text_of(rng, languages):
    language = languages[rng.choice(("uk", "uk", "ru", "ru", "en"))]
    n = int(120 * 20 ** rng.random())
    topic = rng.choices(language.words[30:], k=6)
    words = rng.choices(language.words, cum_weights=language.weights, k=n)
    for _ in range(n // 25):
        words[rng.randrange(n)] = rng.choice(topic)
    lines = []
    for at in range(0, n, 14):
        part = words[at:at + 14]
        lines.append(part[0].capitalize() + " " + " ".join(part[1:]) + ".")
        if rng.random() < 0.04:
            lines.append(known_sentence(rng, language.code))
    return words, " ".join(topic[:3]).capitalize(), " ".join(lines)


class Questions:
    def __init__(self):
        self.spread = collections.Counter()
        self.pairs = []
        self.phrases = []
        self.n = 0

    def see(self, rng, words):
        self.n += 1
        self.spread.update(set(words))
        at = rng.randrange(len(words) - 14) // 14 * 14
        self.pairs.append((words[at + 3], words[at + 9]))
        size = rng.choice((2, 3))
        self.phrases.append(words[at + 4:at + 4 + size])

    def between(self, rng, low, high, n):
        words = sorted(w for w, d in self.spread.items() if low <= d <= high and len(w) > 1)
        return rng.sample(words, min(n, len(words)))

    def write(self, path):
        rng = random.Random("queries")
        scale = self.n / SAMPLE
        rows = [("rare", w) for w in self.between(rng, 2, max(2, 20 * scale), EACH["rare"])]
        rows += [("mid", w) for w in self.between(rng, 100 * scale, 1000 * scale, EACH["mid"])]
        rows += [("frequent", w) for w in self.between(rng, 3000 * scale, self.n, EACH["frequent"])]
        rows += [("two words", f"{a} {b}") for a, b in rng.sample(self.pairs, min(EACH["two words"], len(self.pairs)))]
        rows += [("phrase", '"' + " ".join(p) + '"') for p in rng.sample(self.phrases, min(EACH["phrase"], len(self.phrases)))]
        rng.shuffle(rows)
        with open(path, "w", encoding="utf-8") as out:
            out.writelines(f"{kind}\t{query}\n" for kind, query in rows)


def main():
    count = int(sys.argv[1])
    languages = {code: Language(code) for code in ("en", "uk", "ru")}
    rng, other = random.Random("texts"), random.Random("places of queries")
    questions = Questions()
    for number in range(count):
        words, title, text = text_of(rng, languages)
        sys.stdout.buffer.write(f"{title}\n{text}\0".encode())
        if number < SAMPLE:
            questions.see(other, words)
    if len(sys.argv) > 2:
        questions.write(sys.argv[2])


if __name__ == "__main__":
    main()
