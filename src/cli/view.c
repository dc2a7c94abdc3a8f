#include "dz_view.h"

#include <string.h>

#include "dz_common.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_passage.h"
#include "dz_unit.h"

#define IDS_SHOWN 3

void
dz_view_part(struct dz_buf *out, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    if (out->n > 0)
        dz_buf_adds(out, " · ");
    dz_buf_adds(out, text);
}

json_t *
dz_counts_json(const struct dz_counts *counts)
{
    json_t *object = json_object();
    dz_json_set_int(object, "facts", (int64_t)counts->n_facts);
    dz_json_set_int(object, "passages", (int64_t)counts->n_passages);
    dz_json_set_int(object, "sources", (int64_t)counts->n_sources);
    dz_json_set_int(object, "origins_at_most", (int64_t)counts->n_origins);
    dz_json_set_int(object, "unreviewed", (int64_t)counts->n_unreviewed);
    return object;
}

json_t *
dz_evidence_json(const struct dz_evidence *facts, size_t n, bool for_publication)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        const struct dz_evidence *e = &facts[i];
        json_t *one = json_object();
        dz_json_set_str(one, "id", e->id);
        dz_json_set_str(one, "said_by", e->said_by);
        dz_json_set_str(one, "via", e->via);
        json_object_set_new(one, "reviewed", json_boolean(e->reviewed));
        json_object_set_new(one, "bulk", json_boolean(e->bulk));
        json_object_set_new(one, "conflict", json_boolean(e->conflict));
        json_t *passages = json_array();
        for (size_t p = 0; p < e->n_passages; p++) {
            json_t *quote = json_object();
            dz_json_set_str(quote, "source", e->passages[p].source);
            dz_json_set_int(quote, "start", (int64_t)e->passages[p].start);
            dz_json_set_int(quote, "end", (int64_t)e->passages[p].end);
            /* Quotes are looked through for names where they are published as words. */
            if (!for_publication)
                dz_json_set_str(quote, "exact", e->passages[p].exact);
            if (e->passages[p].state != DZ_PASSAGE_SAME)
                dz_json_set_str(quote, "state", dz_passage_state_name(e->passages[p].state));
            json_array_append_new(passages, quote);
        }
        json_object_set_new(one, "passages", passages);
        json_array_append_new(list, one);
    }
    return list;
}

/* Facts whose words do not stand where they stood still count: their words are in a version that is
 * kept. */
static void
add_moved(const struct dz_evidence *facts, size_t n, struct dz_buf *out)
{
    size_t moved = 0;
    for (size_t i = 0; i < n; i++) {
        bool all_same = true;
        for (size_t p = 0; p < facts[i].n_passages; p++)
            all_same = all_same && facts[i].passages[p].state == DZ_PASSAGE_SAME;
        moved += !all_same;
    }
    if (moved == 0)
        return;
    DZ_AUTO_FREE char *words = dz_asprintf(
        dz_trn("%zu quote stands in an earlier reading of its source",
               "%zu quotes stand in earlier readings of their sources", (unsigned long)moved),
        moved);
    dz_view_part(out, words);
}

void
dz_evidence_words(const struct dz_evidence *facts, size_t n, const struct dz_counts *counts,
                  struct dz_buf *out)
{
    if (counts->n_sources > 1) {
        DZ_AUTO_BUF struct dz_buf text = DZ_BUF(4096);
        dz_buf_addf(&text, dz_trn("%zu source", "%zu sources", (unsigned long)counts->n_sources),
                    counts->n_sources);
        dz_buf_adds(&text, ", ");
        dz_buf_addf(
            &text,
            dz_trn("at most %zu origin", "at most %zu origins", (unsigned long)counts->n_origins),
            counts->n_origins);
        dz_view_part(out, text.p);
    }
    DZ_AUTO_BUF struct dz_buf ids = DZ_BUF(1 << 16);
    bool more_bulk = false;
    for (size_t i = 0; i < n; i++) {
        bool bulk = facts[i].bulk && !facts[i].reviewed;
        if (i >= IDS_SHOWN) {
            more_bulk = more_bulk || bulk;
            continue;
        }
        dz_buf_addf(&ids, "%s%s%s", i > 0 ? " " : "", bulk ? DZ_BULK_SIGN : "", facts[i].id);
        if (facts[i].n_passages > 0)
            dz_buf_addf(&ids, " (%s)", facts[i].passages[0].source);
    }
    if (n > IDS_SHOWN)
        dz_buf_addf(&ids, " %s+%zu", more_bulk ? DZ_BULK_SIGN : "", n - IDS_SHOWN);
    dz_view_part(out, ids.p);
    add_moved(facts, n, out);
}

