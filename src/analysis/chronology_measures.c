#include "chronology_impl.h"

#include <stdlib.h>
#include <string.h>

#include "dz_json.h"

/* Which facts tell of one measure (docs/METHOD.md, "One measure, several sources"). Facts are
 * brought together when nothing they state speaks against it and one of these holds: the same
 * deadline set by the same side, the same number of an instrument of the same side, or the same
 * day of adoption, issuer side and instrument. All of them stay listed; the grouping is a way of
 * showing and decides nothing. */

struct cluster {
    size_t first; /* indices of measures, linked by next */
    size_t last;
};

static bool
same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* Issuers are told apart by side: one article writes Putin, another Russia. Those of no known
 * side must be the same, and where nobody is named nothing speaks against anybody. */
static bool
other_issuer(const struct dz_chrono_measure *a, const struct dz_chrono_measure *b)
{
    if (!a->issuer || !b->issuer)
        return false;
    if (a->row.side[0] || b->row.side[0])
        return strcmp(a->row.side, b->row.side) != 0;
    return strcmp(a->issuer, b->issuer) != 0;
}

static bool
speaks_against(const struct dz_chrono_measure *a, const struct dz_chrono_measure *b)
{
    if (a->number && b->number && strcmp(a->number, b->number) != 0)
        return true;
    if (a->row.wider != b->row.wider || other_issuer(a, b))
        return true;
    /* A source that denies a measure does not report it. */
    if (dz_modality_standing(a->row.modality) != dz_modality_standing(b->row.modality))
        return true;
    for (size_t i = 0; i <= DZ_CHRONO_DEADLINE; i++) {
        bool apart = a->at[i].hi < b->at[i].lo || b->at[i].hi < a->at[i].lo;
        if (a->stated[i] && b->stated[i] && apart)
            return true;
    }
    return false;
}

static bool
speaks_for(const struct dz_chrono_measure *a, const struct dz_chrono_measure *b)
{
    if (same(a->dates[DZ_CHRONO_DEADLINE], b->dates[DZ_CHRONO_DEADLINE]))
        return true;
    if (same(a->number, b->number))
        return true;
    const struct dz_edtf_bounds *x = &a->at[DZ_CHRONO_ADOPTED], *y = &b->at[DZ_CHRONO_ADOPTED];
    bool day = a->stated[DZ_CHRONO_ADOPTED] && b->stated[DZ_CHRONO_ADOPTED] && x->lo == x->hi &&
               y->lo == x->lo && y->hi == x->hi;
    return day && same(a->instrument, b->instrument);
}

/* A fact joins a cluster only if it goes with every member, so that a loosely dated one cannot
 * tie two measures together. */
static bool
joins(const struct dz_chrono_builder *b, const struct cluster *c, const size_t *next, size_t ix)
{
    bool reason = false;
    for (size_t i = c->first; i != SIZE_MAX; i = next[i]) {
        if (speaks_against(&b->measures[i], &b->measures[ix]))
            return false;
        reason = reason || speaks_for(&b->measures[i], &b->measures[ix]);
    }
    return reason;
}

/* By deadline, and those that name their issuer first: the others look for a measure to belong
 * to. */
static int
by_deadline_and_id(const void *a, const void *b)
{
    const struct dz_chrono_measure *x = a, *y = b;
    const char *dx = x->dates[DZ_CHRONO_DEADLINE], *dy = y->dates[DZ_CHRONO_DEADLINE];
    int cmp = strcmp(dx ? dx : "~", dy ? dy : "~");
    if (cmp != 0)
        return cmp;
    if ((x->issuer != NULL) != (y->issuer != NULL))
        return x->issuer ? -1 : 1;
    return strcmp(x->fact.id, y->fact.id);
}

static void
fill(const char **to, const char *from)
{
    if (!*to)
        *to = from;
}

static bool
states_any(const struct dz_chrono_measure *m)
{
    return m->stated[DZ_CHRONO_ADOPTED] || m->stated[DZ_CHRONO_EFFECTIVE] ||
           m->stated[DZ_CHRONO_DEADLINE];
}

/* Does a fact stand in the row of this date? Those that state it do, and those that state no
 * date at all: they report the measure and must not vanish behind the others. */
static bool
belongs(const struct dz_chrono_measure *m, enum dz_chrono_kind kind)
{
    return m->stated[kind] || !states_any(m);
}

