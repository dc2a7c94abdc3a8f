/* From a vault to the content of a report: what may be shown, and in what precision. */
#include <string.h>

#include "dz_disclosure.h"
#include "dz_edtf.h"
#include "dz_json.h"
#include "dz_label.h"
#include "dz_lineage.h"
#include "dz_mask.h"
#include "dz_public_words.h"
#include "dz_source.h"
#include "dz_tr.h"
#include "dz_where.h"
#include "report_impl.h"

enum dz_report_refusal
dz_report_judge(const char *basis, const char *access, bool for_publication)
{
    if (access != NULL && strcmp(access, "open") != 0)
        return DZ_REPORT_NOT_OPEN;
    return for_publication && !dz_basis_is_public(basis) ? DZ_REPORT_NOT_PUBLIC : DZ_REPORT_SHOW;
}

/* ---- collecting ---- */

struct collector {
    struct dz_vault *v;
    struct dz_masks masks; /* for publication: names that are withheld */
    struct dz_report_content *c;
    struct dz_origins *origins;
    struct dz_disclosure *disclosure; /* for publication: what may be shown, what is counted */
    size_t cap_sources;
    size_t cap_facts;
    bool full; /* the ceiling of memory was reached */
};

static const char *
keep(struct collector *k, const char *s)
{
    if (s == NULL || k->full)
        return NULL;
    const char *copy = dz_arena_strndup(&k->c->arena, s, strlen(s));
    k->full = copy == NULL;
    return copy;
}

/* What masking left of some words: what has to be masked as well is. */
static bool
look_for_leaks(struct collector *k, const char *item, const char *field, struct dz_buf *words)
{
    DZ_AUTO_BUF struct dz_buf left = DZ_BUF(1u << 20);
    struct dz_leaks *leaks = k->c->opts.leaks;
    if (leaks == NULL ||
        !dz_leaks_look(leaks, item, field, dz_buf_view(words), DZ_LEAK_FIELD, &left))
        return false;
    dz_buf_reset(words);
    dz_buf_addv(words, dz_buf_view(&left));
    return true;
}

/* The words of a source, as they may be shown. */
static const char *
keep_field(struct collector *k, const char *source, const char *field, const char *s)
{
    if (s == NULL || !k->c->opts.for_publication)
        return keep(k, s);
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(1u << 20);
    dz_masks_apply(&k->masks, source, s, &words);
    look_for_leaks(k, source, field, &words);
    k->full = k->full || words.failed;
    return keep(k, words.p != NULL ? words.p : "");
}

static const char *
keep_words(struct collector *k, const char *source, const char *s)
{
    return keep_field(k, source, "quote", s);
}

/* Names of private persons, also in what is not shown: who spoke in a testimony is not to be met in
 * an article. What is to be shown and cannot be read stops the report. */
static enum dz_code
learn_names(void *ctx, const struct dz_source_row *row, struct dz_err *err)
{
    struct collector *k = ctx;
    if (row->text_sha256 == NULL)
        return DZ_OK;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_TEXT_MAX);
    DZ_TRY(dz_source_text_version(k->v, row->id, row->text_sha256, &text, err));
    enum dz_code code =
        dz_masks_learn(&k->masks, k->c->rules, row->id, dz_buf_view(&text), row->language, err);
    bool shown = dz_report_judge(row->basis, row->access, true) == DZ_REPORT_SHOW;
    return !shown && (code == DZ_E_LIMIT || code == DZ_E_INPUT) ? DZ_OK : code;
}

static enum dz_code
too_much(struct dz_err *err)
{
    return dz_fail(err, DZ_E_LIMIT,
                   "report: too much for one report: narrow it by place or period");
}

static enum dz_code
take_source(void *ctx, const struct dz_source_row *row, struct dz_err *err)
{
    struct collector *k = ctx;
    struct dz_report_content *c = k->c;
    switch (dz_report_judge(row->basis, row->access, c->opts.for_publication)) {
    case DZ_REPORT_NOT_OPEN:
        c->left_out_access = true;
        return DZ_OK;
    case DZ_REPORT_NOT_PUBLIC:
        c->left_out_basis = true;
        return DZ_OK;
    case DZ_REPORT_SHOW:
        break;
    }
    c->sources = dz_grow(c->sources, &k->cap_sources, c->n_sources + 1, sizeof *c->sources);
    c->sources[c->n_sources++] = (struct dz_report_source){
        .id = keep(k, row->id),
        .name = keep_field(k, row->id, "name", row->name),
        .title = keep_field(k, row->id, "title", row->title),
        .publisher = keep_field(k, row->id, "publisher", row->publisher),
        .author = c->opts.for_publication && row->author_is_claim
                      ? NULL
                      : keep_field(k, row->id, "author", row->author),
        .published = keep(k, row->published),
        .published_by = keep(k, row->published_by),
        .address = keep(k, row->address),
        .language = keep(k, row->language),
        .basis = keep(k, row->basis != NULL ? row->basis : "unstated"),
        .access = keep(k, row->access),
        .reliability = keep(k, row->reliability),
        .media_type = keep(k, row->media_type),
        .sha256 = keep(k, row->sha256),
        .text_sha256 = keep(k, row->text_sha256),
        .extractor = keep(k, row->extractor),
        .added = keep(k, row->added),
        .added_by = keep(k, row->added_by),
        .size_bytes = row->size_bytes,
        .text_chars = row->text_chars,
        .has_text = row->text_sha256 != NULL,
    };
    dz_origins_add(k->origins, row);
    return k->full ? too_much(err) : DZ_OK;
}

