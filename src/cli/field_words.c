#include "dz_field_words.h"

#include <string.h>

#include "dz_common.h"
#include "dz_fact_fields.h"
#include "dz_json.h"
#include "dz_rules.h"
#include "dz_view.h"

struct words {
    const char *id;
    const char *words;
};

/* In the order of the alphabet, so that a missing one is seen. */
static const struct words fields[] = {
    {"accepted", N_("accepted")},
    {"adopted", N_("adopted")},
    {"affected_step", N_("step affected")},
    {"also", N_("also")},
    {"as_of", N_("as of")},
    {"asserted_by", N_("asserted by")},
    {"assessment", N_("assessment")},
    {"assessment_basis", N_("assessment rests on")},
    {"assessment_by", N_("assessed by")},
    {"assessment_date", N_("assessed on")},
    {"change", N_("a change")},
    {"codebook", N_("codebook")},
    {"coder", N_("coded by")},
    {"credibility", N_("credibility")},
    {"date", N_("date")},
    {"deadline", N_("deadline")},
    {"deportation_direction", N_("deportation")},
    {"derived_from", N_("derived from")},
    {"effect", N_("effect")},
    {"effective", N_("in force")},
    {"ended", N_("ended")},
    {"from", N_("from")},
    {"harm", N_("harm")},
    {"instrument", N_("instrument")},
    {"issuer", N_("issuer")},
    {"issuer_level", N_("level of issuer")},
    {"means", N_("means")},
    {"measure_kind", N_("kind of measure")},
    {"method", N_("method")},
    {"modality", N_("modality")},
    {"norms", N_("norms")},
    {"note", N_("note")},
    {"number", N_("number")},
    {"of", N_("of whom")},
    {"office", N_("office")},
    {"perpetrators", N_("perpetrators")},
    {"place", N_("place")},
    {"place_id", N_("place id")},
    {"qualifier", N_("qualifier")},
    {"reason", N_("reason")},
    {"reviewed", N_("reviewed")},
    {"rule", N_("found by rule")},
    {"scope", N_("scope")},
    {"source_connection", N_("source knows by")},
    {"speaker", N_("speaker")},
    {"sphere", N_("sphere")},
    {"spheres", N_("spheres")},
    {"stance", N_("stance")},
    {"stated_reason", N_("stated reason")},
    {"status", N_("status")},
    {"suggestion", N_("suggestion")},
    {"summary", N_("summary")},
    {"tags", N_("tags")},
    {"territory", N_("territory")},
    {"title", N_("title")},
    {"to", N_("to")},
    {"unit", N_("unit")},
    {"value", N_("value")},
    {"value_max", N_("value at most")},
    {"via", N_("through")},
    {"victims", N_("victims")},
};

static const struct words statuses[] = {
    {"text", N_("read")},
    {"repaired", N_("read, with damaged places repaired")},
    {"empty", N_("there is none")},
    {"unsupported", N_("this kind of file is not read yet")},
    {"not_text", N_("not text, although its name says so")},
    {"too_large", N_("too large to be read")},
    {"pending", N_("not read yet")},
};

static const struct words actions[] = {
    {"recorded", N_("recorded")},
    {"revised", N_("revised")},
    {"withdrawn", N_("withdrawn")},
};

/* The id itself where a later version brings a new one. */
static const char *
find(const struct words *table, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(table[i].id, id) == 0)
            return _(table[i].words);
    return id;
}

const char *
dz_field_label(const char *name)
{
    return find(fields, sizeof fields / sizeof *fields, name);
}

const char *
dz_text_status_words(const char *status)
{
    return status == NULL ? _("not read yet")
                          : find(statuses, sizeof statuses / sizeof *statuses, status);
}

const char *
dz_action_words(const char *action)
{
    return find(actions, sizeof actions / sizeof *actions, action);
}

/* A code in words; lists may be several names parted by a blank. */
static const char *
code_words(struct dz_ctx *c, const char *lists, const char *code)
{
    for (const char *s = lists; s != NULL && *s != '\0';) {
        char list[64];
        size_t n = strcspn(s, " ");
        if (n < sizeof list) {
            memcpy(list, s, n);
            list[n] = '\0';
            if (dz_rules_has(c->rules, list, code))
                return dz_label(c, list, code);
        }
        s += n + (s[n] == ' ');
    }
    return code;
}

static void
string_value(struct dz_ctx *c, const char *kind, const char *name, const char *text,
             struct dz_buf *out)
{
    const struct dz_fact_field *f = dz_fact_field_find(dz_fact_mask_of(kind), name);
    if (strcmp(name, "unit") == 0) {
        dz_buf_adds(out, code_words(c, "figure_unit", text));
    } else if (f != NULL && f->type == DZ_FIELD_PLACE) {
        dz_buf_addf(out, "%s (%s)", dz_place_label(c, text), text);
    } else if (f != NULL && f->type == DZ_FIELD_DECIMAL) {
        dz_number_words(text, out);
    } else if (strcmp(name, "accepted") == 0 && strcmp(text, "bulk") == 0) {
        dz_buf_adds(out, _("in bulk"));
    } else {
        dz_buf_adds(out, code_words(c, f != NULL ? f->list : NULL, text));
    }
}

void
dz_field_value(struct dz_ctx *c, const char *kind, const char *name, const json_t *value,
               struct dz_buf *out)
{
    if (json_is_string(value)) {
        string_value(c, kind, name, json_string_value(value), out);
        return;
    }
    if (json_is_boolean(value)) {
        dz_buf_adds(out, json_is_true(value) ? _("yes") : _("no"));
        return;
    }
    bool plain = json_array_size(value) > 0;
    for (size_t i = 0; i < json_array_size(value); i++)
        plain = plain && json_is_string(json_array_get(value, i));
    if (!plain) {
        /* Victims and perpetrators are shown as they are stored; what cannot be is left out. */
        DZ_AUTO_BUF struct dz_buf stored = DZ_BUF(1 << 20);
        if (dz_json_line(&stored, value, NULL) == DZ_OK)
            dz_buf_addv(out, dz_buf_view(&stored));
        return;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        dz_buf_adds(out, i > 0 ? ", " : "");
        string_value(c, kind, name, json_string_value(json_array_get(value, i)), out);
    }
}

/* What was taken out. */
static const struct words formats[] = {
    {"age", N_("sealed file")},
    {"bag", N_("package")},
    {"report-html", N_("report")},
    {"tlog-proof", N_("proof")},
};

const char *
dz_entry_detail(struct dz_ctx *c, const char *name, const char *value)
{
    if (strcmp(name, "fact_kind") == 0)
        return dz_kind_label(value);
    if (strcmp(name, "status") == 0)
        return find(statuses, sizeof statuses / sizeof *statuses, value);
    if (strcmp(name, "format") == 0)
        return find(formats, sizeof formats / sizeof *formats, value);
    if (strcmp(name, "purpose") == 0)
        return code_words(c, "consent_purpose",
                          strcmp(value, "internal") == 0 ? "internal_use" : value);
    if (strcmp(name, "sphere") == 0 || strcmp(name, "means") == 0 || strcmp(name, "access") == 0)
        return code_words(c, name, value);
    return value;
}
