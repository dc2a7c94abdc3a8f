#include "dz_known.h"
#include "dz_scan_priv.h"

#include <string.h>

/* Places in three steps: regions with their head word ("Donetsk and Luhansk oblasts", "Запорізькій
 * ОВА"),
 * names as they stand in the gazetteer, then what a name means here when several places bear it. */

struct spot { /* a name in the text before its meaning is settled */
    size_t first;
    size_t n;
    struct dz_gaz_hit hit;
    int fixed; /* index of the place, or -1 */
    bool headed;
};

struct scan {
    struct dz_scan in;
    struct spot *spots;
    size_t n, cap;
};

static const struct dz_lex_entry *
word(const struct scan *s, size_t i, unsigned kinds, size_t *ret_n)
{
    return dz_scan_phrase(&s->in, &s->in.r->place_words, i, kinds, ret_n);
}

static bool
word_before(const struct scan *s, size_t i, unsigned kinds)
{
    size_t n;
    const struct dz_lex_entry *e =
        i > s->in.begin ? dz_lex_before(&s->in.r->place_words, s->in.d, i, kinds, &n) : NULL;
    return e && i - n >= s->in.begin;
}

static void
add_spot(struct scan *s, size_t first, size_t n, const struct dz_gaz_hit *hit, int fixed)
{
    s->spots = dz_grow(s->spots, &s->cap, s->n + 1, sizeof *s->spots);
    s->spots[s->n++] =
        (struct spot){.first = first, .n = n, .hit = *hit, .fixed = fixed, .headed = fixed >= 0};
}

/* ---- regions with a head word ---- */

#define HEADS                                                                         \
    (DZ_LEX_KIND(DZ_PW_OBLAST) | DZ_LEX_KIND(DZ_PW_KRAI) | DZ_LEX_KIND(DZ_PW_RAION) | \
     DZ_LEX_KIND(DZ_PW_REPUBLIC))
#define LIST_MAX 12

struct item {
    size_t first;
    size_t n;
    struct dz_gaz_hit hit;
};

/* The region among the candidates that fits the head word; -1 when there is none. */
static int
region_of(const struct dz_rules *r, const struct dz_gaz_hit *hit, unsigned head)
{
    const char *want = head == DZ_PW_RAION      ? "raion"
                       : head == DZ_PW_REPUBLIC ? "republic"
                                                : "oblast";
    for (size_t i = 0; i < hit->n; i++)
        if (strcmp(r->places[hit->places[i]].kind, want) == 0)
            return (int)hit->places[i];
    for (size_t i = 0; i < hit->n && head != DZ_PW_RAION; i++)
        if (strcmp(r->places[hit->places[i]].kind, "republic") == 0)
            return (int)hit->places[i];
    return -1;
}

/* A, B and C: names without head word, joined by commas and conjunctions. *ret_past: token behind
 * the list.
 * *ret_joined: whether a conjunction stands in it. */
static size_t
list_at(const struct scan *s, size_t i, struct item *items, size_t *ret_past, bool *ret_joined)
{
    size_t n = 0;
    *ret_joined = false;
    for (;;) {
        const struct dz_token *t = dz_scan_at(&s->in, i);
        if (n == LIST_MAX || !t || t->kind != DZ_TOKEN_WORD)
            break;
        struct item *item = &items[n];
        if (!dz_gaz_match(s->in.r, s->in.d, i, true, &item->hit))
            break;
        item->first = i;
        item->n = item->hit.n_tokens;
        n++;
        i += item->n;
        *ret_past = i;
        size_t comma = dz_scan_is(&s->in, i, ",") ? 1 : 0, more = 0;
        if (word(s, i + comma, DZ_LEX_KIND(DZ_PW_AND), &more))
            *ret_joined = true;
        else if (!comma)
            break;
        i += comma + more;
    }
    return n;
}

static bool
plural_head(const struct dz_token *t)
{
    return (unsigned char)t->fold.p[0] >= 0x80 || t->fold.p[t->fold.n - 1] == 's';
}