/* A fact is shown when every source that it rests on may be shown: its fields may stem from any.
 * Consent is the affair of the views, which hold such facts back and say how many. */
static bool
may_show(const struct collector *k, const struct dz_fact_row *row)
{
    for (size_t i = 0; i < row->n_passages; i++) {
        if (dz_origins_source(k->origins, row->passages[i].source) == NULL)
            return false;
    }
    return true;
}

/* What stands before or behind a quote is cut after so many characters. In public the word that was
 * cut goes: it may be half a name, which nothing would know as one. */
static const char *
keep_around(struct collector *k, const char *source, const char *s, bool before)
{
    if (s == NULL || !k->c->opts.for_publication)
        return keep_words(k, source, s);
    size_t n = strlen(s), from = before ? strcspn(s, " \n\t") : 0;
    while (!before && n > 0 && strchr(" \n\t", s[n - 1]) == NULL)
        n--;
    DZ_AUTO_FREE char *whole = dz_strndup(s + from, n - from);
    return keep_words(k, source, whole);
}

static const struct dz_passage *
keep_passages(struct collector *k, const struct dz_fact_row *row)
{
    struct dz_passage *out = dz_arena_alloc(&k->c->arena, row->n_passages * sizeof *out);
    if (out == NULL) {
        k->full = true;
        return NULL;
    }
    for (size_t i = 0; i < row->n_passages; i++) {
        const struct dz_passage *from = &row->passages[i];
        out[i] = (struct dz_passage){.source = keep(k, from->source),
                                     .text_sha256 = keep(k, from->text_sha256),
                                     .start = from->start,
                                     .end = from->end,
                                     .exact = keep_words(k, from->source, from->exact),
                                     .prefix = keep_around(k, from->source, from->prefix, true),
                                     .suffix = keep_around(k, from->source, from->suffix, false),
                                     .translation = keep_words(k, from->source, from->translation),
                                     .state = from->state,
                                     .confirmed = keep(k, from->confirmed)};
    }
    return out;
}

/* What is not shown need not be decided: ids and codes, and what coders write to each other. */
static bool
is_shown(const char *key)
{
    static const char *const keys[] = {"id",  "suggestion", "rule", "codebook", "clock", "revises",
                                       "log", "time",       "member", "note",   "tags", "passages"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i], key) == 0)
            return false;
    return true;
}

/* One value: another one where the scan masked something, else NULL. Words also stand inside lists
 * and objects. */
static json_t *
scan_value(struct collector *k, const char *item, const char *field, json_t *value)
{
    if (json_is_string(value)) {
        DZ_AUTO_BUF struct dz_buf words = DZ_BUF(1u << 20);
        dz_buf_adds(&words, json_string_value(value));
        bool masked = words.n > 0 && look_for_leaks(k, item, field, &words);
        return masked ? json_stringn(words.p, words.n) : NULL;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        json_t *other = scan_value(k, item, field, json_array_get(value, i));
        if (other != NULL)
            json_array_set_new(value, i, other);
    }
    const char *key;
    void *next;
    json_t *part;
    json_object_foreach_safe(value, next, key, part)
    {
        json_t *other = is_shown(key) ? scan_value(k, item, key, part) : NULL;
        if (other != NULL)
            json_object_set_new(value, key, other);
    }
    return NULL;
}

static enum dz_code
take_fact(void *ctx, const struct dz_fact_row *row, struct dz_err *err)
{
    struct collector *k = ctx;
    struct dz_report_content *c = k->c;
    if (c->opts.for_publication && dz_disclosure_of(k->disclosure, row) == DZ_DISCLOSED_COUNTED)
        dz_disclosure_count(k->disclosure, row);
    if (!may_show(k, row))
        return DZ_OK;
    c->facts = dz_grow(c->facts, &k->cap_facts, c->n_facts + 1, sizeof *c->facts);
    struct dz_report_fact *f = &c->facts[c->n_facts++];
    f->body = json_deep_copy(row->body);
    if (c->opts.for_publication)
        dz_public_mask_fact(&k->masks, row, f->body);
    f->row = *row;
    f->row.id = keep(k, row->id);
    f->row.kind = keep(k, row->kind);
    f->row.state = keep(k, row->state);
    f->row.ref = keep(k, row->ref);
    f->row.sphere = keep(k, row->sphere);
    f->row.means = keep(k, row->means);
    f->row.place = keep(k, row->place);
    f->row.date = keep(k, row->date);
    f->row.modality = keep(k, row->modality);
    f->row.suggestion = keep(k, row->suggestion);
    f->row.coder = keep(k, row->coder);
    f->row.recorded = keep(k, row->recorded);
    f->row.body = f->body;
    f->row.passages = keep_passages(k, row);
    if (c->opts.for_publication && !k->full)
        dz_disclosure_narrow(k->disclosure, &f->row, f->body);
    if (c->opts.for_publication)
        (void)scan_value(k, row->id, "", f->body);
    return k->full ? too_much(err) : DZ_OK;
}

