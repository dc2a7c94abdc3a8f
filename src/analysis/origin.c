#include "dz_origin.h"

#include <stdlib.h>
#include <string.h>

#include "analysis_impl.h"
#include "dz_json.h"

/* Sources are put in order of id when the first question is asked, and each gets the one that it is
 * counted with; adding more afterwards only makes the order stale. */

#define DERIVED_MAX 16 /* hops along derivative_of; a longer chain is a loop */

struct source {
    struct dz_source_note note;
    const char *text_sha256;
    const char *derivative_of;
    bool personal; /* testimony or private document */
    bool has_text;
    bool unstated; /* basis */
};

struct named {
    const char *name;
    size_t ix; /* into sources */
};
struct index {
    struct named *by_id;
    size_t *root; /* of each source: the one it is counted with */
    size_t n;     /* sources that it covers */
};

struct dz_origins {
    const struct dz_rules *rules;
    struct dz_parties *parties;
    struct source *sources;
    size_t n;
    size_t cap;
    struct index *index;
    struct dz_arena arena;
    struct dz_keeper keep;
};

struct dz_origins *
dz_origins_new(const struct dz_rules *rules)
{
    struct dz_origins *o = dz_alloc(sizeof *o);
    o->rules = rules;
    o->parties = dz_parties_new(rules);
    o->arena.max_bytes = DZ_VIEW_BYTES_MAX;
    o->keep.arena = &o->arena;
    o->index = dz_alloc(sizeof *o->index);
    return o;
}

void
dz_origins_free(struct dz_origins *o)
{
    if (!o)
        return;
    dz_parties_free(o->parties);
    dz_free(o->sources);
    dz_free(o->index->by_id);
    dz_free(o->index->root);
    dz_free(o->index);
    dz_arena_done(&o->arena);
    dz_free(o);
}

enum dz_code
dz_origins_ok(const struct dz_origins *o, struct dz_err *err)
{
    return dz_keep_ok(&o->keep, err);
}

void
dz_origins_add(struct dz_origins *o, const struct dz_source_row *row)
{
    struct dz_keeper *k = &o->keep;
    const char *derived = dz_json_str(json_object_get(row->body, "described"), "derivative_of");
    struct source s = {
        .note = {.id = dz_keep_str(k, row->id),
                 .title = dz_keep_str(k, row->title ? row->title : row->id),
                 .publisher = dz_keep_str(k, row->publisher),
                 .published = dz_keep_str(k, row->published),
                 .address = dz_keep_str(k, row->address),
                 .basis = dz_keep_str(k, row->basis),
                 .sha256 = dz_keep_str(k, row->sha256)},
        .text_sha256 = dz_keep_str(k, row->text_sha256 ? row->text_sha256 : row->sha256),
        .derivative_of = dz_keep_str(k, derived),
        .personal = dz_basis_is_personal(row->basis),
        .has_text = row->text_sha256 != NULL,
        .unstated = !row->basis || strcmp(row->basis, "unstated") == 0,
    };
    if (k->full)
        return;
    o->sources = dz_grow(o->sources, &o->cap, o->n + 1, sizeof *o->sources);
    o->sources[o->n++] = s;
}

/* ---- the index ---- */

static int
by_name(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int cmp = strcmp(x->name ? x->name : "", y->name ? y->name : "");
    return cmp != 0 ? cmp : (x->ix > y->ix) - (x->ix < y->ix);
}

static size_t
find_named(const struct named *list, size_t n, const char *name)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int cmp = strcmp(list[middle].name, name);
        if (cmp == 0)
            return list[middle].ix;
        if (cmp < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return SIZE_MAX;
}

/* What a source was made from; a chain that comes back to itself ends where the hops run out. */
static size_t
made_from(const struct dz_origins *o, size_t ix)
{
    for (size_t hop = 0; hop < DERIVED_MAX && o->sources[ix].derivative_of; hop++) {
        size_t from = find_named(o->index->by_id, o->n, o->sources[ix].derivative_of);
        if (from == SIZE_MAX)
            break;
        ix = from;
    }
    return ix;
}