static bool
is_quote(const struct dz_token *t)
{
    static const char *const quotes[] = {"“", "\"", "«", "„", "'", "‘"};
    for (size_t k = 0; t && k < sizeof quotes / sizeof *quotes; k++)
        if (dz_view_is(t->fold, quotes[k]))
            return true;
    return false;
}

/* Take the list that ends with a head word. Returns the tokens used. */
static size_t
headed_list(struct scan *s, size_t i)
{
    struct item items[LIST_MAX];
    size_t past = i, more;
    bool joined;
    size_t n = list_at(s, i, items, &past, &joined);
    if (n == 0)
        return 0;
    size_t quoted = past + is_quote(dz_scan_at(&s->in, past)); /* Luhansk “people's republic” */
    const struct dz_lex_entry *head = word(s, quoted, HEADS, &more);
    if (!head || (quoted > past && head->kind != DZ_PW_REPUBLIC))
        return 0;
    more += quoted - past;
    /* "in Kherson, Zaporizhzhia region": one head in the singular after a comma is of the last
     * only. */
    size_t from = n > 1 && !joined && !plural_head(dz_scan_token(&s->in, past)) ? n - 1 : 0;
    while (from < n && region_of(s->in.r, &items[from].hit, head->kind) < 0)
        from++;
    if (from > 0)
        return 0; /* the first names are something else; the scan comes here again behind them */
    bool small = !dz_scan_token(&s->in, i)->capital &&
                 (unsigned char)dz_scan_token(&s->in, i)->fold.p[0] < 0x80 && items[0].hit.rough;
    if (small)
        return 0;
    for (size_t k = 0; k < n; k++) {
        int place = region_of(s->in.r, &items[k].hit, head->kind);
        size_t length = items[k].n + (k + 1 == n ? past + more - (items[k].first + items[k].n) : 0);
        if (place >= 0)
            add_spot(s, items[k].first, length, &items[k].hit, place);
    }
    return past + more - i;
}

/* "the regions of A, B and C"; i stands at the first name. */
static size_t
list_after_head(struct scan *s, size_t i)
{
    size_t more;
    if (i < s->in.begin + 2 || !dz_scan_is(&s->in, i - 1, "of") ||
        !word(s, i - 2, DZ_LEX_KIND(DZ_PW_OBLAST), &more))
        return 0;
    struct item items[LIST_MAX];
    size_t past = i;
    bool joined;
    size_t n = list_at(s, i, items, &past, &joined);
    for (size_t k = 0; k < n; k++) {
        int place = region_of(s->in.r, &items[k].hit, DZ_PW_OBLAST);
        if (place >= 0)
            add_spot(s, items[k].first, items[k].n, &items[k].hit, place);
    }
    return n > 0 ? past - i : 0;
}

/* Three and more names in a row that are all names of oblasts: the oblasts are meant. */
static size_t
bare_list(struct scan *s, size_t i)
{
    struct item items[LIST_MAX];
    size_t past = i;
    bool joined;
    if ((unsigned char)dz_scan_token(&s->in, i)->fold.p[0] >= 0x80) /* adjectives need their noun */
        return 0;
    size_t n = list_at(s, i, items, &past, &joined);
    if (n < 3 || !joined)
        return 0;
    for (size_t k = 0; k < n; k++) {
        int place = region_of(s->in.r, &items[k].hit, DZ_PW_OBLAST);
        if (place < 0 || strcmp(s->in.r->places[place].kind, "oblast") != 0)
            return 0;
    }
    for (size_t k = 0; k < n; k++)
        add_spot(s, items[k].first, items[k].n, &items[k].hit,
                 region_of(s->in.r, &items[k].hit, DZ_PW_OBLAST));
    return past - i;
}

/* ---- plain names ---- */