/* One row of a cluster; undated: no member states any date. */
static void
emit(struct dz_chrono_builder *b, const struct cluster *c, const size_t *next,
     enum dz_chrono_kind kind, bool undated)
{
    const char *date = NULL; /* the narrowest, so that one exact day is not hidden behind a month */
    int64_t least = INT64_MAX;
    bool stated = false;
    size_t n = 0, first = SIZE_MAX;
    for (size_t i = c->first; i != SIZE_MAX; i = next[i]) {
        const struct dz_chrono_measure *m = &b->measures[i];
        if (!belongs(m, kind))
            continue;
        stated = stated || m->stated[kind];
        int64_t span = m->stated[kind] ? (int64_t)m->at[kind].hi - m->at[kind].lo : INT64_MAX;
        if (span < least) {
            least = span;
            date = m->dates[kind];
        }
        first = first == SIZE_MAX ? i : first;
        n++;
    }
    if (n == 0 || (!stated && !undated))
        return;
    struct dz_chrono_row row = b->measures[first].row;
    row.kind = kind;
    row.measure = b->measures[c->first].fact.id;
    dz_chrono_date(&row, date);
    struct dz_evidence *facts = dz_keep_bytes(&b->keep, n * sizeof *facts);
    if (!facts)
        return;
    n = 0;
    for (size_t i = c->first; i != SIZE_MAX; i = next[i]) {
        const struct dz_chrono_measure *m = &b->measures[i];
        if (!belongs(m, kind))
            continue;
        facts[n++] = m->fact;
        fill(&row.title, m->row.title);
        fill(&row.number, m->row.number);
        fill(&row.instrument, m->row.instrument);
        if (!row.who)
            row.side = m->row.side;
        fill(&row.who, m->row.who);
        fill(&row.place, m->row.place);
        fill(&row.place_text, m->row.place_text);
        fill(&row.sphere, m->row.sphere);
    }
    row.facts = facts;
    row.n_facts = n;
    dz_chrono_emit(b, &row);
}

static void
emit_cluster(struct dz_chrono_builder *b, const struct cluster *c, const size_t *next)
{
    bool dated = false;
    for (size_t i = c->first; i != SIZE_MAX; i = next[i])
        dated = dated || states_any(&b->measures[i]);
    if (!dated) {
        emit(b, c, next, DZ_CHRONO_ADOPTED, true);
        return;
    }
    emit(b, c, next, DZ_CHRONO_ADOPTED, false);
    emit(b, c, next, DZ_CHRONO_EFFECTIVE, false);
    emit(b, c, next, DZ_CHRONO_DEADLINE, false);
}

/* Only facts that share one of three keys can be of one measure, so only those are compared. */
#define KEYS 3

struct key {
    const char *text;
    size_t ix; /* of the measure */
    int kind;
};
struct run {
    size_t from; /* [from, to) of the sorted keys */
    size_t to;
};
struct grouping {
    struct key *keys;
    size_t n_keys;
    struct run (*runs)[KEYS]; /* of each measure */
    size_t *next;             /* of each measure: the next one of its cluster */
    size_t *cluster_of;
    struct cluster *clusters;
    size_t n;
    size_t *looked_at; /* of each cluster: measure that it was last compared with, from 1 */
};

static int
by_key(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    int cmp = strcmp(x->text, y->text);
    return cmp != 0 ? cmp : (x->ix > y->ix) - (x->ix < y->ix);
}

static void
add_key(struct grouping *g, const char *text, size_t ix, int kind)
{
    if (text)
        g->keys[g->n_keys++] = (struct key){text, ix, kind};
}

static void
make_keys(struct dz_chrono_builder *b, struct grouping *g)
{
    for (size_t i = 0; i < b->n_measures; i++) {
        const struct dz_chrono_measure *m = &b->measures[i];
        const struct dz_edtf_bounds *day = &m->at[DZ_CHRONO_ADOPTED];
        add_key(g, m->dates[DZ_CHRONO_DEADLINE], i, 0);
        add_key(g, m->number, i, 1);
        if (!m->stated[DZ_CHRONO_ADOPTED] || day->lo != day->hi || !m->instrument)
            continue;
        DZ_AUTO_FREE char *text = dz_asprintf("%ld %s", (long)day->lo, m->instrument);
        add_key(g, dz_keep_str(&b->keep, text), i, 2);
    }
    if (g->n_keys > 0)
        qsort(g->keys, g->n_keys, sizeof *g->keys, by_key);
    for (size_t i = 0, from = 0; i < g->n_keys; i++) {
        const struct key *k = &g->keys[i], *after = k + 1;
        if (i + 1 < g->n_keys && after->kind == k->kind && strcmp(after->text, k->text) == 0)
            continue;
        for (size_t at = from; at <= i; at++)
            g->runs[g->keys[at].ix][k->kind] = (struct run){from, i + 1};
        from = i + 1;
    }
}

/* The cluster that a fact joins; g->n for none. One that names no issuer and could be of two
 * belongs to none. */
static size_t
find_cluster(const struct dz_chrono_builder *b, struct grouping *g, size_t ix)
{
    size_t found = g->n;
    for (size_t kind = 0; kind < KEYS; kind++) {
        const struct run *run = &g->runs[ix][kind];
        for (size_t at = run->from; at < run->to && g->keys[at].ix < ix; at++) {
            size_t c = g->cluster_of[g->keys[at].ix];
            if (g->looked_at[c] == ix + 1)
                continue;
            g->looked_at[c] = ix + 1;
            if (!joins(b, &g->clusters[c], g->next, ix))
                continue;
            if (b->measures[ix].issuer)
                return c;
            if (found < g->n)
                return g->n;
            found = c;
        }
    }
    return found;
}

