#include "dz_common.h"

#include <stdio.h>
#include <string.h>

#include "dz_access.h"
#include "dz_edtf.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_passage.h"
#include "dz_rules.h"
#include "dz_view.h"

#define CANDIDATES_SHOWN 8

enum dz_code
dz_check_code(struct dz_ctx *c, const char *list, const char *option, const char *code,
              struct dz_err *err)
{
    if (code == NULL || dz_rules_has(c->rules, list, code))
        return DZ_OK;
    size_t n = 0;
    const char *const *ids = dz_rules_ids(c->rules, list, &n);
    const char **names = dz_alloc_array(n + 1, sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = ids[i];
    const char *near = dz_args_nearest(code, names);
    dz_free(names);
    if (near != NULL)
        return dz_fail(err, DZ_E_USAGE, "--%s: there is no '%s': did you mean '%s'?", option, code,
                       near);
    return dz_fail(err, DZ_E_USAGE, "--%s: there is no '%s': 'dokaz codebook %s' lists all", option,
                   code, list);
}

enum dz_code
dz_find_place(struct dz_ctx *c, const char *typed, const char **ret, struct dz_err *err)
{
    const struct dz_place *known = dz_place_by_id(c->rules, typed);
    if (known != NULL) {
        *ret = known->id;
        return DZ_OK;
    }
    const struct dz_place *found[CANDIDATES_SHOWN];
    size_t n = dz_place_lookup(c->rules, dz_view_of(typed), found, CANDIDATES_SHOWN);
    if (n == 0)
        return dz_fail(err, DZ_E_NOTFOUND, "there is no place '%s' in the gazetteer", typed);
    if (n == 1) {
        *ret = found[0]->id;
        return DZ_OK;
    }
    /* Several places share the name: they are shown, never picked from. */
    DZ_AUTO_BUF struct dz_buf list = DZ_BUF(2048);
    for (size_t i = 0; i < n && i < CANDIDATES_SHOWN; i++) {
        const struct dz_place *parent =
            found[i]->parent != NULL ? dz_place_by_id(c->rules, found[i]->parent) : NULL;
        dz_buf_addf(&list, "%s%s %s", i > 0 ? "; " : "", found[i]->id,
                    dz_place_name(found[i], dz_lang_get()));
        if (parent != NULL)
            dz_buf_addf(&list, " (%s)", dz_place_name(parent, dz_lang_get()));
    }
    return dz_fail(err, DZ_E_INPUT, "'%s' is the name of several places: name one by its id: %s",
                   typed, list.p);
}

static enum dz_code
join_dates(const struct dz_filter_values *values, struct dz_filter *ret, struct dz_err *err)
{
    if (values->from == NULL && values->to == NULL)
        return DZ_OK;
    const char *from = values->from != NULL ? values->from : "..";
    const char *to = values->to != NULL ? values->to : "..";
    if (strchr(from, '/') != NULL || strchr(to, '/') != NULL || strstr(from + 2, "..") != NULL)
        return dz_fail(err, DZ_E_USAGE, "--from and --to take single dates, not intervals");
    int n = snprintf(ret->date_text, sizeof ret->date_text, "%s/%s", from, to);
    struct dz_edtf *date = NULL;
    if (n < 0 || (size_t)n >= sizeof ret->date_text ||
        dz_edtf_parse(dz_view_of(ret->date_text), &date, NULL) != DZ_OK)
        return dz_fail(err, DZ_E_USAGE, "--from %s and --to %s make no interval", from, to);
    struct dz_edtf_bounds b = dz_edtf_get_bounds(date);
    dz_edtf_free(date);
    if (b.lo > b.hi)
        return dz_fail(err, DZ_E_USAGE, "--from %s is after --to %s", from, to);
    ret->date = ret->date_text;
    return DZ_OK;
}

enum dz_code
dz_filter_make(struct dz_ctx *c, const struct dz_filter_values *values, struct dz_filter *ret,
               struct dz_err *err)
{
    *ret = (struct dz_filter){
        .sphere = values->sphere,
        .means = values->means,
        .state = values->state,
        .from = values->from,
        .to = values->to,
    };
    DZ_TRY(dz_check_code(c, "sphere", "sphere", values->sphere, err));
    DZ_TRY(dz_check_code(c, "means", "means", values->means, err));
    if (values->place != NULL)
        DZ_TRY(dz_find_place(c, values->place, &ret->place, err));
    DZ_TRY(join_dates(values, ret, err));
    if (values->source != NULL) {
        DZ_TRY(dz_item_resolve(c->vault, values->source, ret->source_id, err));
        ret->source = ret->source_id;
    }
    static const char *const states[] = {"current", "conflict", "withdrawn", "any"};
    for (size_t i = 0; values->state != NULL; i++) {
        if (i == sizeof states / sizeof *states)
            return dz_fail(err, DZ_E_USAGE,
                           "--state: '%s' is not one of current, conflict, withdrawn, any",
                           values->state);
        if (strcmp(states[i], values->state) == 0)
            break;
    }
    return DZ_OK;
}

const char *
dz_label(struct dz_ctx *c, const char *list, const char *code)
{
    return code == NULL ? "" : dz_rules_label(c->rules, list, code, dz_lang_get());
}

const char *
dz_place_label(struct dz_ctx *c, const char *id)
{
    if (id == NULL)
        return "";
    const struct dz_place *place = dz_place_by_id(c->rules, id);
    return place != NULL ? dz_place_name(place, dz_lang_get()) : id;
}

const char *
dz_kind_label(const char *kind)
{
    static const struct {
        const char *kind;
        const char *label;
    } labels[] = {
        {"act", N_("act")},       {"measure", N_("measure")},
        {"figure", N_("figure")}, {"statement", N_("statement")},
        {"person", N_("person")}, {"place", N_("place")},
        {"date", N_("date")},
    };
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (strcmp(labels[i].kind, kind) == 0)
            return _(labels[i].label);
    return kind;
}

static json_t *
passages_json(const struct dz_fact_row *row)
{
    json_t *list = json_array();
    for (size_t i = 0; i < row->n_passages; i++) {
        const struct dz_passage *p = &row->passages[i];
        json_t *one = json_object();
        dz_json_set_str(one, "source", p->source);
        dz_json_set_str(one, "text", p->text_sha256);
        dz_json_set_int(one, "start", (int64_t)p->start);
        dz_json_set_int(one, "end", (int64_t)p->end);
        dz_json_set_str(one, "exact", p->exact);
        dz_json_set_str(one, "prefix", p->prefix);
        dz_json_set_str(one, "suffix", p->suffix);
        dz_json_set_str(one, "translation", p->translation);
        if (p->state != DZ_PASSAGE_SAME)
            dz_json_set_str(one, "state", dz_passage_state_name(p->state));
        dz_json_set_str(one, "confirmed", p->confirmed);
        json_array_append_new(list, one);
    }
    return list;
}

json_t *
dz_fact_json(const struct dz_fact_row *row)
{
    json_t *line = json_is_object(row->body) ? json_deep_copy(row->body) : json_object();
    dz_json_set_str(line, "id", row->id);
    dz_json_set_str(line, "kind", row->kind);
    dz_json_set_str(line, "state", row->state);
    dz_json_set_str(line, "ref", row->ref);
    dz_json_set_str(line, "modality", row->modality);
    json_object_set_new(line, "reviewed", json_boolean(row->reviewed));
    json_object_set_new(line, "bulk", json_boolean(row->bulk));
    dz_json_set_str(line, "coder", row->coder);
    dz_json_set_str(line, "recorded", row->recorded);
    json_object_set_new(line, "passages", passages_json(row));
    return line;
}

enum dz_code
dz_fact_json_where(struct dz_where *w, const struct dz_fact_row *row, json_t *line,
                   struct dz_err *err)
{
    json_t *list = json_object_get(line, "passages");
    for (size_t i = 0; i < row->n_passages; i++) {
        const struct dz_passage *p = &row->passages[i];
        json_t *where = NULL;
        DZ_TRY(dz_where_fields(w, p->source, p->text_sha256, p->start, p->end, &where, err));
        if (where != NULL)
            json_object_set_new(json_array_get(list, i), "where", where);
    }
    return DZ_OK;
}

const char *
dz_fact_mark(const struct dz_fact_row *row)
{
    if (strcmp(row->state, "withdrawn") == 0)
        return _("withdrawn");
    if (strcmp(row->state, "conflict") == 0)
        return _("two versions");
    if (row->bulk)
        return _("accepted in bulk, not reviewed");
    return "";
}

const char *
dz_passage_words(enum dz_passage_state state)
{
    switch (state) {
    case DZ_PASSAGE_SAME:
        return _("the quote stands in the current text");
    case DZ_PASSAGE_MOVED:
        return _("the quote stands elsewhere in the current text");
    case DZ_PASSAGE_ORPHAN:
        return _("the quote is not in the current text as it is");
    case DZ_PASSAGE_UNKNOWN:
        return _("there is no current text to compare the quote with");
    }
    return "";
}

void
dz_fact_gist(struct dz_ctx *c, const struct dz_fact_row *row, struct dz_buf *out)
{
    dz_view_part(out, dz_label(c, "sphere", row->sphere));
    dz_view_part(out, dz_label(c, "means", row->means));
    dz_view_part(out, dz_json_str(row->body, "issuer"));
    dz_view_part(out, dz_json_str(row->body, "instrument"));
    dz_view_part(out, dz_json_str(row->body, "number"));
    const char *deadline = dz_json_str(row->body, "deadline");
    if (deadline != NULL) {
        DZ_AUTO_FREE char *text = dz_asprintf(_("deadline %s"), deadline);
        dz_view_part(out, text);
    }
    DZ_AUTO_BUF struct dz_buf value = DZ_BUF(4096);
    dz_value_words(c, dz_json_str(row->body, "qualifier"), dz_json_str(row->body, "value"),
                   dz_json_str(row->body, "value_max"), dz_json_str(row->body, "unit"), NULL,
                   &value);
    dz_view_part(out, value.p);
    dz_view_part(out, dz_json_str(row->body, "asserted_by"));
    dz_view_part(out, dz_json_str(row->body, "speaker"));
    dz_view_part(out, dz_label(c, "stance", dz_json_str(row->body, "stance")));
    dz_view_part(out, dz_place_label(c, row->place));
    if (strcmp(row->modality, "asserted") != 0)
        dz_view_part(out, dz_label(c, "modality", row->modality));
}

void
dz_fact_line(struct dz_ctx *c, const struct dz_fact_row *row, struct dz_buf *out)
{
    DZ_AUTO_BUF struct dz_buf gist = DZ_BUF(1 << 16);
    dz_fact_gist(c, row, &gist);
    /* Nearly every row of a fresh collection is marked so: a sign does it, and a legend below. */
    bool only_bulk =
        row->bulk && strcmp(row->state, "withdrawn") != 0 && strcmp(row->state, "conflict") != 0;
    if (!only_bulk)
        dz_view_part(&gist, dz_fact_mark(row));
    if (row->passage_state != DZ_PASSAGE_SAME)
        dz_view_part(&gist, dz_passage_words(row->passage_state));
    dz_buf_addf(out, "%s%s", only_bulk ? DZ_BULK_SIGN : "", gist.p != NULL ? gist.p : "");
}

/* ---- what leaves ---- */

enum dz_code
dz_check_purpose(struct dz_ctx *c, const char *purpose, struct dz_err *err)
{
    if (purpose == NULL || strcmp(purpose, "internal") == 0)
        return DZ_OK;
    return dz_check_code(c, "consent_purpose", "for", purpose, err);
}

json_t *
dz_export_fields(const char *format, const char *purpose, const char *to, bool for_publication)
{
    json_t *fields = json_object();
    dz_json_set_str(fields, "format", format);
    dz_json_set_str(fields, "purpose", purpose != NULL ? purpose : "internal");
    dz_json_set_str(fields, "to", to);
    json_object_set_new(fields, "public", json_boolean(for_publication));
    return fields;
}

enum dz_code
dz_export_record(struct dz_ctx *c, const json_t *fields, struct dz_err *err)
{
    struct dz_batch *b = NULL;
    bool several = json_is_array(fields);
    size_t n = several ? json_array_size(fields) : 1;
    DZ_TRY(dz_batch_begin(c->vault, &b, err));
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < n && code == DZ_OK; i++)
        code = dz_put_entry(b, "export.made", several ? json_array_get(fields, i) : fields, NULL,
                            err);
    if (code == DZ_OK)
        code = dz_batch_commit(b, err);
    dz_batch_end(b);
    return code;
}