static bool
may_be_name(const struct scan *s, size_t i, const struct dz_gaz_hit *hit)
{
    const struct dz_token *t = dz_scan_token(&s->in, i);
    size_t n;
    if (!t->capital && !word(s, i, DZ_LEX_KIND(DZ_PW_LOWER), &n))
        return false;
    if (hit->n_tokens > 1)
        return true;
    bool opens = i == s->in.begin ||
                 (i == s->in.begin + 1 && s->in.d->tokens[s->in.begin].kind == DZ_TOKEN_PUNCT);
    if (opens && word(s, i, DZ_LEX_KIND(DZ_PW_COMMON), &n))
        return false;
    const struct dz_token *next = dz_scan_at(&s->in, i + 1);
    bool name_follows = next && next->kind == DZ_TOKEN_WORD && next->capital;
    struct dz_gaz_hit other;
    if (name_follows && word(s, i, DZ_LEX_KIND(DZ_PW_GIVEN), &n) &&
        !dz_gaz_match(s->in.r, s->in.d, i + 1, false, &other))
        return false;
    return !dz_text_function_word_is(t->fold) || t->all_caps;
}

/* "the Dnipro", "Kakhovka reservoir": a river or a lake that has the name of a town. */
static bool
is_water(const struct scan *s, size_t i, const struct dz_gaz_hit *hit)
{
    const struct dz_place *p = &s->in.r->places[hit->places[0]];
    size_t n, past = i + hit->n_tokens;
    if (strcmp(p->kind, "settlement") != 0)
        return false;
    if (word(s, past, DZ_LEX_KIND(DZ_PW_WATER), &n) || word_before(s, i, DZ_LEX_KIND(DZ_PW_WATER)))
        return true;
    const struct dz_token *next = dz_scan_at(&s->in, past);
    bool name_goes_on = next && (next->capital || dz_view_is(next->fold, "-"));
    /* "the Kherson branch": the name describes what follows. Dnipro is a river too often. */
    bool describes = next && next->kind == DZ_TOKEN_WORD && !next->capital &&
                     !dz_text_function_word_is(next->fold) && strcmp(p->name_en, "Dnipro") != 0;
    return hit->n_tokens == 1 && i > s->in.begin &&
           dz_view_is(s->in.d->tokens[i - 1].fold, "the") && strncmp(p->name_en, "The ", 4) != 0 &&
           !name_goes_on && !describes && p->name_en[0] != '\0' &&
           !word(s, past, DZ_LEX_KIND(DZ_PW_CITY), &n);
}

/* A raion is never named without its head word; such aliases are surnames more often than not. */
static void
drop_raions(const struct dz_rules *r, struct dz_gaz_hit *hit)
{
    size_t n = 0;
    for (size_t i = 0; i < hit->n; i++)
        if (hit->n_tokens > 1 || strcmp(r->places[hit->places[i]].kind, "raion") != 0)
            hit->places[n++] = hit->places[i];
    hit->n = n;
}

static size_t
plain_name(struct scan *s, size_t i)
{
    struct dz_gaz_hit hit;
    if (!dz_gaz_match(s->in.r, s->in.d, i, false, &hit) || !may_be_name(s, i, &hit))
        return 0;
    drop_raions(s->in.r, &hit);
    if (hit.n == 0 || is_water(s, i, &hit))
        return 0;
    add_spot(s, i, hit.n_tokens, &hit, -1);
    return hit.n_tokens;
}

static size_t
place_at(struct scan *s, size_t i)
{
    const struct dz_token *t = dz_scan_token(&s->in, i);
    if (t->kind != DZ_TOKEN_WORD)
        return 0;
    size_t n = headed_list(s, i);
    if (n == 0 && t->capital)
        n = list_after_head(s, i);
    if (n == 0 && t->capital)
        n = bare_list(s, i);
    return n > 0 ? n : plain_name(s, i);
}

/* ---- what a name means here ---- */

#define REGIONS_MAX 64
#define NEAR 24 /* names on either side */

struct context {
    const struct dz_rules *r;
    struct dz_document *d;
    const struct spot *spots;
    size_t n;
    uint32_t regions[REGIONS_MAX]; /* distinct ones that the text names with their head word */
    size_t n_regions;
};

static void
keep_only(struct dz_gaz_hit *hit, const bool *fits)
{
    size_t n = 0;
    bool any = false;
    for (size_t i = 0; i < hit->n; i++)
        any = any || fits[i];
    if (!any)
        return;
    for (size_t i = 0; i < hit->n; i++)
        if (fits[i])
            hit->places[n++] = hit->places[i];
    hit->n = n;
}

