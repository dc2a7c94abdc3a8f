#include "analysis_impl.h"

#include <stdlib.h>
#include <string.h>

#include "dz_json.h"
#include "dz_text.h"

/* ---- keeping ---- */

void *
dz_keep_bytes(struct dz_keeper *k, size_t n)
{
    void *p = k->full ? NULL : dz_arena_alloc(k->arena, n > 0 ? n : 1);
    if (!p)
        k->full = true;
    return p;
}

const char *
dz_keep_view(struct dz_keeper *k, struct dz_view v)
{
    if (v.n == 0 || k->full)
        return NULL;
    const char *p = dz_arena_strndup(k->arena, v.p, v.n);
    if (!p)
        k->full = true;
    return p;
}

const char *
dz_keep_str(struct dz_keeper *k, const char *s)
{
    if (!s || k->full)
        return NULL;
    const char *p = dz_arena_strndup(k->arena, s, strlen(s));
    if (!p)
        k->full = true;
    return p;
}

const char *
dz_keep_fold(struct dz_keeper *k, const char *s)
{
    DZ_AUTO_BUF struct dz_buf fold = DZ_BUF(8192);
    if (s)
        dz_text_fold(dz_view_trim(dz_view_of(s)), &fold);
    /* What is too long to fold is compared as it stands. */
    return fold.failed ? dz_keep_str(k, s) : dz_keep_view(k, dz_buf_view(&fold));
}

enum dz_code
dz_keep_ok(const struct dz_keeper *k, struct dz_err *err)
{
    if (!k->full)
        return DZ_OK;
    return dz_fail(
        err, DZ_E_LIMIT,
        "the answer is too large to be held in memory: narrow it by place, sphere or period");
}

/* Strings that a caller may rely on not being NULL stay so past the ceiling too. */
static const char *
sure(const char *s)
{
    return s ? s : "";
}

void
dz_keep_evidence(struct dz_keeper *k, const struct dz_origins *o, const struct dz_fact_row *row,
                 struct dz_evidence *ret)
{
    DZ_AUTO_BUF struct dz_buf origin = DZ_BUF(8192);
    dz_origin_key(o, row, &origin);
    *ret = (struct dz_evidence){
        .id = sure(dz_keep_str(k, row->id)),
        .kind = sure(dz_keep_str(k, row->kind)),
        .modality = sure(dz_keep_str(k, row->modality)),
        .origin = sure(dz_keep_view(k, dz_buf_view(&origin))),
        .said_by = dz_keep_str(k, dz_fact_said_by(row)),
        .via = dz_keep_str(k, dz_json_str(row->body, "via")),
        .reviewed = row->reviewed,
        .bulk = row->bulk,
        .conflict = row->state && strcmp(row->state, "conflict") == 0,
    };
    struct dz_passage *list = dz_keep_bytes(k, row->n_passages * sizeof *list);
    for (size_t i = 0; list && i < row->n_passages; i++) {
        const struct dz_passage *p = &row->passages[i];
        list[i] = (struct dz_passage){
            .source = sure(dz_keep_str(k, p->source)),
            .text_sha256 = sure(dz_keep_str(k, p->text_sha256)),
            .start = p->start,
            .end = p->end,
            .exact = sure(dz_keep_str(k, p->exact)),
            .prefix = sure(dz_keep_str(k, p->prefix)),
            .suffix = sure(dz_keep_str(k, p->suffix)),
            .translation = dz_keep_str(k, p->translation),
            .state = p->state,
            .confirmed = dz_keep_str(k, p->confirmed),
        };
    }
    ret->passages = list;
    ret->n_passages = list ? row->n_passages : 0;
}

enum dz_code
dz_evidence_take(const struct dz_origins *o, const struct dz_fact_row *row, struct dz_arena *arena,
                 struct dz_evidence *ret, struct dz_err *err)
{
    struct dz_keeper k = {.arena = arena};
    struct dz_evidence e;
    dz_keep_evidence(&k, o, row, &e);
    DZ_TRY(dz_keep_ok(&k, err));
    *ret = e;
    return DZ_OK;
}

/* ---- reading a fact ---- */

static bool
list_has(const json_t *list, const char *code)
{
    if (json_is_string(list))
        return strcmp(json_string_value(list), code) == 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *item = json_string_value(json_array_get(list, i));
        if (item && strcmp(item, code) == 0)
            return true;
    }
    return false;
}

