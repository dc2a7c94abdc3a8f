#include <string.h>

#include "dz_compose.h"

/* Where a fact happened, inside one sentence: which of the places named there fits, what an
 * enumeration of places comes to, and what "the occupied territories" are. */

#define ONE_OF(view, list) one_of((view), (list), sizeof(list) / sizeof *(list))

static bool
one_of(struct dz_view fold, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (dz_view_is(fold, list[i]))
            return true;
    }
    return false;
}

static struct dz_span
words_of(const struct dz_compose *c, const struct dz_mention *m)
{
    return (struct dz_span){dz_reading_word_at(c->rd, m->start), dz_reading_word_at(c->rd, m->end)};
}

static bool
is_kind(const struct dz_mention *m, const char *kind)
{
    return m->place_kind && strcmp(m->place_kind, kind) == 0;
}

/* ---- what fits ---- */

/* A hit of the concept that ends just before word w, an article left out. */
static bool
stands_before(const struct dz_compose *c, int concept, size_t w)
{
    const struct dz_word *words = c->rd->words;
    if (concept < 0 || w == 0)
        return false;
    size_t end = w > 1 && dz_view_is(words[w - 1].fold, "the") ? w - 1 : w;
    for (size_t at = end; at > 0 && end - at < 10; at--) {
        if (words[at - 1].sentence != words[w].sentence)
            return false;
        const struct dz_hit *h = dz_reading_hit(c->rd, concept, at - 1, at);
        if (h && (h->first + h->n == end || h->first + h->n == w))
            return true;
    }
    return false;
}

/* «Азовський листок», "Harbour Post": a place inside a short name in quotation marks. */
static bool
in_quoted_name(const struct dz_compose *c, struct dz_span at)
{
    const struct dz_word *words = c->rd->words;
    size_t from = at.from, to = at.to;
    if (!words[at.from].quoted)
        return false;
    while (!words[from].opens_quote && from > 0 && at.from - from < 4)
        from--;
    while (to < c->rd->n_words && to < at.to + 4 && words[to].quoted && !words[to].opens_quote)
        to++;
    bool closed = to == c->rd->n_words || !words[to].quoted || words[to].opens_quote;
    return words[from].opens_quote && closed && to - from > at.to - at.from && to - from <= 4;
}

/* "Kherson Times", "the Northern Donbas Monitor": part of a longer name. */
static bool
in_capital_name(const struct dz_compose *c, struct dz_span at)
{
    const struct dz_word *words = c->rd->words;
    size_t n = c->rd->n_words;
    if (at.to >= n || words[at.to].before != DZ_BREAK_NONE || !words[at.to].capital)
        return false;
    return dz_reading_hit(c->rd, c->id.outlet, at.to, at.to + 1) != NULL;
}

/* "Запорізька ОВА", "the Kherson administration": the name of a body. */
static bool
names_body(const struct dz_compose *c, struct dz_span at)
{
    const struct dz_reading *rd = c->rd;
    for (size_t w = at.from; w < at.to + 3 && w < rd->n_words; w++) {
        bool behind = w >= at.to;
        if (behind && (rd->words[w].before != DZ_BREAK_NONE ||
                       rd->words[w].quoted != rd->words[at.from].quoted))
            return false;
        if (behind && !rd->words[w].capital && w > at.to &&
            !dz_reading_hit(rd, c->id.ruling_body, w, w + 1))
            return false;
        if (dz_reading_hit(rd, c->id.ruling_body, w, w + 1))
            return true;
    }
    return false;
}

static bool
inside_office(const struct dz_compose *c, const struct dz_mention *m)
{
    uint32_t s = c->rd->words[dz_reading_word_at(c->rd, m->start)].sentence;
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *o = &c->mentions->items[i];
        if (o->kind == DZ_MENTION_OFFICE && o->start <= m->start && m->end <= o->end)
            return true;
    }
    return false;
}

/* "Lawyers in Warsaw say": abroad, so it is where the speakers are, not what they speak of. */
static bool
is_where_speakers_are(const struct dz_compose *c, const struct dz_mention *m, struct dz_span at)
{
    if (!m->place_id || dz_place_within(c->rules, m->place_id, "UA") ||
        dz_place_within(c->rules, m->place_id, "RU"))
        return false;
    for (size_t w = at.to; w < at.to + 2 && w < c->rd->n_words; w++) {
        if (c->rd->words[w].before >= DZ_BREAK_COMMA)
            return false;
        if (dz_reading_hit(c->rd, c->id.speech, w, w + 1))
            return true;
    }
    return false;
}