static void
mark_inside(const struct context *c, const struct dz_gaz_hit *hit, uint32_t region, bool *fits)
{
    for (size_t i = 0; i < hit->n; i++)
        fits[i] = fits[i] ||
                  dz_place_within(c->r, c->r->places[hit->places[i]].id, c->r->places[region].id);
}

/* Keep the candidates inside a region that the same sentence names. */
static void
keep_near(const struct context *c, const struct spot *spot, struct dz_gaz_hit *hit)
{
    bool fits[DZ_GAZ_MAX] = {false};
    size_t here = (size_t)(spot - c->spots);
    for (size_t k = here > NEAR ? here - NEAR : 0; k < c->n && k <= here + NEAR; k++) {
        const struct spot *other = &c->spots[k];
        if (other->fixed >= 0 && other != spot &&
            c->d->tokens[other->first].sentence == c->d->tokens[spot->first].sentence)
            mark_inside(c, hit, (uint32_t)other->fixed, fits);
    }
    keep_only(hit, fits);
}

/* Keep those inside any region of the text. */
static void
keep_in_text(const struct context *c, struct dz_gaz_hit *hit)
{
    bool fits[DZ_GAZ_MAX] = {false};
    for (size_t k = 0; k < c->n_regions; k++)
        mark_inside(c, hit, c->regions[k], fits);
    keep_only(hit, fits);
}

static void
collect_regions(struct context *c)
{
    for (size_t k = 0; k < c->n && c->n_regions < REGIONS_MAX; k++) {
        bool known = c->spots[k].fixed < 0;
        for (size_t i = 0; !known && i < c->n_regions; i++)
            known = c->regions[i] == (uint32_t)c->spots[k].fixed;
        if (!known)
            c->regions[c->n_regions++] = (uint32_t)c->spots[k].fixed;
    }
}

static void
keep_kind(const struct dz_rules *r, struct dz_gaz_hit *hit, const char *kind)
{
    bool fits[DZ_GAZ_MAX] = {false};
    for (size_t i = 0; i < hit->n; i++)
        fits[i] = strcmp(r->places[hit->places[i]].kind, kind) == 0;
    keep_only(hit, fits);
}

static void
keep_rank(const struct dz_rules *r, struct dz_gaz_hit *hit)
{
    int best = -1;
    bool fits[DZ_GAZ_MAX] = {false};
    for (size_t i = 0; i < hit->n; i++)
        if (r->more[hit->places[i]].rank > best)
            best = r->more[hit->places[i]].rank;
    for (size_t i = 0; i < hit->n; i++)
        fits[i] = r->more[hit->places[i]].rank == best;
    keep_only(hit, fits);
}

/* What everyday use means by a name, from the list of homonyms. Its names are folded more roughly
 * than tokens: words joined by blanks, without apostrophes and soft signs (tools/data_files.py). */
static uint32_t
preferred(const struct context *c, const struct spot *spot)
{
    struct dz_buf key DZ_AUTO_BUF = DZ_BUF(1024);
    for (size_t i = 0; i < spot->n; i++) {
        const struct dz_token *t = &c->d->tokens[spot->first + i];
        if (t->kind != DZ_TOKEN_WORD)
            continue;
        if (key.n > 0)
            dz_buf_addc(&key, ' ');
        for (size_t pos = 0; pos < t->fold.n;) {
            uint32_t cp = dz_utf8_next(t->fold, &pos);
            if (cp != '\'' && cp != 0x044C)
                dz_utf8_put(&key, cp);
        }
    }
    return dz_map_get(&c->r->prefer, dz_buf_view(&key));
}

