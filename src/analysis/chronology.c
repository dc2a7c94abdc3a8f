#include "dz_chronology.h"

#include <stdlib.h>
#include <string.h>

#include "chronology_impl.h"
#include "dz_disclosure.h"
#include "dz_json.h"

/* Facts become rows as they stream by; measures are first collected, because several facts may tell
 * of one measure (chronology_measures.c). */

const char *
dz_chrono_kind_id(enum dz_chrono_kind kind)
{
    static const char *const ids[DZ_CHRONO_KINDS] = {"adopted",   "effective", "deadline",
                                                     "statement", "figure",    "act"};
    return (size_t)kind < DZ_CHRONO_KINDS ? ids[kind] : "";
}

bool
dz_chrono_wants(const struct dz_chrono_builder *b, enum dz_chrono_kind kind)
{
    return b->opts->kinds == 0 || (b->opts->kinds & DZ_CHRONO_BIT(kind)) != 0;
}

void
dz_chrono_date(struct dz_chrono_row *row, const char *edtf)
{
    struct dz_edtf_bounds at;
    row->dated = edtf && *edtf && dz_edtf_text_bounds(edtf, &at);
    row->date = row->dated ? edtf : NULL;
    row->lo = row->dated ? at.lo : DZ_EDTF_MIN_DAY;
    row->hi = row->dated ? at.hi : DZ_EDTF_MAX_DAY;
    row->approximate = row->dated && at.approximate;
    row->uncertain = row->dated && at.uncertain;
}

struct dz_chrono_row *
dz_chrono_emit(struct dz_chrono_builder *b, const struct dz_chrono_row *row)
{
    bool wanted = dz_chrono_wants(b, row->kind) &&
                  dz_gather_when(&b->gather, row->dated, row->lo, row->hi) &&
                  (row->dated || !b->opts->without_undated);
    if (!wanted)
        return NULL;
    b->rows = dz_grow(b->rows, &b->cap_rows, b->n_rows + 1, sizeof *b->rows);
    b->rows[b->n_rows] = *row;
    return &b->rows[b->n_rows++];
}

static const char *
keep_party(struct dz_chrono_builder *b, const char *who)
{
    DZ_AUTO_BUF struct dz_buf key = DZ_BUF(8192);
    dz_party_key(dz_origins_parties(b->gather.origins), who, &key);
    return dz_keep_view(&b->keep, dz_buf_view(&key));
}

static const char *
side_of(struct dz_chrono_builder *b, const char *who)
{
    const char *key = keep_party(b, who);
    return key ? dz_party_side(dz_origins_parties(b->gather.origins), key) : "";
}

/* What rows of every kind show of a fact, except its dates. */
static void
common(struct dz_chrono_builder *b, const struct dz_fact_row *fact, struct dz_chrono_row *row)
{
    struct dz_keeper *k = &b->keep;
    const char *text;
    const char *place = dz_fact_place(b->gather.rules, fact, &text);
    row->place = place;
    row->place_text = dz_keep_str(k, text);
    row->sphere = dz_keep_str(k, fact->sphere);
    row->means = dz_keep_str(k, fact->means);
    const char *modality = dz_keep_str(k, fact->modality);
    row->modality = modality ? modality : "";
    row->who = dz_keep_str(k, dz_fact_said_by(fact));
    row->side = side_of(b, row->who);
    row->specific = dz_fact_specific(fact);
}

/* Did the source tell of it as still to come? A threat is dated by its deadline. What was announced
 * and was over by the day of the source may be dated by the announcement. */
static bool
is_ahead(const struct dz_chrono_builder *b, const struct dz_fact_row *fact,
         const struct dz_chrono_row *row)
{
    struct dz_edtf_bounds out;
    bool announced = dz_modality_standing(fact->modality) == DZ_ANNOUNCES;
    const struct dz_source_note *source =
        fact->n_passages > 0 ? dz_origins_source(b->gather.origins, fact->passages[0].source)
                             : NULL;
    if (!row->dated || !source || !source->published ||
        !dz_edtf_text_bounds(source->published, &out))
        return row->dated && announced;
    return row->lo > out.hi || (announced && row->hi >= out.lo);
}

