#include "dz_text_priv.h"

#include <string.h>

/* Cheap stems: the longest listed ending goes, as long as three letters stay. Good enough to
 * compare
 * words of one language with each other; dictionaries do better and come with the search. The stem
 * is always the beginning of the folded word, so it needs no memory of its own. */

/* Endings in order of length, so that the first that fits is the longest. */
static const char *const uk_endings[] = {
    "уватимуть", "юватимуть", "ування", "ювання", "остями", "уватися", "ювали", "ували", "увати",
    "ювати",     "ються",     "ається", "ються",  "ість",   "ості",    "істю",  "ами",   "ями",
    "ові",       "еві",       "ого",    "ому",    "ими",    "ими",     "ною",   "ння",   "нням",
    "нні",       "ють",       "уть",    "ать",    "ять",    "ить",     "али",   "или",   "ила",
    "ала",       "ати",       "ити",    "іти",    "ся",     "сь",      "ах",    "ях",    "ам",
    "ям",        "ом",        "ем",     "єм",     "ою",     "ею",      "єю",    "ів",    "їв",
    "ей",        "ий",        "ій",     "их",     "им",     "ую",      "юю",    "ої",    "ія",
    "ії",        "ію",        "ів",     "ть",     "ли",     "ла",      "ло",    "ав",    "ив",
    "а",         "я",         "о",      "е",      "и",      "і",       "ї",     "у",     "ю",
    "є",         "ь",         "й",
};
static const char *const ru_endings[] = {
    "ываться", "иваться", "ывать", "ивать", "ованием", "ование", "ования", "ованию", "остями",
    "ости",    "остью",   "ость",  "ются",  "ается",   "ить",    "ать",    "ять",    "еть",
    "ами",     "ями",     "ого",   "его",   "ому",     "ему",    "ыми",    "ими",    "ция",
    "ают",     "яют",     "уют",   "ила",   "ала",     "или",    "али",    "ешь",    "ете",
    "ся",      "сь",      "ах",    "ях",    "ам",      "ям",     "ом",     "ем",     "ой",
    "ей",      "ов",      "ев",    "ый",    "ий",      "ая",     "яя",     "ое",     "ее",
    "ые",      "ие",      "ую",    "юю",    "ых",      "их",     "ым",     "им",     "ия",
    "ии",      "ию",      "ют",    "ут",    "ат",      "ят",     "ит",     "ет",     "ть",
    "ли",      "ла",      "ло",    "ал",    "ил",      "а",      "я",      "о",      "е",
    "и",       "ы",       "у",     "ю",     "ь",       "й",
};
static const char *const en_endings[] = {
    "'s", "ings", "ing", "ies", "ied", "ely", "ed", "es", "ly", "s", "e", "y",
};

static bool
ends_with(struct dz_view v, const char *ending, size_t n)
{
    return v.n >= n && memcmp(v.p + v.n - n, ending, n) == 0;
}

static size_t
cut_longest(struct dz_view v, const char *const *endings, size_t n, size_t keep)
{
    size_t best = 0;
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(endings[i]);
        if (length > best && v.n >= keep + length && ends_with(v, endings[i], length))
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
