#include "dz_known.h"

#include <string.h>

const struct dz_place *
dz_place_by_id(const struct dz_rules *r, const char *id)
{
    uint32_t at = id ? dz_map_get(&r->place_ids, dz_view_of(id)) : DZ_MAP_NONE;
    return at == DZ_MAP_NONE ? NULL : &r->places[at];
}

size_t
dz_place_count(const struct dz_rules *r)
{
    return r->n_places;
}

const struct dz_place *
dz_place_at(const struct dz_rules *r, size_t ix)
{
    return ix < r->n_places ? &r->places[ix] : NULL;
}

const char *
dz_place_name(const struct dz_place *p, enum dz_lang lang)
{
    return lang == DZ_LANG_UK && p->name_uk ? p->name_uk : p->name_en;
}

/* Parents form a tree of a few levels and members one more; the depth guards against a data
 * mistake. */
static bool
within(const struct dz_rules *r, const struct dz_place *place, const struct dz_place *area,
       unsigned depth)
{
    for (const struct dz_place *p = place; p && depth < 16; depth++) {
        if (p == area)
            return true;
        for (size_t i = 0; i < area->n_members; i++)
            if (strcmp(area->members[i], p->id) == 0)
                return true;
        p = dz_place_by_id(r, p->parent);
    }
    for (size_t i = 0; i < area->n_members && depth < 16; i++) {
        const struct dz_place *member = dz_place_by_id(r, area->members[i]);
        if (member && member != area && member->n_members > 0 &&
            within(r, place, member, depth + 8))
            return true;
    }
    return false;
}

bool
dz_place_within(const struct dz_rules *r, const char *place, const char *area)
{
    const struct dz_place *p = dz_place_by_id(r, place), *a = dz_place_by_id(r, area);
    return p && a && within(r, p, a, 0);
}

/* ---- walking the tree of names ---- */

struct walk {
    const struct dz_rules *r;
    const struct dz_document *d;
    size_t start;
    bool base;
    struct dz_gaz_hit *hit;
};

static void
take_ends(struct walk *w, uint32_t node, size_t past, bool rough)
{
    const struct dz_gaz *g = &w->r->gaz;
    size_t n_tokens = past - w->start;
    struct dz_gaz_hit *h = w->hit;
    for (uint32_t at = g->node_end[node]; at != DZ_MAP_NONE; at = g->ends[at].next) {
        if (g->ends[at].base != w->base || n_tokens < h->n_tokens)
            continue;
        /* Longer beats shorter, exact spelling beats rough. */
        if (n_tokens > h->n_tokens || (h->rough && !rough)) {
            h->n_tokens = n_tokens;
            h->n = 0;
            h->rough = rough;
        }
        if (rough && !h->rough)
            continue;
        bool known = false;
        for (size_t i = 0; i < h->n; i++)
            known = known || h->places[i] == g->ends[at].place;
        if (!known && h->n < DZ_GAZ_MAX)
            h->places[h->n++] = g->ends[at].place;
    }
}

/* Quotes inside a name ("Luhansk “people's republic”"), hyphens, and the stop of "обл." are passed
 * over. */
static size_t
skip_signs(const struct dz_document *d, size_t i)
{
    static const char *const signs[] = {"-", "“", "”", "\"", "«", "»", "'", "„", "‘"};
    for (size_t steps = 0; i < d->n_tokens && steps < 2; steps++) {
        const struct dz_token *t = &d->tokens[i];
        bool sign = false;
        for (size_t k = 0; t->kind == DZ_TOKEN_PUNCT && k < sizeof signs / sizeof *signs; k++)
            sign = sign || dz_view_is(t->fold, signs[k]);
        if (!sign)
            break;
        i++;
    }
    return i;
}

uint32_t
dz_gaz_rough(const struct dz_gaz *g, struct dz_view word)
{
    if (word.n < 5 || word.n >= 64 || (unsigned char)word.p[0] >= 0x80)
        return DZ_MAP_NONE;
    struct dz_buf key DZ_AUTO_BUF = DZ_BUF(256);
    dz_gaz_key(word, &key);
    return dz_map_get(&g->keys, dz_buf_view(&key));
}

static void
step(struct walk *w, uint32_t node, size_t i, unsigned depth, bool rough)
{
    const struct dz_document *d = w->d;
    const struct dz_gaz *g = &w->r->gaz;
    if (i > w->start)
        i = skip_signs(d, i);
    if (i >= d->n_tokens || depth > DZ_GAZ_WORDS ||
        d->tokens[i].sentence != d->tokens[w->start].sentence ||
        d->tokens[i].kind == DZ_TOKEN_PUNCT)
        return;
    struct dz_view fold = d->tokens[i].fold;
    const struct dz_known *known = dz_known_at(w->r, d, i);
    uint32_t at = known ? known->gaz : dz_map_get(&g->forms, fold);
    bool by_key = at == DZ_MAP_NONE && d->tokens[i].capital;
    if (by_key)
        at = known ? known->gaz_key : dz_gaz_rough(g, fold);
    for (; at != DZ_MAP_NONE; at = g->links[at].next) {
        uint32_t to = dz_gaz_edge(g, node, g->links[at].word);
        if (to == DZ_MAP_NONE)
            continue;
        take_ends(w, to, i + 1, rough || by_key);
        step(w, to, i + 1, depth + 1, rough || by_key);
    }
}

bool
dz_gaz_match(const struct dz_rules *r, const struct dz_document *d, size_t i, bool base,
             struct dz_gaz_hit *ret)
{
    *ret = (struct dz_gaz_hit){.base = base};
    struct walk w = {.r = r, .d = d, .start = i, .base = base, .hit = ret};
    step(&w, 0, i, 0, false);
    return ret->n > 0;
}

size_t
dz_place_lookup(const struct dz_rules *r, struct dz_view name, const struct dz_place **ret,
                size_t max)
{
    struct dz_document d;
    if (name.n > 300 || dz_document_init(&d, name, NULL) != DZ_OK)
        return 0;
    struct dz_gaz_hit hit = {0};
    size_t n = 0;
    size_t first = 0, past = d.n_tokens; /* quotes and stops around the name do not matter */
    while (first < past && d.tokens[first].kind == DZ_TOKEN_PUNCT)
        first++;
    while (past > first && d.tokens[past - 1].kind == DZ_TOKEN_PUNCT)
        past--;
    if (first < past && dz_gaz_match(r, &d, first, false, &hit) && first + hit.n_tokens == past)
        for (; n < hit.n; n++)
            if (n < max)
                ret[n] = &r->places[hit.places[n]];
    dz_document_done(&d);
    return n;
}
