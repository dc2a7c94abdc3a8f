#include "dz_summary.h"

#include <stdlib.h>
#include <string.h>

#include "dz_disclosure.h"
#include "dz_json.h"
#include "summary_impl.h"

enum dz_code
dz_summary_begin(struct dz_summary_builder *b, const struct dz_origins *o,
                 const struct dz_rules *rules, const struct dz_scope *scope, struct dz_err *err)
{
    *b = (struct dz_summary_builder){
        .scope = scope, .first_day = INT32_MAX, .last_day = INT32_MIN};
    b->arena.max_bytes = DZ_VIEW_BYTES_MAX;
    b->keep.arena = &b->arena;
    return dz_gather_open(o, rules, scope, &b->gather, err);
}

void
dz_summary_builder_done(struct dz_summary_builder *b)
{
    dz_free(b->facts);
    dz_free(b->spheres.marks);
    dz_free(b->means.marks);
    dz_free(b->places.marks);
    dz_free(b->stances.marks);
    dz_arena_done(&b->arena);
    *b = (struct dz_summary_builder){0};
}

static void
mark(struct dz_summary_builder *b, struct dz_summary_table *t, const char *code, size_t order)
{
    t->marks = dz_grow(t->marks, &t->cap, t->n + 1, sizeof *t->marks);
    t->marks[t->n++] = (struct dz_summary_mark){(uint32_t)b->n, (uint32_t)order, code};
}

static void
mark_codes(struct dz_summary_builder *b, struct dz_summary_table *t, const char *list,
           const struct dz_fact_row *fact)
{
    size_t n;
    const char *const *ids = dz_rules_ids(b->gather.rules, list, &n);
    for (size_t i = 0; ids && i < n; i++) {
        if (dz_fact_has_code(fact, list, ids[i]))
            mark(b, t, ids[i], i);
    }
}

static void
take_act(struct dz_summary_builder *b, const struct dz_fact_row *fact)
{
    mark_codes(b, &b->spheres, "sphere", fact);
    mark_codes(b, &b->means, "means", fact);
    const char *text;
    const char *place = dz_fact_place(b->gather.rules, fact, &text);
    if (place)
        mark(b, &b->places, place, 0);
    b->s.n_unplaced_acts += place == NULL;
    b->s.n_undated_acts += !fact->has_date;
}

static void
take_stance(struct dz_summary_builder *b, const struct dz_fact_row *fact)
{
    size_t n;
    const char *stance = dz_json_str(fact->body, "stance");
    const char *const *ids = dz_rules_ids(b->gather.rules, "stance", &n);
    for (size_t i = 0; stance && ids && i < n; i++) {
        if (strcmp(stance, ids[i]) == 0)
            mark(b, &b->stances, ids[i], i);
    }
}

enum dz_code
dz_summary_take(void *ctx, const struct dz_fact_row *fact, struct dz_err *err)
{
    struct dz_summary_builder *b = ctx;
    const char *text;
    if (dz_gather_where(&b->gather, fact) != DZ_REACH_IN ||
        !dz_gather_when(&b->gather, fact->has_date, fact->lo, fact->hi) ||
        (b->gather.place && !dz_fact_place(b->gather.rules, fact, &text)) ||
        !dz_gather_wants(&b->gather, fact))
        return DZ_OK;
    bool act = strcmp(fact->kind, "act") == 0;
    if (act)
        take_act(b, fact);
    if (strcmp(fact->kind, "statement") == 0)
        take_stance(b, fact);
    bool dated = fact->has_date && (act || strcmp(fact->kind, "measure") == 0);
    if (dated && fact->lo != DZ_EDTF_MIN_DAY && fact->lo < b->first_day) {
        b->first_day = fact->lo;
        b->s.first_date = dz_keep_str(&b->keep, fact->date);
    }
    if (dated && fact->hi != DZ_EDTF_MAX_DAY && fact->hi > b->last_day) {
        b->last_day = fact->hi;
        b->s.last_date = dz_keep_str(&b->keep, fact->date);
    }
    struct dz_summary_fact f = {.specific = dz_fact_specific(fact)};
    dz_keep_evidence(&b->keep, b->gather.origins, fact, &f.fact);
    b->s.n_conflicts += f.fact.conflict;
    b->facts = dz_grow(b->facts, &b->cap, b->n + 1, sizeof *b->facts);
    b->facts[b->n++] = f;
    return dz_keep_ok(&b->keep, err);
}

/* ---- tables ---- */

static int
by_code(const void *a, const void *b)
{
    const struct dz_summary_mark *x = a, *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    int cmp = strcmp(x->code, y->code);
    return cmp != 0 ? cmp : (x->fact > y->fact) - (x->fact < y->fact);
}

static void
count_code(const struct dz_summary_builder *b, const struct dz_summary_mark *marks, size_t n,
           struct dz_code_count *ret)
{
    const struct dz_evidence **list = dz_alloc_array(n, sizeof *list);
    bool *specific = dz_alloc_array(n, sizeof *specific);
    for (size_t i = 0; i < n; i++) {
        list[i] = &b->facts[marks[i].fact].fact;
        specific[i] = b->facts[marks[i].fact].specific;
    }
    struct dz_tally t = dz_tally_acts(list, specific, n);
    *ret = (struct dz_code_count){
        .code = marks[0].code,
        .n_events = t.n_events,
        .n_claims = t.n_claims,
        .n_denied = t.n_denied,
        .n_announced = t.n_announced,
        .counts = dz_evidence_count(list, n),
    };
    dz_free(specific);
    dz_free(list);
}