void
dz_chrono_measures(struct dz_chrono_builder *b)
{
    size_t n = b->n_measures;
    if (n == 0)
        return;
    qsort(b->measures, n, sizeof *b->measures, by_deadline_and_id);
    struct grouping g = {
        .keys = dz_alloc_array(n, KEYS * sizeof *g.keys),
        .runs = dz_alloc_array(n, sizeof *g.runs),
        .next = dz_alloc_array(n, sizeof *g.next),
        .cluster_of = dz_alloc_array(n, sizeof *g.cluster_of),
        .clusters = dz_alloc_array(n, sizeof *g.clusters),
        .looked_at = dz_alloc_array(n, sizeof *g.looked_at),
    };
    make_keys(b, &g);
    for (size_t i = 0; i < n; i++) {
        g.next[i] = SIZE_MAX;
        size_t at = find_cluster(b, &g, i);
        g.cluster_of[i] = at;
        if (at == g.n) {
            g.clusters[g.n++] = (struct cluster){.first = i, .last = i};
            continue;
        }
        g.next[g.clusters[at].last] = i;
        g.clusters[at].last = i;
    }
    for (size_t i = 0; i < g.n; i++)
        emit_cluster(b, &g.clusters[i], g.next);
    dz_free(g.keys);
    dz_free(g.runs);
    dz_free(g.next);
    dz_free(g.cluster_of);
    dz_free(g.clusters);
    dz_free(g.looked_at);
}

/* ---- reference measures ---- */

static const char *
text_or_null(const char *s)
{
    return s && *s ? s : NULL;
}

/* Does a reference measure concern the place: inside it, or around it? */
static enum dz_reach
reaches(const struct dz_gather *g, const json_t *territory)
{
    enum dz_reach best = json_array_size(territory) == 0 ? DZ_REACH_WIDER : DZ_REACH_NO;
    for (size_t i = 0; i < json_array_size(territory); i++) {
        const char *id = json_string_value(json_array_get(territory, i));
        if (!id)
            continue;
        if (dz_place_within(g->rules, id, g->place))
            return DZ_REACH_IN;
        if (dz_place_within(g->rules, g->place, id))
            best = DZ_REACH_WIDER;
    }
    return best;
}

static bool
names_sphere(const json_t *m, const char *sphere)
{
    const json_t *list = json_object_get(m, "spheres");
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (same(json_string_value(json_array_get(list, i)), sphere))
            return true;
    }
    return false;
}

static void
emit_reference(struct dz_chrono_builder *b, const json_t *m)
{
    const struct dz_gather *g = &b->gather;
    enum dz_reach reach = g->place ? reaches(g, json_object_get(m, "territory")) : DZ_REACH_IN;
    if (reach == DZ_REACH_NO || (g->sphere && !names_sphere(m, g->sphere)))
        return;
    const char *lang = dz_lang_code(dz_lang_get());
    struct dz_chrono_row row = {
        .reference = true,
        .wider = reach == DZ_REACH_WIDER,
        .modality = "",
        .place = json_string_value(json_array_get(json_object_get(m, "territory"), 0)),
        .sphere = json_string_value(json_array_get(json_object_get(m, "spheres"), 0)),
        .means = json_string_value(json_array_get(json_object_get(m, "means"), 0)),
        .who = text_or_null(dz_json_str(json_object_get(m, "issuer"), lang)),
        .side = dz_json_str(m, "side") ? dz_json_str(m, "side") : "",
        .instrument = text_or_null(dz_json_str(json_object_get(m, "instrument"), lang)),
        .number = text_or_null(dz_json_str(m, "number")),
        .ref_id = dz_json_str(m, "id"),
        .ref_summary_en = dz_json_str(json_object_get(m, "summary"), "en"),
        .ref_summary_uk = dz_json_str(json_object_get(m, "summary"), "uk"),
        .ref_source = dz_json_str(m, "source_title"),
        .ref_address = json_string_value(json_array_get(json_object_get(m, "source_address"), 0)),
        .ref_confidence = dz_json_str(m, "confidence"),
    };
    row.measure = row.ref_id;
    const char *deadline = text_or_null(dz_json_str(m, "deadline"));
    row.kind = DZ_CHRONO_ADOPTED;
    dz_chrono_date(&row, text_or_null(dz_json_str(m, "date")));
    if (row.dated || !deadline)
        dz_chrono_emit(b, &row);
    if (!deadline)
        return;
    row.kind = DZ_CHRONO_DEADLINE;
    dz_chrono_date(&row, deadline);
    dz_chrono_emit(b, &row);
}

void
dz_chrono_references(struct dz_chrono_builder *b)
{
    const json_t *table = dz_rules_table(b->gather.rules, "measures");
    for (size_t i = 0; i < json_array_size(table); i++)
        emit_reference(b, json_array_get(table, i));
}