bool
dz_fact_has_code(const struct dz_fact_row *row, const char *list, const char *code)
{
    bool sphere = strcmp(list, "sphere") == 0;
    const char *main_code = sphere ? row->sphere : row->means;
    if (main_code && strcmp(main_code, code) == 0)
        return true;
    return list_has(json_object_get(row->body, sphere ? "spheres" : "means"), code) ||
           list_has(json_object_get(row->body, "also"), code);
}

bool
dz_fact_specific(const struct dz_fact_row *row)
{
    const char *scope = dz_json_str(row->body, "scope");
    return scope && strcmp(scope, "specific_event") == 0;
}

const char *
dz_fact_said_by(const struct dz_fact_row *row)
{
    static const char *const names[] = {"asserted_by", "speaker", "office", "issuer"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *s = dz_json_str(row->body, names[i]);
        if (s && *s)
            return s;
    }
    return NULL;
}

/* The one place that a written name can mean; ambiguous names mean none. */
static const struct dz_place *
place_named(const struct dz_rules *rules, const char *text)
{
    if (!text || !*text)
        return NULL;
    const struct dz_place *p = dz_place_by_id(rules, text);
    if (p)
        return p;
    const struct dz_place *found[2];
    return dz_place_lookup(rules, dz_view_of(text), found, 2) == 1 ? found[0] : NULL;
}

const char *
dz_fact_place(const struct dz_rules *rules, const struct dz_fact_row *row, const char **ret_text)
{
    static const char *const words[] = {"place_text", "territory_text", "place", "territory"};
    const struct dz_place *p = dz_place_by_id(rules, row->place ? row->place : "");
    const char *text = NULL;
    for (size_t i = 0; i < sizeof words / sizeof *words && !text; i++) {
        const char *s = dz_json_str(row->body, words[i]);
        if (s && *s && !dz_place_by_id(rules, s))
            text = s;
    }
    *ret_text = text;
    if (p)
        return p->id;
    static const char *const ids[] = {"place_id", "territory_id", "place", "territory"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        p = place_named(rules, dz_json_str(row->body, ids[i]));
        if (p)
            return p->id;
    }
    return NULL;
}

enum dz_standing
dz_modality_standing(const char *modality)
{
    if (strcmp(modality, "denied") == 0)
        return DZ_DENIES;
    if (strcmp(modality, "announced") == 0 || strcmp(modality, "planned") == 0)
        return DZ_ANNOUNCES;
    return DZ_STANDS;
}

/* ---- narrowing ---- */

enum dz_code
dz_gather_open(const struct dz_origins *o, const struct dz_rules *rules,
               const struct dz_scope *scope, struct dz_gather *ret, struct dz_err *err)
{
    struct dz_gather g = {.origins = o, .rules = rules};
    if (scope) {
        g.place = scope->place;
        g.sphere = scope->sphere;
        g.without_bulk = scope->without_bulk;
    }
    if (g.place && !dz_place_by_id(rules, g.place))
        return dz_fail(err, DZ_E_INPUT, "place '%s': the gazetteer has no such place: give its id",
                       g.place);
    if (g.sphere && !dz_rules_has(rules, "sphere", g.sphere))
        return dz_fail(err, DZ_E_INPUT, "sphere '%s': the codebook has no such sphere", g.sphere);
    if (scope && scope->period) {
        struct dz_edtf *e = NULL;
        if (dz_edtf_parse(dz_view_of(scope->period), &e, err) != DZ_OK)
            return dz_while(err, "period '%s'", scope->period);
        g.period = dz_edtf_get_bounds(e);
        g.has_period = true;
        dz_edtf_free(e);
    }
    *ret = g;
    return DZ_OK;
}

bool
dz_gather_wants(struct dz_gather *g, const struct dz_fact_row *row)
{
    if (row->state && strcmp(row->state, "withdrawn") == 0)
        return false;
    if (g->without_bulk && row->bulk && !row->reviewed)
        return false;
    if (g->sphere && !dz_fact_has_code(row, "sphere", g->sphere))
        return false;
    for (size_t i = 0; i < row->n_passages; i++) {
        if (dz_origins_personal(g->origins, row->passages[i].source)) {
            g->n_withheld++;
            return false;
        }
    }
    return true;
}

