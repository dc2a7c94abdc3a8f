#include <string.h>

#include "dz_lemma.h"
#include "dz_names.h"

#define T(tail) DZ_VIEW_INIT(tail)

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

/* A verb at w, or behind a "not" at w. */
static bool
verb_at(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    size_t n = f->rd->n_words;
    bool no = w + 1 < n && words[w + 1].before == DZ_BREAK_NONE &&
              (dz_view_is(words[w].fold, "не") || dz_view_is(words[w].fold, "not"));
    return w < n && (dz_name_verb(f, w) || (no && dz_name_verb(f, w + 1)));
}

/* Behind the word a verb stands, or its phrase ends: it is no adjective of what follows. */
static bool
ends_phrase(const struct dz_person_finder *f, size_t w)
{
    size_t next = w + 1;
    return next >= f->rd->n_words || f->rd->words[next].before >= DZ_BREAK_COMMA ||
           verb_at(f, next);
}

/* A word that no dictionary has for something else, or that may be a surname all the same: "дільничний
 * Мороз", "отдела Громов". An office in capitals ("міністр Оборони") stands in another case. */
static bool
uncommon(const struct dz_person_finder *f, size_t w)
{
    struct dz_view fold = f->rd->words[w].fold;
    if (!dz_name_common(f, w) || dz_person_surname_like(fold) != DZ_SURNAME_NONE)
        return true;
    struct dz_lemmas l;
    dz_lemmas_of(fold, f->rd->document->lang, &l);
    return dz_view_eq(l.item[0], fold) && !dz_name_adjective(fold) && ends_phrase(f, w);
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
    if (!ranked && (latin || !(is_titled(f, w) && uncommon(f, w))))
        return 0;
    dz_person_take(f, w, w + 1, (struct dz_view){0}, words[w].fold, "person.rank", 70);
    return 1;
}

/* "у Бурлакові": rather a place than a person. */
static bool
follows_place_link(const struct dz_person_finder *f, size_t w)
{
    return w > 0 && f->rd->words[w].before != DZ_BREAK_SENTENCE &&
           dz_person_is(f, f->id.place_link, w - 1);
}

/* "Зелінського били": an adjective by its ending, and nothing behind that it would describe. */
static bool
like_adjective(struct dz_view fold)
{
    static const struct dz_view tails[] = {
        T("ський"), T("ського"), T("ському"), T("ським"),  T("ська"),   T("ської"), T("ській"),
        T("ську"),  T("ською"),  T("цький"),  T("цького"), T("цькому"), T("цька"),  T("цької"),
        T("цьку"),  T("ский"),   T("ского"),  T("скому"),  T("ским"),   T("ская"),  T("скую"),
        T("цкий"),  T("цкого"),  T("цкому"),  T("цкая")};
    return dz_name_ends(fold, tails, sizeof tails / sizeof *tails, 2);
}

/* A verb right behind the word, or right in front of it. */
static bool
beside_verb(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    size_t next = w + 1;
    bool does = next < f->rd->n_words && words[next].sentence == words[w].sentence &&
                words[next].before == DZ_BREAK_NONE && verb_at(f, next);
    return does || (w > 0 && words[w].before == DZ_BREAK_NONE && dz_name_verb(f, w - 1));
}

/* "Після обшуку Мазуренко пішов", "they beat Melnychuk": the ending of a surname, on a word that no
 * dictionary has for anything else. Rivers and villages end in -ова and -ине too: there a verb must
 * stand beside the word. */
