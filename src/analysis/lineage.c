#include "dz_lineage.h"

#include <stdlib.h>
#include <string.h>

#include "dz_edtf.h"
#include "dz_json.h"
#include "dz_sketches.h"
#include "lineage_vault.h"

/* Lineage of a vault: its sources in the order of time, the pairs that were kept, what people
 * decided. Nothing is compared while no text and no date has changed. */

#define STATE_KEY "lineage"
#define ARENA_MAX ((size_t)1 << 30)

/* ---- sources ---- */

static const char *
keep(struct dz_lineage *l, struct dz_view text)
{
    return text.n > 0 ? dz_arena_strndup(&l->arena, text.p, text.n) : NULL;
}

struct loaded {
    struct dz_lineage_source source;
    size_t order; /* in which it was added */
    char sha256[DZ_HEX32];
};

/* A date that is wide counts from its end on, one that is not known comes last. */
static int
by_time(const void *a, const void *b)
{
    const struct loaded *x = a, *y = b;
    if (x->source.hi != y->source.hi)
        return x->source.hi < y->source.hi ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static enum dz_code
load_rows(struct dz_lineage_work *w, struct loaded **ret, size_t *ret_n, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    size_t cap = 0, n = 0;
    struct loaded *list = NULL;
    DZ_TRY(dz_db_query(dz_vault_db(w->v), DZ_Q_LINEAGE_SOURCES, &rows, err, DZ_NO_ARGS));
    bool full = false;
    while (!full && dz_rows_next(rows)) {
        list = dz_grow(list, &cap, n + 1, sizeof *list);
        struct dz_view version = dz_rows_view(rows, 5);
        struct loaded *one = &list[n];
        *one = (struct loaded){
            .source = {.id = keep(w->l, dz_rows_view(rows, 0)),
                       .published = keep(w->l, dz_rows_view(rows, 1)),
                       .lo = (int32_t)dz_rows_int(rows, 2),
                       .hi = (int32_t)dz_rows_int(rows, 3),
                       .publisher = keep(w->l, dz_rows_view(rows, 4)),
                       .n_words = version.n >= DZ_HEX32 ? (size_t)dz_rows_int(rows, 6) : 0},
            .order = n};
        if (version.n >= DZ_HEX32)
            memcpy(one->sha256, version.p, DZ_HEX32 - 1);
        full = !one->source.id;
        n++;
    }
    enum dz_code code = dz_rows_end(rows, err);
    if (code == DZ_OK && full)
        code = dz_fail(err, DZ_E_LIMIT, "the collection has too many sources to be compared");
    *ret = list;
    *ret_n = n;
    return code;
}

struct named {
    const char *id;
    size_t ix;
};

static int
by_name(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    return strcmp(x->id, y->id);
}

static void
index_ids(struct dz_lineage_work *w)
{
    size_t n = w->l->n;
    struct named *names = dz_alloc_array(n, sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = (struct named){w->l->sources[i].id, i};
    qsort(names, n, sizeof *names, by_name);
    w->by_id = dz_alloc_array(n, sizeof *w->by_id);
    for (size_t i = 0; i < n; i++)
        w->by_id[i] = names[i].ix;
    dz_free(names);
}

static enum dz_code
load_sources(struct dz_lineage_work *w, struct dz_err *err)
{
    struct loaded *list = NULL;
    struct dz_lineage *l = w->l;
    enum dz_code code = load_rows(w, &list, &l->n, err);
    if (code == DZ_OK) {
        if (l->n > 0)
            qsort(list, l->n, sizeof *list, by_time);
        l->sources = dz_alloc_array(l->n, sizeof *l->sources);
        w->texts = dz_alloc_array(l->n, sizeof *w->texts);
        for (size_t i = 0; i < l->n; i++) {
            l->sources[i] = list[i].source;
            if (list[i].source.n_words == 0)
                continue;
            w->texts[w->n].source = i;
            memcpy(w->texts[w->n++].sha256, list[i].sha256, DZ_HEX32);
        }
        index_ids(w);
    }
    dz_free(list);
    return code;
}

size_t
dz_lineage_work_find(const struct dz_lineage_work *w, struct dz_view id)
{
    size_t low = 0, high = w->l->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *name = w->l->sources[w->by_id[middle]].id;
        size_t n = strlen(name);
        int cmp = memcmp(name, id.p, n < id.n ? n : id.n);
        if (cmp == 0)
            cmp = (n > id.n) - (n < id.n);
        if (cmp == 0)
            return w->by_id[middle];
        if (cmp < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return DZ_LINEAGE_NONE;
}

size_t
dz_lineage_find(const struct dz_lineage *l, const char *id)
{
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->sources[i].id, id) == 0)
            return i;
    return DZ_LINEAGE_NONE;
}

/* ---- pairs that were kept ---- */

struct dz_lineage_pair *
dz_lineage_add_pair(struct dz_lineage_work *w, size_t source, size_t origin)
{
    struct dz_lineage *l = w->l;
    l->pairs = dz_grow(l->pairs, &w->cap_pairs, l->n_pairs + 1, sizeof *l->pairs);
    struct dz_lineage_pair *p = &l->pairs[l->n_pairs++];
    *p = (struct dz_lineage_pair){
        .source = source,
        .origin = origin,
        .by_date = l->sources[origin].hi < l->sources[source].lo,
    };
    return p;
}

static size_t
number_at(const json_t *list, size_t i)
{
    json_int_t n = json_integer_value(json_array_get(list, i));
    return n < 0 ? 0 : (size_t)n;
}

/* [words of the origin, of the source, the same, longest, then five numbers for each passage]. */
static bool
take_pair(struct dz_lineage_work *w, size_t source, size_t origin, const json_t *body)
{
    struct dz_verdict v = {.n_words_a = (uint32_t)number_at(body, 0),
                           .n_words_b = (uint32_t)number_at(body, 1),
                           .n_same = (uint32_t)number_at(body, 2)};
    enum dz_lineage_relation relation;
    if (!dz_verdict_relation(&v, &relation))
        return true;
    size_t n = (json_array_size(body) - 4) / 5;
    struct dz_lineage_passage *passages =
        dz_arena_alloc(&w->l->arena, (n ? n : 1) * sizeof *passages);
    if (!passages)
        return false;
    for (size_t i = 0; i < n; i++)
        passages[i] = (struct dz_lineage_passage){.start = number_at(body, 4 + 5 * i),
                                                  .end = number_at(body, 5 + 5 * i),
                                                  .origin_start = number_at(body, 6 + 5 * i),
                                                  .origin_end = number_at(body, 7 + 5 * i),
                                                  .n_words = number_at(body, 8 + 5 * i)};
    struct dz_lineage_pair *p = dz_lineage_add_pair(w, source, origin);
    p->relation = relation;
    p->share = dz_verdict_share(&v);
    p->origin_share = dz_verdict_origin_share(&v);
    p->n_words = v.n_same;
    p->passages = passages;
    p->n_passages = n;
    return true;
}

static enum dz_code
load_pairs(struct dz_lineage_work *w, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    DZ_TRY(dz_db_query(dz_vault_db(w->v), DZ_Q_PAIR_LIST, &rows, err, DZ_NO_ARGS));
    enum dz_code code = DZ_OK;
    while (code == DZ_OK && dz_rows_next(rows)) {
        size_t source = dz_lineage_work_find(w, dz_rows_view(rows, 0));
        size_t origin = dz_lineage_work_find(w, dz_rows_view(rows, 1));
        struct dz_view text = dz_rows_view(rows, 3);
        if (source == DZ_LINEAGE_NONE || origin == DZ_LINEAGE_NONE || text.n == 0)
            continue;
        DZ_AUTO_JSON json_t *body = NULL;
        code = dz_json_parse(text, &body, err);
        if (code == DZ_OK && json_array_size(body) >= 4 && !take_pair(w, source, origin, body))
            code = dz_fail(err, DZ_E_LIMIT, "too many passages are shared to be listed at once");
    }
    enum dz_code end = dz_rows_end(rows, code == DZ_OK ? err : NULL);
    return code == DZ_OK ? end : code;
}

static int
by_source(const void *a, const void *b)
{
    const struct dz_lineage_pair *x = a, *y = b;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    return (x->origin > y->origin) - (x->origin < y->origin);
}

static void
sort_pairs(struct dz_lineage *l)
{
    if (l->n_pairs > 0)
        qsort(l->pairs, l->n_pairs, sizeof *l->pairs, by_source);
}

/* ---- decisions ---- */

struct dz_lineage_pair *
dz_lineage_pair_of(struct dz_lineage *l, size_t n, size_t source, size_t origin)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct dz_lineage_pair *p = &l->pairs[middle];
        if (p->source == source && p->origin == origin)
            return p;
        if (p->source < source || (p->source == source && p->origin < origin))
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t i = n; i < l->n_pairs; i++)
        if (l->pairs[i].source == source && l->pairs[i].origin == origin)
            return &l->pairs[i];
    return NULL;
}