static void
take_simple(struct dz_chrono_builder *b, const struct dz_fact_row *fact, enum dz_chrono_kind kind,
            bool wider)
{
    struct dz_keeper *k = &b->keep;
    struct dz_chrono_row row = {.kind = kind, .wider = wider};
    dz_chrono_date(&row, fact->has_date ? fact->date : NULL);
    if (fact->has_date &&
        row.dated) { /* the bounds that the projection holds: from and to may stand apart */
        row.lo = fact->lo;
        row.hi = fact->hi;
    }
    struct dz_chrono_row *kept = dz_chrono_emit(b, &row);
    if (!kept)
        return;
    kept->date = dz_keep_str(k, row.date);
    kept->ahead = kind == DZ_CHRONO_ACT && is_ahead(b, fact, &row);
    common(b, fact, kept);
    if (kind == DZ_CHRONO_STATEMENT)
        kept->stance = dz_keep_str(k, dz_json_str(fact->body, "stance"));
    if (kind == DZ_CHRONO_FIGURE) {
        kept->value = dz_keep_str(k, dz_json_str(fact->body, "value"));
        kept->value_max = dz_keep_str(k, dz_json_str(fact->body, "value_max"));
        kept->qualifier = dz_keep_str(k, dz_json_str(fact->body, "qualifier"));
        kept->unit = dz_keep_str(k, dz_json_str(fact->body, "unit"));
        kept->what = dz_keep_str(k, dz_json_str(fact->body, "of"));
    }
    struct dz_evidence *e = dz_keep_bytes(k, sizeof *e);
    if (!e)
        return;
    dz_keep_evidence(k, b->gather.origins, fact, e);
    kept->facts = e;
    kept->n_facts = 1;
}

static void
take_measure(struct dz_chrono_builder *b, const struct dz_fact_row *fact, bool wider)
{
    struct dz_keeper *k = &b->keep;
    struct dz_chrono_measure m = {.row = {.wider = wider}};
    common(b, fact, &m.row);
    m.row.title = dz_keep_str(k, dz_json_str(fact->body, "title"));
    m.row.instrument = dz_keep_str(k, dz_json_str(fact->body, "instrument"));
    m.row.number = dz_keep_str(k, dz_json_str(fact->body, "number"));
    const char *adopted = dz_json_str(fact->body, "adopted");
    const char *date = dz_json_str(fact->body, "date");
    const char *effective = dz_json_str(fact->body, "effective");
    const char *deadline = dz_json_str(fact->body, "deadline");
    bool none = !adopted && !date && !effective && !deadline;
    m.dates[DZ_CHRONO_ADOPTED] = dz_keep_str(k, adopted ? adopted
                                                : date  ? date
                                                : none  ? fact->date
                                                        : NULL);
    m.dates[DZ_CHRONO_EFFECTIVE] = dz_keep_str(k, effective);
    m.dates[DZ_CHRONO_DEADLINE] = dz_keep_str(k, deadline);
    dz_keep_evidence(k, b->gather.origins, fact, &m.fact);
    for (size_t i = 0; i <= DZ_CHRONO_DEADLINE; i++) {
        m.stated[i] = m.dates[i] && dz_edtf_text_bounds(m.dates[i], &m.at[i]);
        if (!m.stated[i])
            m.dates[i] = NULL;
    }
    m.issuer = keep_party(b, m.row.who);
    m.number = dz_keep_fold(k, m.row.number);
    m.instrument = dz_keep_fold(k, m.row.instrument);
    b->measures = dz_grow(b->measures, &b->cap_measures, b->n_measures + 1, sizeof *b->measures);
    b->measures[b->n_measures++] = m;
}

enum dz_code
dz_chrono_take(void *ctx, const struct dz_fact_row *fact, struct dz_err *err)
{
    struct dz_chrono_builder *b = ctx;
    bool measure = strcmp(fact->kind, "measure") == 0;
    bool statement = strcmp(fact->kind, "statement") == 0;
    enum dz_chrono_kind kind = statement                           ? DZ_CHRONO_STATEMENT
                               : strcmp(fact->kind, "figure") == 0 ? DZ_CHRONO_FIGURE
                                                                   : DZ_CHRONO_ACT;
    if (!measure && !dz_chrono_wants(b, kind))
        return DZ_OK;
    /* A rule or guidance for a wider area, or for one that is not named, concerns the place too
     * and is marked. An act or figure of unknown place is not brought near to it. */
    enum dz_reach reach = dz_gather_where(&b->gather, fact);
    const char *text;
    bool nowhere = dz_fact_place(b->gather.rules, fact, &text) == NULL;
    if (reach == DZ_REACH_NO || (b->gather.place && nowhere && !measure && !statement))
        return DZ_OK;
    if (!dz_gather_wants(&b->gather, fact))
        return DZ_OK;
    if (measure)
        take_measure(b, fact, reach == DZ_REACH_WIDER);
    else
        take_simple(b, fact, kind, reach == DZ_REACH_WIDER);
    return dz_keep_ok(&b->keep, err);
}

/* ---- order and counts ---- */

static const char *
row_id(const struct dz_chrono_row *r)
{
    return r->reference ? r->ref_id : r->n_facts > 0 ? r->facts[0].id : "";
}