static void
settle(const struct context *c, const struct spot *spot, struct dz_gaz_hit *hit)
{
    const struct dz_rules *r = c->r;
    uint32_t sentence = c->d->tokens[spot->first].sentence;
    size_t begin = c->d->sentences[sentence].first_token, n;
    bool city = spot->first > begin &&
                dz_lex_before(&r->place_words, c->d, spot->first, DZ_LEX_KIND(DZ_PW_CITY), &n);
    if (!city && spot->first > begin + 1 && dz_view_is(c->d->tokens[spot->first - 1].fold, "."))
        city = dz_lex_before(&r->place_words, c->d, spot->first - 1, DZ_LEX_KIND(DZ_PW_CITY), &n);
    if (city)
        keep_kind(r, hit, "settlement");
    /* A republic by its own name is not the oblast that lists the name among others. */
    if (hit->n > 1 && hit->n_tokens > 1)
        keep_kind(r, hit, "republic");
    if (hit->n > 1 && hit->n_tokens == 1 && c->d->tokens[spot->first].all_caps)
        keep_kind(r, hit, "republic");
    if (hit->n > 1)
        keep_kind(r, hit, "country");
    if (hit->n > 1)
        keep_near(c, spot, hit);
    if (hit->n > 1) {
        uint32_t prefer = preferred(c, spot);
        bool fits[DZ_GAZ_MAX] = {false};
        for (size_t i = 0; i < hit->n; i++)
            fits[i] = hit->places[i] == prefer;
        keep_only(hit, fits);
    }
    if (hit->n > 1)
        keep_kind(r, hit, "settlement");
    if (hit->n > 1)
        keep_in_text(c, hit);
    if (hit->n > 1)
        keep_rank(r, hit);
}

/* In a line where most words have a capital, capitals say nothing. */
static bool
title_case(const struct scan *s)
{
    size_t words = 0, capitals = 0;
    for (size_t i = s->in.begin; i < s->in.end; i++) {
        const struct dz_token *t = &s->in.d->tokens[i];
        if (t->kind != DZ_TOKEN_WORD || dz_text_function_word_is(t->fold))
            continue;
        words++;
        capitals += t->capital;
    }
    return capitals * 4 >= words * 3;
}

static bool
capital_word(const struct dz_token *t)
{
    return t && t->kind == DZ_TOKEN_WORD && t->capital && !dz_text_function_word_is(t->fold);
}

/* "Ukrainian Helsinki Union": a settlement between two capitals is part of a name of something
 * else. */
static bool
inside_name(const struct scan *s, const struct spot *spot)
{
    size_t past = spot->first + spot->n;
    struct dz_gaz_hit other;
    return !spot->headed && spot->first > s->in.begin &&
           capital_word(&s->in.d->tokens[spot->first - 1]) &&
           capital_word(dz_scan_at(&s->in, past)) &&
           !dz_gaz_match(s->in.r, s->in.d, past, false, &other) && !title_case(s);
}

/* A capital that is not where something happens stands for its government; before the word of a
 * newspaper or a
 * conference it is part of that name. */
static bool
is_metonym(const struct scan *s, const struct spot *spot)
{
    size_t n, past = spot->first + spot->n;
    const struct dz_token *next = dz_scan_at(&s->in, past);
    if (next && next->capital && word(s, past, DZ_LEX_KIND(DZ_PW_PAPER), &n))
        return true;
    const char *class_id = s->in.r->more[spot->hit.places[0]].class_id;
    bool acts = word(s, spot->first, DZ_LEX_KIND(DZ_PW_CAPITAL), &n) ||
                (class_id && strcmp(class_id, "union") == 0);
    size_t the =
        spot->first > s->in.begin && dz_view_is(s->in.d->tokens[spot->first - 1].fold, "the");
    /* "KYIV, 21 November 2023": a dateline says where the report was written. */
    const struct dz_token *comma = next;
    bool dateline = spot->first == s->in.begin && comma && dz_view_is(comma->fold, ",") &&
                    dz_scan_at(&s->in, past + 1) &&
                    dz_scan_at(&s->in, past + 1)->kind == DZ_TOKEN_NUMBER;
    return acts && !dateline && !word_before(s, spot->first - the,
                                DZ_LEX_KIND(DZ_PW_LOCATIVE) | DZ_LEX_KIND(DZ_PW_CITY));
}