bool
dz_gather_when(const struct dz_gather *g, bool dated, int32_t lo, int32_t hi)
{
    if (!g->has_period)
        return true;
    return dated && lo <= g->period.hi && hi >= g->period.lo;
}

enum dz_reach
dz_gather_where(const struct dz_gather *g, const struct dz_fact_row *row)
{
    if (!g->place)
        return DZ_REACH_IN;
    const char *text;
    const char *place = dz_fact_place(g->rules, row, &text);
    if (!place)
        return DZ_REACH_WIDER;
    if (dz_place_within(g->rules, place, g->place))
        return DZ_REACH_IN;
    return dz_place_within(g->rules, g->place, place) ? DZ_REACH_WIDER : DZ_REACH_NO;
}

/* ---- counting ---- */

static int
by_passage(const void *a, const void *b)
{
    const struct dz_passage *x = *(const struct dz_passage *const *)a;
    const struct dz_passage *y = *(const struct dz_passage *const *)b;
    int cmp = strcmp(x->source, y->source);
    if (cmp == 0)
        cmp = strcmp(x->text_sha256, y->text_sha256);
    if (cmp == 0)
        cmp = (x->start > y->start) - (x->start < y->start);
    return cmp != 0 ? cmp : (x->end > y->end) - (x->end < y->end);
}

static int
by_string(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t
distinct_strings(const char **list, size_t n)
{
    size_t distinct = n > 0;
    qsort(list, n, sizeof *list, by_string);
    for (size_t i = 1; i < n; i++)
        distinct += strcmp(list[i], list[i - 1]) != 0;
    return distinct;
}

/* All passages of some facts, sorted; caller frees. */
static const struct dz_passage **
passages_of(const struct dz_evidence *const *facts, size_t n, size_t *ret_n)
{
    size_t total = 0, at = 0;
    for (size_t i = 0; i < n; i++)
        total += facts[i]->n_passages;
    const struct dz_passage **list = dz_alloc_array(total, sizeof *list);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < facts[i]->n_passages; k++)
            list[at++] = &facts[i]->passages[k];
    }
    qsort(list, total, sizeof *list, by_passage);
    *ret_n = total;
    return list;
}

struct dz_counts
dz_evidence_count(const struct dz_evidence *const *facts, size_t n)
{
    struct dz_counts c = {.n_facts = n};
    size_t total;
    const struct dz_passage **passages = passages_of(facts, n, &total);
    for (size_t i = 0; i < total; i++) {
        c.n_passages += i == 0 || by_passage(&passages[i], &passages[i - 1]) != 0;
        c.n_sources += i == 0 || strcmp(passages[i]->source, passages[i - 1]->source) != 0;
    }
    dz_free(passages);
    const char **origins = dz_alloc_array(n, sizeof *origins);
    for (size_t i = 0; i < n; i++) {
        origins[i] = facts[i]->origin;
        c.n_unreviewed += facts[i]->bulk && !facts[i]->reviewed;
    }
    c.n_origins = distinct_strings(origins, n);
    dz_free(origins);
    return c;
}

size_t
dz_count_passages(const struct dz_evidence *const *facts, size_t n)
{
    size_t total, distinct = 0;
    const struct dz_passage **passages = passages_of(facts, n, &total);
    for (size_t i = 0; i < total; i++)
        distinct += i == 0 || by_passage(&passages[i], &passages[i - 1]) != 0;
    dz_free(passages);
    return distinct;
}

struct dz_tally
dz_tally_acts(const struct dz_evidence *const *facts, const bool *specific, size_t n)
{
    struct dz_tally t = {0};
    size_t *const columns[] = {&t.n_events, &t.n_claims, &t.n_denied, &t.n_announced};
    const struct dz_evidence **chosen = dz_alloc_array(n, sizeof *chosen);
    for (size_t column = 0; column < 4; column++) {
        size_t n_chosen = 0;
        for (size_t i = 0; i < n; i++) {
            enum dz_standing s = dz_modality_standing(facts[i]->modality);
            size_t belongs = s == DZ_DENIES ? 2 : s == DZ_ANNOUNCES ? 3 : specific[i] ? 0 : 1;
            if (belongs == column)
                chosen[n_chosen++] = facts[i];
        }
        *columns[column] = dz_count_passages(chosen, n_chosen);
    }
    dz_free(chosen);
    return t;
}