/* Everything but what kind of place it is. */
static bool
happens_at(const struct dz_compose *c, const struct dz_mention *m)
{
    struct dz_span at = words_of(c, m);
    return at.to > at.from && !stands_before(c, c->id.elsewhere, at.from) && !names_body(c, at) &&
           !in_quoted_name(c, at) && !in_capital_name(c, at) && !inside_office(c, m) &&
           !is_where_speakers_are(c, m, at);
}

bool
dz_where_fits(const struct dz_compose *c, const struct dz_mention *m)
{
    if (m->kind != DZ_MENTION_PLACE || m->metonym || is_kind(m, "country"))
        return false;
    return happens_at(c, m);
}

/* ---- nearness ---- */

#define COMMA_WORDS 3 /* a comma is as far as so many words */
#define CLAUSE_WORDS 8

size_t
dz_words_between(const struct dz_compose *c, struct dz_span a, struct dz_span b)
{
    if (a.from < b.to && b.from < a.to)
        return 0;
    size_t from = a.from < b.from ? a.to : b.to, to = a.from < b.from ? b.from : a.from;
    size_t far = to - from;
    for (size_t w = from; w <= to && w < c->rd->n_words; w++) {
        const struct dz_word *word = &c->rd->words[w];
        if (word->before >= DZ_BREAK_HARD || (w < to && dz_word_subordinates(word)))
            far += CLAUSE_WORDS;
        else if (word->before == DZ_BREAK_COMMA || (w < to && dz_word_joins(word)))
            far += COMMA_WORDS;
    }
    return far;
}

/* Wider places stand a little further off. */
static size_t
width(const struct dz_mention *m)
{
    return is_kind(m, "settlement") ? 0 : is_kind(m, "raion") ? 2 : is_kind(m, "oblast") ? 4 : 6;
}

static bool
lies_in(const struct dz_compose *c, const struct dz_mention *small, const struct dz_mention *wide)
{
    return small->place_id && wide->place_id && strcmp(small->place_id, wide->place_id) != 0 &&
           dz_place_within(c->rules, small->place_id, wide->place_id);
}

/* ---- enumerations ---- */

#define LIST_MAX 12

/* Only "and", commas and prepositions between two places. */
static bool
is_listed_with(const struct dz_compose *c, const struct dz_mention *a, const struct dz_mention *b)
{
    static const char *const small[] = {"in", "the", "as", "well", "у", "в", "также", "також", "а"};
    struct dz_span x = words_of(c, a), y = words_of(c, b);
    if (y.from < x.to || y.from - x.to > 3 ||
        c->rd->words[x.from].sentence != c->rd->words[y.from].sentence)
        return false;
    bool joined = false;
    for (size_t w = x.to; w <= y.from; w++) {
        const struct dz_word *word = &c->rd->words[w];
        if (word->before >= DZ_BREAK_HARD)
            return false;
        joined = joined || word->before == DZ_BREAK_COMMA || (w < y.from && dz_word_joins(word));
        if (w < y.from && !dz_word_joins(word) && !ONE_OF(word->fold, small))
            return false;
    }
    return joined && !lies_in(c, a, b) && !lies_in(c, b, a);
}

/* Sevastopol and Kyiv are a city and a region of one name. */
static bool
is_member(const struct dz_compose *c, const char *id, const char *member)
{
    if (strcmp(id, member) == 0)
        return true;
    const struct dz_place *p = dz_place_by_id(c->rules, id), *t = dz_place_by_id(c->rules, member);
    return p && t && p->parent && strcmp(p->parent, member) == 0 &&
           strcmp(p->name_en, t->name_en) == 0;
}

static bool
are_members(const struct dz_compose *c, const struct dz_place *t,
            const struct dz_mention *const *list, size_t n)
{
    if (t->n_members != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        bool found = false;
        for (size_t k = 0; k < n; k++)
            found = found || (list[i]->place_id && is_member(c, list[i]->place_id, t->members[k]));
        if (!found)
            return false;
    }
    return true;
}

/* The named area with exactly these members: one without a period (Donbas) before one that stood
 * for some years only. */