static size_t
try_family(struct dz_person_finder *f, size_t w)
{
    static const struct dz_view hers[] = {T("ової"), T("овой"), T("євої"),
                                          T("евой"), T("іної"), T("иной")};
    const struct dz_word *words = f->rd->words;
    struct dz_view fold = words[w].fold;
    enum dz_surname kind = dz_person_surname_like(fold);
    if (kind == DZ_SURNAME_NONE && like_adjective(fold))
        kind = DZ_SURNAME_MAYBE;
    if (kind == DZ_SURNAME_NONE || dz_name_common(f, w))
        return 0;
    if (w > 0 && words[w].before != DZ_BREAK_SENTENCE && dz_person_is(f, f->id.named_after, w - 1))
        return 0;
    if (kind == DZ_SURNAME_MAYBE &&
        (!beside_verb(f, w) ||
         (follows_place_link(f, w) && !dz_name_ends(fold, hers, sizeof hers / sizeof *hers, 2))))
        return 0;
    dz_person_take(f, w, w + 1, (struct dz_view){0}, fold, "person.surname-alone", 60);
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

/* "N, a Crimean Tatar woman from ...": an article, and soon a noun of private people. */
static bool
has_aside(const struct dz_person_finder *f, size_t next)
{
    const struct dz_word *words = f->rd->words;
    if (words[next].before != DZ_BREAK_COMMA ||
        !(dz_view_is(words[next].fold, "a") || dz_view_is(words[next].fold, "an")))
        return false;
    for (size_t at = next + 1; at < next + 5 && at < f->rd->n_words; at++) {
        if (words[at].before != DZ_BREAK_NONE)
            return false;
        if (dz_person_is(f, f->id.role_private, at))
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
    /* "Her nephew, N, was detained" */
    if (w > 0 && words[w].before == DZ_BREAK_COMMA && words[next].before == DZ_BREAK_COMMA &&
        dz_person_is(f, f->id.role_private, w - 1) && !dz_name_common(f, w))
        return true;
    bool noted = words[next].sentence == words[w].sentence &&
                 words[next].before <= DZ_BREAK_COMMA &&
                 dz_reading_hit(f->rd, f->id.name_changed, next, next + 2 < n ? next + 2 : n);
    bool aside = words[next].before == DZ_BREAK_COMMA &&
                 (dz_person_is(f, f->id.role_private, next) || has_aside(f, next));
    bool family = words[next].before == DZ_BREAK_NONE && dz_view_is(words[next].fold, "family") &&
                  !dz_name_everyday(f, w);
    return noted || aside || family;
}

/* "інженера N-ського, били": a trade in front, and nothing behind that the word would describe. */
static bool
has_trade(const struct dz_person_finder *f, size_t w)
{
    return w > 0 && f->rd->words[w].before == DZ_BREAK_NONE &&
           (dz_name_role(f, w - 1) || dz_person_is(f, f->id.honorific, w - 1)) && ends_phrase(f, w);
}

/* A place or an organisation, a part of a longer name, a word that opens its sentence are none. */
static bool
may_stand_alone(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    size_t next = w + 1;
    if (words[w].quoted && (words[w].opens_quote || !is_titled(f, w)))
        return false; /* «и. о. начальника отдела N» signs a paper */
    bool ranked = w > 0 && dz_name_joined(f, w) && dz_person_is(f, f->id.honorific, w - 1);
    bool owns = words[w].possessive && !ranked && !dz_name_lives(f, w, w + 1);
    if (!dz_name_word(f, w) || (words[w].fold.n < 4 && !ranked) ||
        (owns && dz_person_surname_like(words[w].fold) != DZ_SURNAME_SURE) ||
        dz_name_role(f, w) || (words[w].before >= DZ_BREAK_HARD && dz_name_everyday(f, w)) ||
        f->rd->document->tokens[words[w].token].all_caps)
        return false;
    bool family = dz_person_surname_like(words[w].fold) != DZ_SURNAME_NONE && !dz_name_common(f, w);
    if (dz_name_adjective(words[w].fold) && !family && !dz_name_called(f, w) && !is_certain(f, w) &&
        !has_trade(f, w))
        return false;
    if (next < f->rd->n_words && words[next].capital && words[next].before == DZ_BREAK_NONE)
        return false;
    if (w == 0 || words[w].before != DZ_BREAK_NONE || !words[w - 1].capital)
        return true;
    bool opens = words[w - 1].before >= DZ_BREAK_HARD ||
                 f->rd->document->tokens[words[w - 1].token].all_caps;
    return opens || dz_person_is(f, f->id.honorific, w - 1) || dz_name_role(f, w - 1);
}

/* "Назвемо її Ветою": what stands behind "її" is in the instrumental. */
static void
show_called(struct dz_person_finder *f, size_t w)
{
    static const char *const pronouns[] = {"її", "ее"};
    static const struct {
        const char *from, *to;
    } endings[] = {{"ою", "а"}, {"ой", "а"}, {"єю", "я"}, {"ею", "я"}, {"ей", "я"}};
    const struct dz_word *words = f->rd->words;
    bool her = false;
    for (size_t i = 0; w > 0 && i < sizeof pronouns / sizeof *pronouns; i++)
        her = her || dz_view_is(words[w - 1].fold, pronouns[i]);
    struct dz_view name = dz_person_text(f, w, w + 1);
    for (size_t i = 0; her && i < sizeof endings / sizeof *endings; i++) {
        size_t n = strlen(endings[i].from);
        if (name.n <= n + 4 || memcmp(name.p + name.n - n, endings[i].from, n) != 0)
            continue;
        DZ_AUTO_BUF struct dz_buf text = DZ_BUF(512);
        dz_buf_add(&text, name.p, name.n - n);
        dz_buf_adds(&text, endings[i].to);
        const char *kept = dz_arena_strndup(&f->rd->document->arena, text.p, text.n);
        if (kept)
            f->people[f->out->items[f->out->n - 1].person_ix].name = (struct dz_view){kept, text.n};
        return;
    }
}

size_t
dz_name_alone(struct dz_person_finder *f, size_t w)
{
    if (!may_stand_alone(f, w))
        return 0;
    struct dz_view fold = f->rd->words[w].fold;
    if (is_introduced(f, w)) {
        dz_person_take(f, w, w + 1, fold, (struct dz_view){0}, "person.lone-name", 65);
        show_called(f, w);
        return 1;
    }
    if (is_certain(f, w)) {
        dz_person_take(f, w, w + 1, (struct dz_view){0}, fold, "person.surname-alone", 60);
        return 1;
    }
    size_t n = try_ranked(f, w);
    n = n ? n : try_family(f, w);
    return n ? n : dz_name_of_deeds(f, w);
}
