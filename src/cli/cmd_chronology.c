#include <stdio.h>
#include <string.h>

#include "dz_chronology.h"
#include "dz_cmd.h"
#include "dz_common.h"
#include "dz_json.h"
#include "dz_public_words.h"
#include "dz_utf8.h"
#include "dz_view.h"

struct values {
    struct dz_filter_values filter;
    const char *kind;
    bool no_reference;
    bool reviewed;
    bool for_publication;
};

static const struct dz_opt opts[] = {
    DZ_FILTER_VIEW(struct values, filter),
    DZ_OPT_TEXT(struct values, kind, "kind", N_("KIND"),
                N_("only adopted, effective, deadline, statement, figure or act")),
    DZ_OPT_FLAG(struct values, no_reference, "no-reference",
                N_("leave out the built-in reference measures")),
    DZ_OPT_FLAG(struct values, reviewed, "reviewed",
                N_("leave out what was accepted in bulk and not reviewed")),
    DZ_OPT_FLAG(struct values, for_publication, "public",
                N_("only what may be published: coarsened, names and small numbers withheld")),
    {0},
};

static const char *
kind_words(enum dz_chrono_kind kind)
{
    switch (kind) {
    case DZ_CHRONO_ADOPTED:
        return _("adopted");
    case DZ_CHRONO_EFFECTIVE:
        return _("in force");
    case DZ_CHRONO_DEADLINE:
        return _("deadline");
    case DZ_CHRONO_STATEMENT:
        return _("statement");
    case DZ_CHRONO_FIGURE:
        return _("figure");
    case DZ_CHRONO_ACT:
        return _("act");
    }
    return "";
}

static json_t *
row_json(const struct dz_chrono_row *row, bool for_publication)
{
    json_t *line = json_object();
    dz_json_set_str(line, "kind", dz_chrono_kind_id(row->kind));
    json_object_set_new(line, "reference", json_boolean(row->reference));
    dz_json_set_str(line, "date", row->date);
    if (row->dated) {
        json_object_set_new(line, "approximate", json_boolean(row->approximate));
        json_object_set_new(line, "uncertain", json_boolean(row->uncertain));
    }
    json_object_set_new(line, "wider", json_boolean(row->wider));
    if (row->kind == DZ_CHRONO_ACT)
        json_object_set_new(line, "ahead", json_boolean(row->ahead));
    dz_json_set_str(line, "place_id", row->place);
    dz_json_set_str(line, "place", row->place_text);
    dz_json_set_str(line, "sphere", row->sphere);
    dz_json_set_str(line, "means", row->means);
    dz_json_set_str(line, "modality", row->reference ? NULL : row->modality);
    if (row->kind == DZ_CHRONO_ACT)
        dz_json_set_str(line, "scope", row->specific ? "specific_event" : "general_claim");
    dz_json_set_str(line, "who", row->who);
    dz_json_set_str(line, "side", row->side);
    dz_json_set_str(line, "instrument", row->instrument);
    dz_json_set_str(line, "number", row->number);
    dz_json_set_str(line, "stance", row->stance);
    dz_json_set_str(line, "value", row->value);
    dz_json_set_str(line, "value_max", row->value_max);
    dz_json_set_str(line, "qualifier", row->qualifier);
    dz_json_set_str(line, "unit", row->unit);
    dz_json_set_str(line, "what", row->what);
    dz_json_set_str(line, "reference_id", row->ref_id);
    dz_json_set_str(line, "summary_en", row->ref_summary_en);
    dz_json_set_str(line, "summary_uk", row->ref_summary_uk);
    dz_json_set_str(line, "citation", row->ref_source);
    dz_json_set_str(line, "address", row->ref_address);
    dz_json_set_str(line, "confidence", row->ref_confidence);
    if (!row->reference) {
        json_object_set_new(line, "counts", dz_counts_json(&row->counts));
        json_object_set_new(line, "facts",
                            dz_evidence_json(row->facts, row->n_facts, for_publication));
    }
    return line;
}

/* What a row says, on one line. */
static void
row_words(struct dz_ctx *c, const struct dz_chrono_row *row, struct dz_buf *out)
{
    if (row->reference) {
        const char *summary =
            dz_lang_get() == DZ_LANG_UK ? row->ref_summary_uk : row->ref_summary_en;
        dz_view_part(out, summary);
        DZ_AUTO_BUF struct dz_buf note = DZ_BUF(4096);
        dz_buf_addf(&note, _("reference %s, source not held in this collection"),
                    row->ref_id != NULL ? row->ref_id : "");
        dz_view_part(out, note.p);
        return;
    }
    dz_view_part(out, row->who);
    dz_view_part(out, dz_label(c, "stance", row->stance));
    dz_view_part(out, row->instrument);
    dz_view_part(out, row->number);
    if (row->value != NULL) {
        DZ_AUTO_BUF struct dz_buf value = DZ_BUF(1024);
        dz_value_words(c, row->qualifier, row->value, row->value_max, row->unit, row->what, &value);
        dz_view_part(out, value.p);
    }
    dz_view_part(out, dz_label(c, "sphere", row->sphere));
    dz_view_part(out, dz_label(c, "means", row->means));
    dz_view_part(out, row->place != NULL ? dz_place_label(c, row->place) : row->place_text);
    if (row->wider)
        dz_view_part(out, _("about a wider area"));
    if (row->kind == DZ_CHRONO_ACT && !row->specific)
        dz_view_part(out, _("general claim"));
    if (row->ahead)
        dz_view_part(out, _("announced for this time"));
    if (strcmp(row->modality, "asserted") != 0)
        dz_view_part(out, dz_label(c, "modality", row->modality));
    dz_evidence_words(row->facts, row->n_facts, &row->counts, out);
}