static const char *
collective(const struct dz_compose *c, const struct dz_mention *const *list, size_t n)
{
    static const char *const kinds[] = {"region", "territory"};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        for (size_t i = 0; i < dz_place_count(c->rules); i++) {
            const struct dz_place *p = dz_place_at(c->rules, i);
            if (p->n_members == n && strcmp(p->kind, kinds[k]) == 0 && are_members(c, p, list, n))
                return p->id;
        }
    }
    return NULL;
}

static const struct dz_place *
parent_of(const struct dz_compose *c, const struct dz_place *p)
{
    return p && p->parent ? dz_place_by_id(c->rules, p->parent) : NULL;
}

/* The smallest area that all lie in; the country only when it is their own parent. */
static const char *
common_parent(const struct dz_compose *c, const struct dz_mention *const *list, size_t n)
{
    const struct dz_place *first =
        list[0]->place_id ? dz_place_by_id(c->rules, list[0]->place_id) : NULL;
    for (const struct dz_place *p = parent_of(c, first); p; p = parent_of(c, p)) {
        bool all = true, children = true;
        for (size_t i = 0; i < n && all; i++) {
            const struct dz_place *m =
                list[i]->place_id ? dz_place_by_id(c->rules, list[i]->place_id) : NULL;
            all = m && dz_place_within(c->rules, m->id, p->id);
            children = children && m && m->parent && strcmp(m->parent, p->id) == 0;
        }
        if (all)
            return children || strcmp(p->kind, "country") != 0 ? p->id : NULL;
    }
    return NULL;
}

static bool
named_already(const struct dz_mention *const *list, size_t n, const struct dz_mention *m)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i]->place_id && m->place_id && strcmp(list[i]->place_id, m->place_id) == 0)
            return true;
    }
    return false;
}

struct dz_where
dz_where_group(const struct dz_compose *c, size_t s, const struct dz_mention *m)
{
    const struct dz_mention *row[LIST_MAX], *list[LIST_MAX];
    size_t n = 0, distinct = 0, first = c->sentence_mention[s], last = c->sentence_mention[s + 1];
    bool mine = false;
    /* Rows of places that follow each other; the one that holds m is kept. */
    for (size_t i = first; i < last; i++) {
        const struct dz_mention *p = &c->mentions->items[i];
        if (p->kind != DZ_MENTION_PLACE || (p != m && !dz_where_fits(c, p)))
            continue;
        if (n > 0 && n < LIST_MAX && is_listed_with(c, row[n - 1], p)) {
            row[n++] = p;
        } else if (mine) {
            break;
        } else {
            row[0] = p;
            n = 1;
        }
        mine = mine || p == m;
    }
    for (size_t i = 0; i < n; i++) {
        if (!named_already(list, distinct, row[i]))
            list[distinct++] = row[i];
    }
    if (!mine || n < 2 || distinct < 2) {
        row[0] = list[0] = m;
        n = 1;
    }
    struct dz_where w = {.m = m, .id = m->place_id, .several = n > 1};
    w.at = (struct dz_span){words_of(c, row[0]).from, words_of(c, row[n - 1]).to};
    w.words = (struct dz_view){c->d->text.p + row[0]->start, row[n - 1]->end - row[0]->start};
    if (n > 1) {
        w.id = collective(c, list, distinct);
        w.shared = !w.id;
        if (!w.id)
            w.id = common_parent(c, list, distinct);
    }
    return w;
}

/* ---- the occupied territories ---- */

static const char *const area_nouns[] = {
    "territories", "territory",  "areas",      "area",        "regions",    "region",
    "parts",       "lands",      "ukraine",    "території",   "територіях", "територій",
    "територіям",  "територією", "територія",  "територію",   "районів",    "районах",
    "регіонах",    "регіонів",   "регіони",    "областях",    "областей",   "районы",
    "районов",     "районах",    "территории", "территориях", "территорий", "территориям",
    "территорию",  "территория", "регионах",   "регионы",     "регионов",   "областях",
    "областей",
};

static bool
is_unit_noun(struct dz_view word)
{
    static const char *const stems[] = {"област", "регіон", "регион", "район",   "громад",
                                        "oblast", "region", "raion",  "district"};
    for (size_t i = 0; i < sizeof stems / sizeof *stems; i++) {
        size_t n = strlen(stems[i]);
        if (word.n >= n && memcmp(word.p, stems[i], n) == 0)
            return true;
    }
    return false;
}

