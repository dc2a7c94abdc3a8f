#include "dz_origin.h"

#include <stdlib.h>
#include <string.h>

#include "analysis_impl.h"
#include "dz_json.h"
#include "dz_lineage.h"

/* Sources are put in order of id when the first question is asked, and each gets the one that it is
 * counted with; adding more afterwards only makes the order stale. */

#define DERIVED_MAX 16 /* hops along derivative_of; a longer chain is a loop */
#define QUOTE_WORDS 15 /* of a passage that was taken over: fewer may meet by chance */

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

/* What lineage says of a source, and of a passage in one. */
struct rooted {
    const char *id;
    const char *root;
};
struct taken {
    const char *id;
    size_t start; /* code points */
    size_t end;
    const char *root; /* of the source that had it before */
    size_t root_order; /* place of that in time */
};

struct dz_origins {
    const struct dz_rules *rules;
    struct dz_parties *parties;
    struct source *sources;
    size_t n;
    size_t cap;
    struct index *index;
    struct rooted *rooted; /* by id */
    size_t n_rooted;
    struct taken *taken; /* by id; of several that had it the earliest first */
    size_t n_taken;
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
    dz_free(o->rooted);
    dz_free(o->taken);
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

static const char *
lineage_root(const struct dz_origins *o, const char *id)
{
    size_t low = 0, high = o->n_rooted;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int cmp = strcmp(o->rooted[middle].id, id);
        if (cmp == 0)
            return o->rooted[middle].root;
        if (cmp < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Sources of one root count as one. Where the root itself is not among the sources of a view, the
 * first that goes back to it stands for all. */
static void
follow_lineage(const struct dz_origins *o)
{
    struct index *x = o->index;
    struct named *by_root = dz_alloc_array(o->n, sizeof *by_root);
    size_t *to = dz_alloc_array(o->n, sizeof *to);
    for (size_t i = 0; i < o->n; i++) {
        const char *root = lineage_root(o, o->sources[i].note.id);
        by_root[i] = (struct named){root ? root : o->sources[i].note.id, i};
        to[i] = i;
    }
    qsort(by_root, o->n, sizeof *by_root, by_name);
    for (size_t i = 0, first = 0; i < o->n; i++) {
        if (strcmp(by_root[i].name, by_root[first].name) != 0)
            first = i;
        size_t root = find_named(x->by_id, o->n, by_root[i].name);
        to[by_root[i].ix] = root == SIZE_MAX ? by_root[first].ix : root;
    }
    for (size_t i = 0; i < o->n; i++)
        x->root[i] = to[x->root[i]];
    dz_free(by_root);
    dz_free(to);
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
    if (o->n_rooted > 0)
        follow_lineage(o);
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

/* The source that had before what an act's quote stands in, or NULL. A measure can be read by
 * everybody: two who print its words need not have them from each other. */
static const char *
taken_from(const struct dz_origins *o, const struct dz_fact_row *row)
{
    const struct dz_passage *p = row->n_passages > 0 ? &row->passages[0] : NULL;
    size_t low = 0, high = o->n_taken;
    if (!p || strcmp(row->kind, "act") != 0 || p->state != DZ_PASSAGE_SAME)
        return NULL;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(o->taken[middle].id, p->source) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < o->n_taken && strcmp(o->taken[low].id, p->source) == 0; low++)
        if (o->taken[low].start <= p->start && p->end <= o->taken[low].end)
            return o->taken[low].root;
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
    const char *source = taken_from(o, row);
    if (!source)
        source = row->n_passages > 0 ? row->passages[0].source : NULL;
    dz_origin_source_key(o, source, out);
}

/* ---- lineage ---- */

static int
by_rooted_id(const void *a, const void *b)
{
    const struct rooted *x = a, *y = b;
    return strcmp(x->id, y->id);
}

static void
take_passages(struct dz_origins *o, const struct dz_lineage *l, const struct dz_lineage_pair *p,
              size_t *cap)
{
    size_t root = l->sources[p->origin].root;
    bool counts = p->relation == DZ_LINEAGE_QUOTE || p->relation == DZ_LINEAGE_INCLUDES;
    if (!counts || p->decision == DZ_LINEAGE_INDEPENDENT || root == l->sources[p->source].root)
        return;
    for (size_t i = 0; i < p->n_passages; i++) {
        if (p->passages[i].n_words < QUOTE_WORDS)
            continue;
        o->taken = dz_grow(o->taken, cap, o->n_taken + 1, sizeof *o->taken);
        o->taken[o->n_taken++] =
            (struct taken){.id = dz_keep_str(&o->keep, l->sources[p->source].id),
                           .start = p->passages[i].start,
                           .end = p->passages[i].end,
                           .root = dz_keep_str(&o->keep, l->sources[root].id),
                           .root_order = root};
    }
}

static int
by_taken_id(const void *a, const void *b)
{
    const struct taken *x = a, *y = b;
    int cmp = strcmp(x->id, y->id);
    if (cmp != 0)
        return cmp;
    return (x->root_order > y->root_order) - (x->root_order < y->root_order);
}

void
dz_origins_derive(struct dz_origins *o, const struct dz_lineage *l)
{
    size_t cap = 0, cap_taken = 0;
    for (size_t i = 0; i < l->n && !o->keep.full; i++) {
        if (l->sources[i].root == i)
            continue;
        o->rooted = dz_grow(o->rooted, &cap, o->n_rooted + 1, sizeof *o->rooted);
        o->rooted[o->n_rooted++] =
            (struct rooted){dz_keep_str(&o->keep, l->sources[i].id),
                            dz_keep_str(&o->keep, l->sources[l->sources[i].root].id)};
    }
    for (size_t i = 0; i < l->n_pairs && !o->keep.full; i++)
        take_passages(o, l, &l->pairs[i], &cap_taken);
    if (o->keep.full) {
        o->n_rooted = o->n_taken = 0;
        return;
    }
    if (o->n_rooted > 0)
        qsort(o->rooted, o->n_rooted, sizeof *o->rooted, by_rooted_id);
    if (o->n_taken > 0)
        qsort(o->taken, o->n_taken, sizeof *o->taken, by_taken_id);
    o->index->n = 0; /* stale */
}