static const struct dz_column columns[] = {
    {.title = N_("date"), .max = 22},
    {.title = N_("kind"), .max = 15},
    {.title = N_("what is documented, with facts and sources")},
};

/* The rows that rest on sources of the collection, or the built-in ones. */
static void
print_rows(struct dz_ctx *c, const struct dz_chronology *ch, bool reference)
{
    DZ_AUTO_TABLE struct dz_table t;
    dz_table_init(&t, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < ch->n; i++) {
        const struct dz_chrono_row *row = &ch->rows[i];
        if (row->reference != reference)
            continue;
        DZ_AUTO_BUF struct dz_buf words = DZ_BUF(1 << 20);
        row_words(c, row, &words);
        dz_table_add(&t, row->date != NULL ? row->date : _("no date"));
        dz_table_add(&t, kind_words(row->kind));
        dz_table_add(&t, words.p);
    }
    dz_table_print(&t, &c->out);
}

/* Acts that are counted and have no row, in public output. */
static void
print_unpublished(struct dz_ctx *c, const struct dz_chronology *ch)
{
    if (ch->withheld)
        dz_out_f(&c->out, "%s\n", _("Acts that rest on unpublished sources: withheld."));
    else if (ch->n_unpublished > 0)
        dz_out_f(&c->out, _("Acts that rest on unpublished sources and have no row: %zu.\n"),
                 ch->n_unpublished);
}

/* Reference measures stand apart, behind what the collection documents. */
static void
print(struct dz_ctx *c, const struct dz_chronology *ch)
{
    print_rows(c, ch, false);
    dz_bulk_legend(&c->out, ch->counts.n_unreviewed);
    dz_counts_print(&c->out, &ch->counts);
    print_unpublished(c, ch);
    dz_limits_print(c);
    if (ch->n_reference == 0)
        return;
    dz_out_text(&c->out, "\n");
    dz_out_text(&c->out, _("Reference: sources not held in this collection, never counted"));
    dz_out_text(&c->out, "\n");
    print_rows(c, ch, true);
    dz_out_f(&c->out,
             dz_trn("%zu reference measure is shown and not counted.",
                    "%zu reference measures are shown and not counted.",
                    (unsigned long)ch->n_reference),
             ch->n_reference);
    dz_out_text(&c->out, "\n");
}

static enum dz_code
kinds_of(const char *kind, unsigned *ret, struct dz_err *err)
{
    *ret = 0;
    for (int k = 0; kind != NULL && k < DZ_CHRONO_KINDS; k++)
        if (strcmp(dz_chrono_kind_id((enum dz_chrono_kind)k), kind) == 0)
            *ret = DZ_CHRONO_BIT(k);
    if (kind != NULL && *ret == 0)
        return dz_fail(err, DZ_E_USAGE,
                       "--kind: '%s' is not one of adopted, effective, deadline, statement, "
                       "figure, act",
                       kind);
    return DZ_OK;
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    struct dz_filter f;
    DZ_TRY(dz_filter_make(c, &v->filter, &f, err));
    struct dz_chronology_opts o = {
        .scope = {.place = f.place,
                  .sphere = f.sphere,
                  .period = f.date,
                  .without_bulk = v->reviewed,
                  .for_publication = v->for_publication},
        .with_reference = !v->no_reference,
    };
    DZ_AUTO_PUBLIC_WORDS struct dz_public_words words = {0};
    DZ_TRY(kinds_of(v->kind, &o.kinds, err));
    if (v->for_publication)
        DZ_TRY(dz_public_words_learn(&words, c->vault, c->rules, &o.scope, err));
    DZ_AUTO_CHRONOLOGY struct dz_chronology ch = {0};
    DZ_TRY(dz_chronology_build(c->vault, c->rules, &o, &ch, err));
    for (size_t i = 0; c->json && i < ch.n; i++)
        dz_out_json_new(&c->out, row_json(&ch.rows[i], v->for_publication));
    if (!c->json)
        print(c, &ch);
    return DZ_OK;
}

const struct dz_cmd dz_cmd_chronology = {
    .name = "chronology",
    .group = DZ_GROUP_VIEWS,
    .summary = N_("measures, deadlines, statements, figures and acts on one time axis"),
    .usage = "",
    .help =
        N_("Rows are ordered by the earliest day that their date can mean; what has no date "
           "stands at the end. One measure that several sources report is one row. Built-in "
           "reference measures stand apart, at the end, and are never counted. An act \"announced "
           "for this time\" was still to come when its source told of it."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_VAULT | DZ_NEED_RULES | DZ_HAS_JSON | DZ_TELLS_BACKLOG,
    .run = run,
};