/* The other way round. */
static void
turn(struct dz_lineage *l, struct dz_lineage_pair *p)
{
    size_t source = p->source;
    unsigned share = p->share;
    struct dz_lineage_passage *turned =
        p->n_passages ? dz_arena_alloc(&l->arena, p->n_passages * sizeof *turned) : NULL;
    for (size_t i = 0; turned && i < p->n_passages; i++)
        turned[i] = (struct dz_lineage_passage){.start = p->passages[i].origin_start,
                                                .end = p->passages[i].origin_end,
                                                .origin_start = p->passages[i].start,
                                                .origin_end = p->passages[i].end,
                                                .n_words = p->passages[i].n_words};
    p->source = p->origin;
    p->origin = source;
    p->share = p->origin_share;
    p->origin_share = share;
    p->passages = turned;
    p->n_passages = turned ? p->n_passages : 0;
    p->by_date = l->sources[p->origin].hi < l->sources[p->source].lo;
    if (p->relation == DZ_LINEAGE_EXTRACT)
        p->relation = DZ_LINEAGE_INCLUDES;
    else if (p->relation == DZ_LINEAGE_INCLUDES)
        p->relation = DZ_LINEAGE_EXTRACT;
}

static void
decide(struct dz_lineage_work *w, size_t n_sorted, size_t source, size_t origin,
       enum dz_lineage_decision decision)
{
    struct dz_lineage *l = w->l;
    if (source == DZ_LINEAGE_NONE || origin == DZ_LINEAGE_NONE || source == origin)
        return;
    size_t later = source > origin ? source : origin, earlier = source > origin ? origin : source;
    struct dz_lineage_pair *p = dz_lineage_pair_of(l, n_sorted, later, earlier);
    if (!p && decision == DZ_LINEAGE_OPEN)
        return;
    if (!p) {
        p = dz_lineage_add_pair(w, later, earlier);
        p->relation = DZ_LINEAGE_SAID;
    }
    p->decision = decision;
    p->turned = decision == DZ_LINEAGE_DERIVED && source < origin;
}