#define QUARTERS_PAST 24 /* more months than this are shown as quarters */

static enum dz_code
build_views(struct dz_report_content *c, const struct dz_origins *origins,
            const struct dz_disclosure *counted, struct dz_err *err)
{
    DZ_AUTO_FREE struct dz_fact_row *rows = dz_alloc_array(c->n_facts, sizeof *rows);
    for (size_t i = 0; i < c->n_facts; i++)
        rows[i] = c->facts[i].row;
    c->opts.scope.for_publication = c->opts.for_publication;
    c->opts.scope.counted = counted;
    const struct dz_report_opts *o = &c->opts;
    DZ_TRY(dz_summary_of(origins, c->rules, rows, c->n_facts, &o->scope, &c->summary, err));
    DZ_TRY(dz_figures_of(origins, c->rules, rows, c->n_facts, &o->scope, &c->figures, err));
    struct dz_chronology_opts chrono = {.scope = o->scope, .with_reference = !o->without_reference};
    DZ_TRY(dz_chronology_of(origins, c->rules, rows, c->n_facts, &chrono, &c->chronology, err));
    struct dz_matrix_opts matrix = {.scope = o->scope, .level = o->level, .step = o->step};
    DZ_TRY(dz_matrix_of(origins, c->rules, rows, c->n_facts, &matrix, &c->matrix, err));
    if (o->step == DZ_STEP_MONTH && c->matrix.n_periods > QUARTERS_PAST) {
        dz_matrix_done(&c->matrix);
        c->matrix = (struct dz_matrix){0};
        matrix.step = DZ_STEP_QUARTER;
        DZ_TRY(dz_matrix_of(origins, c->rules, rows, c->n_facts, &matrix, &c->matrix, err));
    }
    return DZ_OK;
}

/* Page, minute, message or cell of every quote: said later, in the language of the report. */
static enum dz_code
find_places(struct collector *k, struct dz_err *err)
{
    DZ_AUTO_WHERE struct dz_where w = {.v = k->v};
    for (size_t i = 0; i < k->c->n_quotes; i++) {
        struct dz_report_quote *q = &k->c->quotes[i];
        const struct dz_passage *p = q->passage;
        DZ_AUTO_BUF struct dz_buf marks = DZ_BUF(1u << 16);
        DZ_TRY(dz_where_marks(&w, p->source, p->text_sha256, p->start, p->end, &marks, err));
        DZ_AUTO_BUF struct dz_buf narrow = DZ_BUF(1u << 16);
        dz_labels_narrow(dz_buf_view(&marks), &narrow);
        const struct dz_buf *shown = k->c->opts.for_publication ? &narrow : &marks;
        if (shown->n > 0)
            q->marks = dz_view_of(keep_words(k, p->source, shown->p));
    }
    return DZ_OK;
}

enum dz_code
dz_report_collect(struct dz_vault *v, const struct dz_rules *rules,
                  const struct dz_report_opts *opts, struct dz_report_content *ret,
                  struct dz_err *err)
{
    ret->opts = *opts;
    ret->rules = rules;
    ret->arena.max_bytes = DZ_VIEW_BYTES_MAX;
    ret->version = dz_vault_version(v, ret->hash);
    struct collector k = {.v = v, .c = ret, .origins = dz_origins_new(rules)};
    DZ_AUTO_LINEAGE struct dz_lineage lineage = {0};
    if (opts->leaks != NULL)
        dz_leaks_teach(opts->leaks, &k.masks);
    enum dz_code code = DZ_OK;
    if (opts->for_publication)
        code = dz_disclosure_load(v, rules, &k.disclosure, err);
    /* All names are learned before any words are kept: a name may stand where it was not told. */
    if (code == DZ_OK && opts->for_publication)
        code = dz_sources_each(v, NULL, learn_names, &k, err);
    if (code == DZ_OK && opts->leaks != NULL)
        dz_leaks_learn(opts->leaks, &k.masks);
    if (code == DZ_OK)
        code = dz_sources_each(v, NULL, take_source, &k, err);
    if (code == DZ_OK)
        code = dz_lineage_build(v, rules, false, NULL, &lineage, err);
    if (code == DZ_OK)
        dz_origins_derive(k.origins, &lineage);
    if (code == DZ_OK)
        code = dz_facts_each(v, NULL, take_fact, &k, err);
    if (code == DZ_OK && opts->for_publication)
        dz_disclosure_settle(k.disclosure);
    if (code == DZ_OK)
        code = build_views(ret, k.origins, k.disclosure, err);
    ret->opts.scope.counted = NULL;
    if (code == DZ_OK)
        code = dz_report_number(ret, err);
    if (code == DZ_OK)
        code = find_places(&k, err);
    dz_disclosure_free(k.disclosure);
    dz_origins_free(k.origins);
    dz_masks_done(&k.masks);
    return code;
}