/* "3500000.5" -> "3 500 000.5", with blanks that do not break. */
void
dz_number_words(const char *decimal, struct dz_buf *out)
{
    size_t whole = strspn(decimal[0] == '-' ? decimal + 1 : decimal, "0123456789");
    if (decimal[0] == '-')
        dz_buf_addc(out, *decimal++);
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && whole > 4 && (whole - i) % 3 == 0)
            dz_buf_adds(out, "\xC2\xA0");
        dz_buf_addc(out, decimal[i]);
    }
    dz_buf_adds(out, decimal + whole);
}

void
dz_value_words(struct dz_ctx *c, const char *qualifier, const char *value, const char *value_max,
               const char *unit, const char *what, struct dz_buf *out)
{
    if (value == NULL)
        return;
    DZ_AUTO_BUF struct dz_buf number = DZ_BUF(4096);
    if (qualifier != NULL)
        dz_buf_addf(&number, "%s\xC2\xA0",
                    strcmp(qualifier, ">=") == 0   ? "≥"
                    : strcmp(qualifier, "<=") == 0 ? "≤"
                                                   : qualifier);
    dz_number_words(value, &number);
    if (value_max != NULL) {
        dz_buf_adds(&number, "–");
        dz_number_words(value_max, &number);
    }
    if (unit != NULL && unit[0] != '\0')
        dz_unit_words(unit, dz_label(c, "figure_unit", unit), number.p,
                      value_max != NULL ? value_max : value, out);
    else
        dz_buf_addv(out, dz_buf_view(&number));
    if (what != NULL && what[0] != '\0')
        dz_buf_addf(out, ", %s", what);
}

void
dz_counts_print(struct dz_out *o, const struct dz_counts *counts)
{
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(4096);
    dz_buf_addf(&line,
                dz_trn("Documented in this collection: %zu fact",
                       "Documented in this collection: %zu facts", (unsigned long)counts->n_facts),
                counts->n_facts);
    dz_buf_adds(&line, ", ");
    dz_buf_addf(&line, dz_trn("%zu passage", "%zu passages", (unsigned long)counts->n_passages),
                counts->n_passages);
    dz_buf_adds(&line, ", ");
    dz_buf_addf(&line, dz_trn("%zu source", "%zu sources", (unsigned long)counts->n_sources),
                counts->n_sources);
    if (counts->n_origins > 0) {
        dz_buf_adds(&line, "; ");
        dz_buf_addf(&line,
                    dz_trn("what they say goes back to at most %zu independent origin",
                           "what they say goes back to at most %zu independent origins",
                           (unsigned long)counts->n_origins),
                    counts->n_origins);
        if (counts->n_origins > counts->n_sources)
            dz_buf_adds(&line, _(": every office, organisation or person whose claim they pass on, "
                                 "and every publisher that reports acts itself"));
    }
    dz_buf_adds(&line, ".");
    if (counts->n_unreviewed > 0) {
        dz_buf_adds(&line, " ");
        dz_buf_addf(&line,
                    dz_trn("%zu fact was accepted in bulk and not reviewed.",
                           "%zu facts were accepted in bulk and not reviewed.",
                           (unsigned long)counts->n_unreviewed),
                    counts->n_unreviewed);
    }
    dz_out_text(o, "\n");
    dz_out_wrap(o, dz_buf_view(&line), 0, 0);
}

void
dz_bulk_legend(struct dz_out *o, size_t n)
{
    if (n > 0)
        dz_out_f(o, "%s%s\n", DZ_BULK_SIGN, _("accepted in bulk, not reviewed"));
}

void
dz_limits_print(struct dz_ctx *c)
{
    dz_out_wrap(&c->out,
                dz_view_of(_("These are no totals: they count what this collection documents. No "
                             "record does not mean that nothing happened.")),
                0, 0);
}