static struct dz_code_count *
make_table(struct dz_summary_builder *b, struct dz_summary_table *t, size_t *ret_n)
{
    size_t n = 0;
    if (t->n > 0)
        qsort(t->marks, t->n, sizeof *t->marks, by_code);
    for (size_t i = 0; i < t->n; i++)
        n += i == 0 || strcmp(t->marks[i].code, t->marks[i - 1].code) != 0;
    struct dz_code_count *rows = dz_keep_bytes(&b->keep, n * sizeof *rows);
    *ret_n = 0;
    for (size_t i = 0, from = 0; rows && i < t->n; i++) {
        if (i + 1 < t->n && strcmp(t->marks[i + 1].code, t->marks[i].code) == 0)
            continue;
        count_code(b, &t->marks[from], i + 1 - from, &rows[(*ret_n)++]);
        from = i + 1;
    }
    return rows;
}

static struct dz_counts
count_kind(const struct dz_summary_builder *b, const char *kind, struct dz_tally *ret_tally)
{
    const struct dz_evidence **list = dz_alloc_array(b->n, sizeof *list);
    bool *specific = dz_alloc_array(b->n, sizeof *specific);
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++) {
        if (kind && strcmp(b->facts[i].fact.kind, kind) != 0)
            continue;
        specific[n] = b->facts[i].specific;
        list[n++] = &b->facts[i].fact;
    }
    struct dz_counts c = dz_evidence_count(list, n);
    if (ret_tally)
        *ret_tally = dz_tally_acts(list, specific, n);
    dz_free(specific);
    dz_free(list);
    return c;
}

/* Rows of spheres with the numbers of acts that are only counted; a sphere of which nothing else is
 * known gets one where its number is told. */
static void
add_counted(struct dz_summary_builder *b, struct dz_summary *s)
{
    size_t n = 0, n_ids, old = 0;
    const char *const *ids = dz_rules_ids(b->gather.rules, "sphere", &n_ids);
    struct dz_code_count *list = dz_keep_bytes(&b->keep, n_ids * sizeof *list);
    struct dz_disclosure_told all = dz_disclosure_tell_scope(b->gather.rules, b->scope, NULL);
    s->n_unpublished_acts = all.n;
    s->withheld_acts = all.withheld;
    for (size_t i = 0; list && i < n_ids; i++) {
        bool have = old < s->n_spheres && strcmp(s->spheres[old].code, ids[i]) == 0;
        bool asked = !b->gather.sphere || strcmp(b->gather.sphere, ids[i]) == 0;
        struct dz_disclosure_told t = {0};
        if (asked)
            t = dz_disclosure_tell_scope(b->gather.rules, b->scope, ids[i]);
        if (!have && t.n == 0)
            continue;
        list[n] = have ? s->spheres[old++] : (struct dz_code_count){.code = ids[i]};
        list[n].n_unpublished = t.n;
        list[n++].withheld = t.withheld;
    }
    s->spheres = list;
    s->n_spheres = list ? n : 0;
}

enum dz_code
dz_summary_end(struct dz_summary_builder *b, struct dz_summary *ret, struct dz_err *err)
{
    struct dz_summary s = b->s;
    struct dz_tally acts;
    s.acts = count_kind(b, "act", &acts);
    s.measures = count_kind(b, "measure", NULL);
    s.figures = count_kind(b, "figure", NULL);
    s.statements = count_kind(b, "statement", NULL);
    s.all = count_kind(b, NULL, NULL);
    s.n_events = acts.n_events;
    s.n_claims = acts.n_claims;
    s.n_denied = acts.n_denied;
    s.n_announced = acts.n_announced;
    s.spheres = make_table(b, &b->spheres, &s.n_spheres);
    s.means = make_table(b, &b->means, &s.n_means);
    s.places = make_table(b, &b->places, &s.n_places);
    s.stances = make_table(b, &b->stances, &s.n_stances);
    if (b->scope && b->scope->counted)
        add_counted(b, &s);
    s.n_withheld = b->gather.n_withheld;
    struct dz_origins_tally sources = dz_origins_tally(b->gather.origins);
    s.n_sources = sources.n;
    s.n_sources_without_text = sources.n_without_text;
    s.n_sources_unstated = sources.n_unstated;
    s.n_source_origins = sources.n_roots;
    s.n_sources_used = s.all.n_sources;
    DZ_TRY(dz_keep_ok(&b->keep, err));
    s.arena = b->arena;
    b->arena = (struct dz_arena){0};
    *ret = s;
    return DZ_OK;
}

enum dz_code
dz_summary_of(const struct dz_origins *o, const struct dz_rules *rules,
              const struct dz_fact_row *rows, size_t n, const struct dz_scope *scope,
              struct dz_summary *ret, struct dz_err *err)
{
    DZ_CLEANUP(dz_summary_builder_done) struct dz_summary_builder b;
    DZ_TRY(dz_summary_begin(&b, o, rules, scope, err));
    for (size_t i = 0; i < n; i++)
        DZ_TRY(dz_summary_take(&b, &rows[i], err));
    return dz_summary_end(&b, ret, err);
}

void
dz_summary_done(struct dz_summary *s)
{
    dz_arena_done(&s->arena);
    *s = (struct dz_summary){0};
}