/* What a source was described to be made of comes first; later decisions about two sources replace
 * earlier ones. */
static enum dz_code
take_decisions(struct dz_lineage_work *w, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    size_t n_sorted = w->l->n_pairs;
    sort_pairs(w->l);
    DZ_TRY(dz_db_query(dz_vault_db(w->v), DZ_Q_KIN_SAID, &rows, err, DZ_NO_ARGS));
    while (dz_rows_next(rows))
        decide(w, n_sorted, dz_lineage_work_find(w, dz_rows_view(rows, 0)),
               dz_lineage_work_find(w, dz_rows_view(rows, 1)), DZ_LINEAGE_DERIVED);
    DZ_TRY(dz_rows_end(rows, err));
    DZ_TRY(dz_db_query(dz_vault_db(w->v), DZ_Q_LINEAGE_DECISIONS, &rows, err, DZ_NO_ARGS));
    while (dz_rows_next(rows)) {
        struct dz_view word = dz_rows_view(rows, 2);
        decide(w, n_sorted, dz_lineage_work_find(w, dz_rows_view(rows, 0)),
               dz_lineage_work_find(w, dz_rows_view(rows, 1)),
               dz_view_is(word, "independent") ? DZ_LINEAGE_INDEPENDENT
               : dz_view_is(word, "derived")   ? DZ_LINEAGE_DERIVED
                                               : DZ_LINEAGE_OPEN);
    }
    return dz_rows_end(rows, err);
}

