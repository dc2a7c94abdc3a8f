#include <string.h>

#include "dz_names.h"

/* One capitalised word as a name: what stands beside it says so, or how it ends. A private person
 * who is called by the surname alone must not be missed. */

#define TITLE_REACH \
    5 /* words from a surname back to the office: "голова районної «адміністрації» N" */

/* "Начальник «паспортного столу» N", "голова районної адміністрації N": an office or a profession in
 * front, and nothing between but its own words. */
static bool
is_titled(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    for (size_t back = 1; back <= TITLE_REACH && back <= w; back++) {
        size_t at = w - back;
        if (words[at + 1].before != DZ_BREAK_NONE || words[at].sentence != words[w].sentence)
            return false;
        if (dz_person_is(f, f->id.role_official, at) || dz_person_is(f, f->id.role_expert, at) ||
            dz_person_is(f, f->id.role_journalist, at))
            return true;
        /* "... разом із N": who is joined by a small word bears no title. */
        if (!dz_title_word(f, at) || (back == 1 && dz_person_is(f, f->id.title_link, at)))
            return false;
    }
    return false;
}

/* "General Paliy", "господин Песков", "комендант Коваль", "whom we call Mr. K...": a surname behind a
 * rank or an office. Of an office only a word that a dictionary does not know for something else is
 * the holder. */
static size_t
try_ranked(struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    if (w == 0 || !dz_name_joined(f, w) || words[w].opens_quote)
        return 0;
    bool latin = (unsigned char)words[w].fold.p[0] < 0x80;
    bool ranked = dz_person_is(f, f->id.honorific, w - 1);
    if (!ranked && (latin || dz_name_common(f, w) || !is_titled(f, w)))
        return 0;
    dz_person_take(f, w, w + 1, (struct dz_view){0}, words[w].fold, "person.rank", 70);
    return 1;
}

/* "вулиця Петренка", "школа имени Гриненко", "у Бурлакові": named after somebody, or a place. */
static bool
names_a_place(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    if (w == 0 || words[w].before == DZ_BREAK_SENTENCE)
        return false;
    return dz_person_is(f, f->id.named_after, w - 1) || dz_person_is(f, f->id.place_link, w - 1);
}

/* "Після обшуку Мазуренко пішов": the ending of a surname, on a word that no dictionary has for
 * anything else. */
static size_t
try_family(struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    struct dz_view fold = words[w].fold;
    if ((unsigned char)fold.p[0] < 0x80 || dz_name_common(f, w) || names_a_place(f, w))
        return 0;
    size_t next = w + 1;
    bool follows = next < f->rd->n_words && words[next].sentence == words[w].sentence;
    bool does = follows && words[next].before == DZ_BREAK_NONE && dz_name_verb(f, next);
    bool opens = words[w].before >= DZ_BREAK_HARD;
    bool done_to = w > 0 && words[w].before == DZ_BREAK_NONE && dz_name_verb(f, w - 1);
    /* Rivers and villages end in -ова and -ине too: there a verb must stand beside the word. */
    bool sure = dz_person_surname_like(fold) == DZ_SURNAME_SURE && !opens;
    if (!sure && !((does || done_to) && dz_person_surname_like(fold) != DZ_SURNAME_NONE))
        return 0;
    dz_person_take(f, w, next, (struct dz_view){0}, fold, "person.surname-alone", 60);
    return 1;
}

/* "Якийсь N", "a certain N": somebody, even where the word says nothing. */
static bool
is_certain(const struct dz_person_finder *f, size_t w)
{
    if (w == 0 || f->rd->words[w].before != DZ_BREAK_NONE || dz_name_common(f, w))
        return false;
    for (size_t back = 1; back <= 3 && back <= w; back++) {
        const struct dz_hit *hit = dz_reading_hit(f->rd, f->id.a_certain, w - back, w - back + 1);
        if (hit && hit->first + hit->n == w)
            return true;
    }
    return false;
}

/* What stands beside the word makes it a name: "(name changed)" or ", a nurse" behind it, "a
 * resident" or "named" in front. */
static bool
is_introduced(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    size_t next = w + 1, n = f->rd->n_words;
    if (w > 0 && words[w].before == DZ_BREAK_NONE && dz_person_is(f, f->id.role_private, w - 1))
        return true;
    if (dz_name_called(f, w) || dz_name_lone_patronymic(f, w))
        return true;
    if (next >= n)
        return false;
    bool noted = words[next].sentence == words[w].sentence &&
                 words[next].before <= DZ_BREAK_COMMA &&
                 dz_reading_hit(f->rd, f->id.name_changed, next, next + 2 < n ? next + 2 : n);
    bool aside =
        next + 1 < n && words[next].before == DZ_BREAK_COMMA &&
        (dz_person_is(f, f->id.role_private, next) ||
         (dz_view_is(words[next].fold, "a") && dz_person_is(f, f->id.role_private, next + 1)));
    bool family = words[next].before == DZ_BREAK_NONE && dz_view_is(words[next].fold, "family") &&
                  !dz_name_everyday(f, w);
    return noted || aside || family;
}

/* A place or an organisation, a part of a longer name, a word that opens its sentence are none. */
static bool
may_stand_alone(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    size_t next = w + 1;
    if (!dz_name_word(f, w) || words[w].fold.n < 4 || words[w].quoted || words[w].possessive ||
        dz_name_role(f, w) || (words[w].before >= DZ_BREAK_HARD && dz_name_everyday(f, w)) ||
        f->rd->document->tokens[words[w].token].all_caps)
        return false;
    bool family = dz_person_surname_like(words[w].fold) != DZ_SURNAME_NONE && !dz_name_common(f, w);
    if (dz_name_adjective(words[w].fold) && !family && !dz_name_called(f, w) && !is_certain(f, w))
        return false;
    if (next < f->rd->n_words && words[next].capital && words[next].before == DZ_BREAK_NONE)
        return false;
    if (w == 0 || words[w].before != DZ_BREAK_NONE || !words[w - 1].capital)
        return true;
    bool opens = words[w - 1].before >= DZ_BREAK_HARD ||
                 f->rd->document->tokens[words[w - 1].token].all_caps;
    return opens || dz_person_is(f, f->id.honorific, w - 1) || dz_name_role(f, w - 1);
}

size_t
dz_name_alone(struct dz_person_finder *f, size_t w)
{
    if (!may_stand_alone(f, w))
        return 0;
    struct dz_view fold = f->rd->words[w].fold;
    if (is_introduced(f, w)) {
        dz_person_take(f, w, w + 1, fold, (struct dz_view){0}, "person.lone-name", 65);
        return 1;
    }
    if (is_certain(f, w)) {
        dz_person_take(f, w, w + 1, (struct dz_view){0}, fold, "person.surname-alone", 60);
        return 1;
    }
    size_t n = try_ranked(f, w);
    return n ? n : try_family(f, w);
}
