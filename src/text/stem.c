#include "dz_text_priv.h"

#include <string.h>

/* Cheap stems: the longest listed ending goes, as long as three letters stay. Good enough to
 * compare
 * words of one language with each other; dictionaries do better and come with the search. The stem
 * is always the beginning of the folded word, so it needs no memory of its own. */

struct ending {
    const char *p;
    size_t n;
};
#define E(word)                \
    {                          \
        word, sizeof(word) - 1 \
    }

/* Endings in order of length, so that the first that fits is the longest. */
static const struct ending uk_endings[] = {
    E("уватимуть"), E("юватимуть"), E("ування"), E("ювання"), E("остями"), E("уватися"), E("ювали"),
    E("ували"),     E("увати"),     E("ювати"),  E("ються"),  E("ається"), E("ються"),   E("ість"),
    E("ості"),      E("істю"),      E("ами"),    E("ями"),    E("ові"),    E("еві"),     E("ого"),
    E("ому"),       E("ими"),       E("ими"),    E("ною"),    E("ння"),    E("нням"),    E("нні"),
    E("ють"),       E("уть"),       E("ать"),    E("ять"),    E("ить"),    E("али"),     E("или"),
    E("ила"),       E("ала"),       E("ати"),    E("ити"),    E("іти"),    E("ся"),      E("сь"),
    E("ах"),        E("ях"),        E("ам"),     E("ям"),     E("ом"),     E("ем"),      E("єм"),
    E("ою"),        E("ею"),        E("єю"),     E("ів"),     E("їв"),     E("ей"),      E("ий"),
    E("ій"),        E("их"),        E("им"),     E("ую"),     E("юю"),     E("ої"),      E("ія"),
    E("ії"),        E("ію"),        E("ів"),     E("ть"),     E("ли"),     E("ла"),      E("ло"),
    E("ав"),        E("ив"),        E("а"),      E("я"),      E("о"),      E("е"),       E("и"),
    E("і"),         E("ї"),         E("у"),      E("ю"),      E("є"),      E("ь"),       E("й"),
};
static const struct ending ru_endings[] = {
    E("ываться"), E("иваться"), E("ывать"), E("ивать"), E("ованием"), E("ование"), E("ования"),
    E("ованию"),  E("остями"),  E("ости"),  E("остью"), E("ость"),    E("ются"),   E("ается"),
    E("ить"),     E("ать"),     E("ять"),   E("еть"),   E("ами"),     E("ями"),    E("ого"),
    E("его"),     E("ому"),     E("ему"),   E("ыми"),   E("ими"),     E("ция"),    E("ают"),
    E("яют"),     E("уют"),     E("ила"),   E("ала"),   E("или"),     E("али"),    E("ешь"),
    E("ете"),     E("ся"),      E("сь"),    E("ах"),    E("ях"),      E("ам"),     E("ям"),
    E("ом"),      E("ем"),      E("ой"),    E("ей"),    E("ов"),      E("ев"),     E("ый"),
    E("ий"),      E("ая"),      E("яя"),    E("ое"),    E("ее"),      E("ые"),     E("ие"),
    E("ую"),      E("юю"),      E("ых"),    E("их"),    E("ым"),      E("им"),     E("ия"),
    E("ии"),      E("ию"),      E("ют"),    E("ут"),    E("ат"),      E("ят"),     E("ит"),
    E("ет"),      E("ть"),      E("ли"),    E("ла"),    E("ло"),      E("ал"),     E("ил"),
    E("а"),       E("я"),       E("о"),     E("е"),     E("и"),       E("ы"),      E("у"),
    E("ю"),       E("ь"),       E("й"),
};
static const struct ending en_endings[] = {
    E("'s"), E("ings"), E("ing"), E("ies"), E("ied"), E("ely"),
    E("ed"), E("es"),   E("ly"),  E("s"),   E("e"),   E("y"),
};

static bool
ends_with(struct dz_view v, const char *ending, size_t n)
{
    return v.n >= n && memcmp(v.p + v.n - n, ending, n) == 0;
}

static size_t
cut_longest(struct dz_view v, const struct ending *endings, size_t n, size_t keep)
{
    size_t best = 0;
    if (v.n <= keep)
        return v.n;
    char last = v.p[v.n - 1];
    for (size_t i = 0; i < n; i++) {
        size_t length = endings[i].n;
        /* The last byte tells most of them apart; every word of every text comes by here. */
        if (endings[i].p[length - 1] == last && length > best && v.n >= keep + length &&
            ends_with(v, endings[i].p, length))
            best = length;
    }
    return v.n - best;
}

size_t
dz_text_stem_length(struct dz_view fold, enum dz_text_lang lang)
{
    switch (lang) {
    case DZ_TEXT_EN:
        if (ends_with(fold, "ss", 2) || ends_with(fold, "us", 2) || ends_with(fold, "is", 2))
            return fold.n;
        return cut_longest(fold, en_endings, sizeof en_endings / sizeof *en_endings, 3);
    case DZ_TEXT_UK:
        return cut_longest(fold, uk_endings, sizeof uk_endings / sizeof *uk_endings, 6);
    case DZ_TEXT_RU:
        return cut_longest(fold, ru_endings, sizeof ru_endings / sizeof *ru_endings, 6);
    case DZ_TEXT_OTHER:
        break;
    }
    return fold.n;
}