static int
by_time(const void *a, const void *b)
{
    const struct dz_chrono_row *x = a, *y = b;
    if (x->dated != y->dated)
        return x->dated ? -1 : 1;
    if (x->lo != y->lo)
        return x->lo < y->lo ? -1 : 1;
    if (x->hi != y->hi)
        return x->hi < y->hi ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->reference != y->reference)
        return x->reference ? 1 : -1;
    return strcmp(row_id(x), row_id(y));
}

static int
by_fact_id(const void *a, const void *b)
{
    const struct dz_evidence *x = *(const struct dz_evidence *const *)a;
    const struct dz_evidence *y = *(const struct dz_evidence *const *)b;
    return strcmp(x->id, y->id);
}

/* Facts of all rows, each once: a measure stands in up to three of them. */
static struct dz_counts
count_all(const struct dz_chrono_builder *b)
{
    size_t total = 0, n = 0;
    for (size_t i = 0; i < b->n_rows; i++)
        total += b->rows[i].n_facts;
    const struct dz_evidence **list = dz_alloc_array(total, sizeof *list);
    for (size_t i = 0; i < b->n_rows; i++) {
        for (size_t k = 0; k < b->rows[i].n_facts; k++)
            list[n++] = &b->rows[i].facts[k];
    }
    qsort(list, n, sizeof *list, by_fact_id);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || strcmp(list[i]->id, list[kept - 1]->id) != 0)
            list[kept++] = list[i];
    }
    struct dz_counts c = dz_evidence_count(list, kept);
    dz_free(list);
    return c;
}

static struct dz_counts
count_row(const struct dz_chrono_row *row)
{
    const struct dz_evidence **list = dz_alloc_array(row->n_facts, sizeof *list);
    for (size_t i = 0; i < row->n_facts; i++)
        list[i] = &row->facts[i];
    struct dz_counts c = dz_evidence_count(list, row->n_facts);
    dz_free(list);
    return c;
}

enum dz_code
dz_chrono_begin(struct dz_chrono_builder *b, const struct dz_origins *o,
                const struct dz_rules *rules, const struct dz_chronology_opts *opts,
                struct dz_err *err)
{
    static const struct dz_chronology_opts everything = {0};
    *b = (struct dz_chrono_builder){.opts = opts ? opts : &everything};
    b->arena.max_bytes = DZ_VIEW_BYTES_MAX;
    b->keep.arena = &b->arena;
    return dz_gather_open(o, rules, &b->opts->scope, &b->gather, err);
}

enum dz_code
dz_chrono_end(struct dz_chrono_builder *b, struct dz_chronology *ret, struct dz_err *err)
{
    dz_chrono_measures(b);
    if (b->opts->with_reference)
        dz_chrono_references(b);
    DZ_TRY(dz_keep_ok(&b->keep, err));
    struct dz_chronology c = {.n = b->n_rows, .n_withheld = b->gather.n_withheld};
    if (b->n_rows > 0)
        qsort(b->rows, b->n_rows, sizeof *b->rows, by_time);
    for (size_t i = 0; i < b->n_rows; i++) {
        b->rows[i].counts = count_row(&b->rows[i]);
        c.n_dated += b->rows[i].dated;
        c.n_reference += b->rows[i].reference;
    }
    c.counts = count_all(b);
    if (dz_chrono_wants(b, DZ_CHRONO_ACT)) {
        struct dz_disclosure_told t =
            dz_disclosure_tell_scope(b->gather.rules, &b->opts->scope, NULL);
        c.n_unpublished = t.n;
        c.withheld = t.withheld;
    }
    c.rows = b->rows;
    c.arena = b->arena;
    b->rows = NULL;
    b->arena = (struct dz_arena){0};
    *ret = c;
    return DZ_OK;
}

void
dz_chrono_builder_done(struct dz_chrono_builder *b)
{
    dz_free(b->rows);
    dz_free(b->measures);
    dz_arena_done(&b->arena);
    *b = (struct dz_chrono_builder){0};
}

void
dz_chronology_done(struct dz_chronology *c)
{
    dz_free(c->rows);
    dz_arena_done(&c->arena);
    *c = (struct dz_chronology){0};
}

enum dz_code
dz_chronology_of(const struct dz_origins *o, const struct dz_rules *rules,
                 const struct dz_fact_row *rows, size_t n, const struct dz_chronology_opts *opts,
                 struct dz_chronology *ret, struct dz_err *err)
{
    DZ_CLEANUP(dz_chrono_builder_done) struct dz_chrono_builder b;
    DZ_TRY(dz_chrono_begin(&b, o, rules, opts, err));
    for (size_t i = 0; i < n; i++)
        DZ_TRY(dz_chrono_take(&b, &rows[i], err));
    return dz_chrono_end(&b, ret, err);
}