static void
emit(const struct context *c, const struct scan *s, const struct spot *spot,
     struct dz_mentions *out)
{
    struct dz_gaz_hit hit = spot->hit;
    if (spot->fixed >= 0) {
        hit.n = 1;
        hit.places[0] = (uint32_t)spot->fixed;
    } else {
        settle(c, spot, &hit);
    }
    const struct dz_place *p = &c->r->places[hit.places[0]];
    const char *rule = spot->headed ? "place.region" : hit.rough ? "place.spelling" : "place.name";
    int score = spot->headed ? 95 : hit.n > 1 ? 45 : hit.rough ? 70 : 90;
    struct dz_mention *m =
        dz_mention_add(out, c->d, DZ_MENTION_PLACE, spot->first, spot->n, rule, score);
    m->place_id = hit.n == 1 ? p->id : NULL;
    m->place_name = p->name_en;
    m->place_kind = p->kind;
    if (hit.n > 1) {
        m->candidates = dz_alloc_array(hit.n, sizeof *m->candidates);
        m->n_candidates = hit.n;
        for (size_t i = 0; i < hit.n; i++)
            m->candidates[i] = c->r->places[hit.places[i]].id;
    }
    m->metonym = is_metonym(s, spot) || dz_view_is(s->in.d->tokens[spot->first].fold, "рф") ||
                 (strcmp(p->kind, "settlement") == 0 && inside_name(s, spot));
    if (m->metonym)
        m->score -= 40;
}

#define HEAD_REACH 5 /* words from a name in small letters to its "oblast" */

/* Is the word a form of some name of the gazetteer, spelled exactly or nearly so? Asked once here,
 * for
 * otherwise each way to read a place would ask again. */
static bool
is_name_word(const struct dz_rules *r, const struct dz_document *d, size_t i)
{
    const struct dz_known *known = dz_known_at(r, d, i);
    if (known)
        return known->gaz != DZ_MAP_NONE || known->gaz_key != DZ_MAP_NONE;
    struct dz_view fold = d->tokens[i].fold;
    return dz_map_get(&r->gaz.forms, fold) != DZ_MAP_NONE ||
           dz_gaz_rough(&r->gaz, fold) != DZ_MAP_NONE;
}

static bool
may_begin(const struct dz_rules *r, const struct dz_document *d, size_t i)
{
    const struct dz_known *known = dz_known_at(r, d, i);
    return known ? known->lists[DZ_LIST_PLACES].may_begin
                 : dz_lex_may_begin(&r->place_words, d->tokens[i].fold);
}

/* A word that can begin no place: in small letters, no word about places itself, and none near.
 * *near: the first word about places at or behind i that was found so far. */
static bool
hopeless(const struct dz_rules *r, const struct dz_document *d, size_t i, size_t end, size_t *near)
{
    if (d->tokens[i].kind != DZ_TOKEN_WORD)
        return true;
    if (d->tokens[i].capital)
        return !may_begin(r, d, i) && !is_name_word(r, d, i);
    if (*near < i)
        *near = i;
    while (*near < end && *near < i + HEAD_REACH &&
           (d->tokens[*near].kind != DZ_TOKEN_WORD || !may_begin(r, d, *near)))
        ++*near;
    return *near >= end || *near >= i + HEAD_REACH;
}

enum dz_code
dz_find_places(const struct dz_rules *r, struct dz_document *d, struct dz_mentions *out,
               struct dz_err *err)
{
    (void)err;
    struct scan s = {0};
    for (size_t k = 0; k < d->n_sentences; k++) {
        s.in = dz_scan_of(r, d, &d->sentences[k]);
        size_t near = s.in.begin;
        for (size_t i = s.in.begin; i < s.in.end;) {
            size_t n = hopeless(r, d, i, s.in.end, &near) ? 0 : place_at(&s, i);
            i += n > 0 ? n : 1;
        }
    }
    struct context c = {.r = r, .d = d, .spots = s.spots, .n = s.n};
    collect_regions(&c);
    for (size_t k = 0; k < s.n; k++) {
        s.in = dz_scan_of(r, d, &d->sentences[d->tokens[s.spots[k].first].sentence]);
        emit(&c, &s, &s.spots[k], out);
    }
    dz_free(s.spots);
    return DZ_OK;
}