static void
settle(const struct dz_origins *o)
{
    struct index *x = o->index;
    if (x->n == o->n)
        return;
    dz_free(x->by_id);
    dz_free(x->root);
    x->by_id = dz_alloc_array(o->n, sizeof *x->by_id);
    x->root = dz_alloc_array(o->n, sizeof *x->root);
    x->n = o->n;
    struct named *by_text = dz_alloc_array(o->n, sizeof *by_text);
    for (size_t i = 0; i < o->n; i++) {
        x->by_id[i] = (struct named){o->sources[i].note.id, i};
        by_text[i] = (struct named){o->sources[i].text_sha256, i};
    }
    qsort(x->by_id, o->n, sizeof *x->by_id, by_name);
    qsort(by_text, o->n, sizeof *by_text, by_name);

    /* Among sources with the same text the one that was added first stands for all. */
    size_t *first = dz_alloc_array(o->n, sizeof *first);
    for (size_t i = 0; i < o->n; i++) {
        bool same = i > 0 && by_text[i].name && by_text[i - 1].name &&
                    strcmp(by_text[i].name, by_text[i - 1].name) == 0;
        first[by_text[i].ix] = same ? first[by_text[i - 1].ix] : by_text[i].ix;
    }
    for (size_t i = 0; i < o->n; i++)
        x->root[i] = first[made_from(o, i)];
    dz_free(first);
    dz_free(by_text);
}

static const struct source *
find(const struct dz_origins *o, const char *id)
{
    settle(o);
    size_t ix = id && o->n > 0 ? find_named(o->index->by_id, o->n, id) : SIZE_MAX;
    return ix == SIZE_MAX ? NULL : &o->sources[ix];
}

const struct dz_source_note *
dz_origins_source(const struct dz_origins *o, const char *id)
{
    const struct source *s = find(o, id);
    return s ? &s->note : NULL;
}

const struct dz_parties *
dz_origins_parties(const struct dz_origins *o)
{
    return o->parties;
}

bool
dz_origins_personal(const struct dz_origins *o, const char *id)
{
    const struct source *s = find(o, id);
    return s && s->personal;
}

struct dz_origins_tally
dz_origins_tally(const struct dz_origins *o)
{
    struct dz_origins_tally t = {.n = o->n};
    settle(o);
    bool *seen = dz_alloc_array(o->n, sizeof *seen);
    for (size_t i = 0; i < o->n; i++) {
        t.n_without_text += !o->sources[i].has_text;
        t.n_unstated += o->sources[i].unstated;
        t.n_roots += !seen[o->index->root[i]];
        seen[o->index->root[i]] = true;
    }
    dz_free(seen);
    return t;
}

void
dz_origin_source_key(const struct dz_origins *o, const char *id, struct dz_buf *out)
{
    const struct source *s = find(o, id);
    const struct source *root = s ? &o->sources[o->index->root[s - o->sources]] : NULL;
    size_t before = out->n;
    dz_buf_adds(out, "party:");
    size_t bare = out->n;
    if (root)
        dz_party_key(o->parties, root->note.publisher, out);
    if (out->n > bare)
        return;
    dz_buf_cut(out, before);
    dz_buf_adds(out, "source:");
    dz_buf_adds(out, root ? root->note.id : id ? id : "");
}

/* The first of these that a fact names is where its content comes from. A measure's issuer is
 * not: whoever reports a decree has it from a source, not from having been told. */
static const char *
cited(const struct dz_fact_row *row)
{
    const char *names[] = {dz_json_str(row->body, "asserted_by"), dz_json_str(row->body, "speaker"),
                           dz_json_str(row->body, "office"), dz_json_str(row->body, "via")};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i] && *names[i])
            return names[i];
    }
    return NULL;
}

void
dz_origin_key(const struct dz_origins *o, const struct dz_fact_row *row, struct dz_buf *out)
{
    size_t before = out->n;
    dz_buf_adds(out, "party:");
    size_t bare = out->n;
    dz_party_key(o->parties, cited(row), out);
    if (out->n > bare)
        return;
    dz_buf_cut(out, before);
    dz_origin_source_key(o, row->n_passages > 0 ? row->passages[0].source : NULL, out);
}