/* A pair that was only said and then taken back says nothing; one that a person saw the other way
 * round is turned. */
static void
finish_pairs(struct dz_lineage *l)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n_pairs; i++) {
        struct dz_lineage_pair *p = &l->pairs[i];
        if (p->relation == DZ_LINEAGE_SAID && p->decision == DZ_LINEAGE_OPEN)
            continue;
        if (p->turned)
            turn(l, p);
        l->pairs[n++] = *p;
    }
    l->n_pairs = n;
    sort_pairs(l);
}

/* ---- the whole ---- */

/* Everything that verdicts follow from: the texts in their order. */
static void
state_of(const struct dz_lineage_work *w, char ret[DZ_HEX32])
{
    DZ_AUTO_BUF struct dz_buf all = DZ_BUF((size_t)1 << 30);
    dz_buf_adds(&all, DZ_LINEAGE_VERSION "|" DZ_SKETCH_VERSION);
    for (size_t i = 0; i < w->n; i++)
        dz_buf_addf(&all, "|%s %s", w->l->sources[w->texts[i].source].id, w->texts[i].sha256);
    dz_vault_keyed_hash(w->v, "lineage", dz_buf_view(&all), ret);
}

static enum dz_code
compare_if_needed(struct dz_lineage_work *w, struct dz_err *err)
{
    char state[DZ_HEX32];
    DZ_AUTO_FREE char *kept = NULL;
    struct dz_db *db = dz_vault_db(w->v);
    state_of(w, state);
    DZ_TRY(dz_db_get_text(db, DZ_Q_META_GET, &kept, err, DZ_ARGS(dz_arg_text(STATE_KEY))));
    if (kept && strcmp(kept, state) == 0)
        return DZ_OK;
    DZ_TRY(dz_lineage_compare(w, err));
    DZ_TRY(dz_db_cache_begin(db, err));
    enum dz_code code = dz_db_exec(db, DZ_Q_META_PUT, err,
                                   DZ_ARGS(dz_arg_text(STATE_KEY), dz_arg_text(state)));
    enum dz_code end = dz_db_cache_commit(db, code == DZ_OK ? err : NULL);
    return code == DZ_OK ? end : code;
}

static enum dz_code
build(struct dz_lineage_work *w, const struct dz_rules *rules, bool statements, struct dz_err *err)
{
    DZ_TRY(dz_sketches_update(w->v, w->cancel, NULL, err));
    DZ_TRY(load_sources(w, err));
    DZ_TRY(compare_if_needed(w, err));
    DZ_TRY(load_pairs(w, err));
    sort_pairs(w->l);
    if (statements)
        DZ_TRY(dz_lineage_claims(w, rules, err));
    DZ_TRY(take_decisions(w, err));
    finish_pairs(w->l);
    dz_lineage_settle(w->l);
    return DZ_OK;
}

enum dz_code
dz_lineage_build(struct dz_vault *v, const struct dz_rules *rules, bool statements,
                 const bool *cancel, struct dz_lineage *ret, struct dz_err *err)
{
    struct dz_lineage_work w = {.v = v, .l = ret, .cancel = cancel};
    *ret = (struct dz_lineage){.arena.max_bytes = ARENA_MAX};
    enum dz_code code = build(&w, rules, statements, err);
    dz_free(w.texts);
    dz_free(w.by_id);
    if (code != DZ_OK)
        dz_lineage_done(ret);
    return code;
}

void
dz_lineage_done(struct dz_lineage *l)
{
    dz_free(l->sources);
    dz_free(l->pairs);
    dz_arena_done(&l->arena);
    *l = (struct dz_lineage){0};
}