bool
dz_where_area(const struct dz_compose *c, size_t s, struct dz_where *ret)
{
    static const char *const whole[] = {"ukraine", "україни", "украины"};
    static const char *const initials[] = {"тот"};
    struct dz_span sentence = dz_compose_sentence(c, s);
    for (size_t w = sentence.from; w < sentence.to; w++) {
        const struct dz_hit *h = dz_reading_hit(c->rd, c->id.occupation, w, w + 1);
        if (!h)
            continue;
        size_t end = h->first + h->n, last = end + 3 < sentence.to ? end + 3 : sentence.to;
        /* "ТОТ" in capitals: «тот» is a pronoun. */
        bool short_form = ONE_OF(c->rd->words[end - 1].fold, initials);
        if (short_form && memcmp(c->d->text.p + c->rd->words[end - 1].start, "ТОТ", 6) != 0)
            continue;
        struct dz_span span = {h->first, short_form ? end : 0};
        for (size_t k = h->first; k < last && span.to == 0; k++) {
            if (k > h->first && c->rd->words[k].before >= DZ_BREAK_COMMA)
                break;
            if (ONE_OF(c->rd->words[k].fold, area_nouns))
                span.to = k + 1;
        }
        if (span.to == 0)
            continue;
        if (span.from > sentence.from &&
            (dz_view_is(c->rd->words[span.from - 1].fold, "temporarily") ||
             dz_view_is(c->rd->words[span.from - 1].fold, "тимчасово") ||
             dz_view_is(c->rd->words[span.from - 1].fold, "временно")))
            span.from--;
        size_t of = span.to < sentence.to && dz_view_is(c->rd->words[span.to].fold, "of");
        if (span.to + of < sentence.to && ONE_OF(c->rd->words[span.to + of].fold, whole) &&
            c->rd->words[span.to].before == DZ_BREAK_NONE)
            span.to += of + 1;
        /* "... територіях області": only the part of an oblast that is named elsewhere. */
        bool part = false;
        for (size_t k = span.to; k < span.to + 3 && k < sentence.to && !part; k++) {
            if (c->rd->words[k].before >= DZ_BREAK_COMMA)
                break;
            part = is_unit_noun(c->rd->words[k].fold);
            if (part)
                span.to = k + 1;
            else if (!dz_view_is(c->rd->words[k].fold, "of") &&
                     !dz_view_is(c->rd->words[k].fold, "the"))
                break;
        }
        *ret = (struct dz_where){
            .words = dz_compose_text(c, span), .id = part ? NULL : "T-TOT", .at = span};
        return true;
    }
    return false;
}

/* ---- one sentence ---- */

#define COUNTRY_WORDS 10

/* "In Russia, ... were detained": a state, where nothing closer is named. That something happens in
 * Ukraine says less than what stands in the sentences before. */
static bool
in_country(const struct dz_compose *c, size_t s, struct dz_span span, struct dz_where *ret)
{
    static const char *const in[] = {"in", "inside", "across", "у", "в", "во"};
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (m->kind != DZ_MENTION_PLACE || m->metonym || !is_kind(m, "country") || !m->place_id ||
            strcmp(m->place_id, "UA") == 0)
            continue;
        struct dz_span at = words_of(c, m);
        if (at.from == 0 || !ONE_OF(c->rd->words[at.from - 1].fold, in) || !happens_at(c, m) ||
            dz_words_between(c, at, span) > COUNTRY_WORDS)
            continue;
        *ret = dz_where_group(c, s, m);
        return true;
    }
    return false;
}

#define NESTED_WORDS 6 /* "Tokmak in Zaporizhzhia Oblast": the smaller place is meant */

bool
dz_where_in(const struct dz_compose *c, size_t s, struct dz_span span, struct dz_where *ret)
{
    const struct dz_mention *best = NULL;
    size_t best_far = 0;
    size_t first = c->sentence_mention[s], last = c->sentence_mention[s + 1];
    for (size_t i = first; i < last; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (!dz_where_fits(c, m))
            continue;
        size_t far = dz_words_between(c, words_of(c, m), span) + width(m);
        if (!best || far < best_far) {
            best = m;
            best_far = far;
        }
    }
    for (size_t i = first; best && i < last; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (m != best && dz_where_fits(c, m) && lies_in(c, m, best) &&
            dz_words_between(c, words_of(c, m), words_of(c, best)) <= NESTED_WORDS)
            best = m;
    }
    if (!best)
        return dz_where_area(c, s, ret) || in_country(c, s, span, ret);
    *ret = dz_where_group(c, s, best);
    return true;
}