void
dz_warn_leaving(struct dz_ctx *c, const struct dz_source_row *row)
{
    if (strcmp(row->access, "open") != 0)
        dz_notice(c, _("the access to %s is '%s': think who could be harmed by what is in it"),
                  row->id, dz_label(c, "access", row->access));
    if (!dz_basis_is_public(row->basis))
        dz_notice(c,
                  _("the basis of %s is '%s': it may hold what somebody told in confidence, and "
                    "what leaves of it is not masked"),
                  row->id, dz_label(c, "basis", row->basis));
}

enum dz_code
dz_warn_holding(struct dz_ctx *c, const struct dz_source_row *row, struct dz_err *err)
{
    size_t n = 0;
    DZ_TRY(dz_source_protected_inside(c->vault, row->id, &n, err));
    if (n > 0)
        dz_notice(c,
                  dz_trn("in the file of %s lies %zu source that is not open, or was told in "
                         "confidence: it leaves with it",
                         "in the file of %s lie %zu sources that are not open, or were told in "
                         "confidence: they leave with it",
                         (unsigned long)n),
                  row->id, n);
    return DZ_OK;
}

void
dz_short_time(const char *rfc3339, char ret[17])
{
    size_t n = rfc3339 != NULL ? strlen(rfc3339) : 0;
    if (n > 16)
        n = 16;
    if (n > 0)
        memcpy(ret, rfc3339, n);
    ret[n] = '\0';
    if (n > 10)
        ret[10] = ' ';
}

void
dz_size_words(uint64_t bytes, struct dz_buf *out)
{
    static const char *const units[] = {N_("B"), N_("KiB"), N_("MiB"), N_("GiB"), N_("TiB")};
    size_t unit = 0;
    uint64_t whole = bytes;
    uint64_t tenth = 0;
    while (whole >= 1024 && unit + 1 < sizeof units / sizeof *units) {
        tenth = whole % 1024 * 10 / 1024;
        whole /= 1024;
        unit++;
    }
    if (unit == 0 || whole >= 100)
        dz_buf_addf(out, "%llu %s", (unsigned long long)whole, _(units[unit]));
    else
        dz_buf_addf(out, "%llu.%llu %s", (unsigned long long)whole, (unsigned long long)tenth,
                    _(units[unit]));
}
