#include "dz_disclosure.h"

#include <string.h>

#include "disclosure_impl.h"
#include "dz_json.h"
#include "dz_time.h"

struct dz_disclosure *
dz_disclosure_new(const struct dz_rules *rules)
{
    struct dz_disclosure *d = dz_alloc(sizeof *d);
    d->rules = rules;
    d->spheres = dz_rules_ids(rules, "sphere", &d->n_spheres);
    d->sources = json_object();
    d->numbers = json_object();
    d->arena.max_bytes = DZ_VIEW_BYTES_MAX;
    d->keep.arena = &d->arena;
    return d;
}

void
dz_disclosure_free(struct dz_disclosure *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->n_blocks; i++) {
        for (size_t s = 0; s < DZ_SIDES; s++)
            dz_free(d->blocks[i].side[s].out);
        dz_free(d->blocks[i].acts);
    }
    dz_free(d->blocks);
    dz_free(d->acts);
    json_decref(d->sources);
    json_decref(d->numbers);
    dz_arena_done(&d->arena);
    dz_free(d);
}

/* ---- who may be shown ---- */

void
dz_disclosure_add(struct dz_disclosure *d, const struct dz_source_row *row, bool consented)
{
    bool is_open = row->access != NULL && strcmp(row->access, "open") == 0;
    enum dz_disclosed what = DZ_DISCLOSED_NOT;
    if (is_open && dz_basis_is_public(row->basis))
        what = DZ_DISCLOSED_SHOWN;
    else if (is_open && consented && dz_basis_is_personal(row->basis))
        what = DZ_DISCLOSED_COUNTED;
    json_object_set_new(d->sources, row->id, json_integer(what));
}

static enum dz_code
add_source(void *ctx, const struct dz_source_row *row, struct dz_err *err)
{
    (void)err;
    /* No consent can be recorded in this version, so nothing of a person is counted. */
    dz_disclosure_add(ctx, row, false);
    return DZ_OK;
}

enum dz_code
dz_disclosure_load(struct dz_vault *v, const struct dz_rules *rules, struct dz_disclosure **ret,
                   struct dz_err *err)
{
    struct dz_disclosure *d = dz_disclosure_new(rules);
    enum dz_code code = dz_sources_each(v, NULL, add_source, d, err);
    if (code == DZ_OK)
        *ret = d;
    else
        dz_disclosure_free(d);
    return code;
}

enum dz_disclosed
dz_disclosure_of(const struct dz_disclosure *d, const struct dz_fact_row *row)
{
    enum dz_disclosed least = row->n_passages > 0 ? DZ_DISCLOSED_SHOWN : DZ_DISCLOSED_NOT;
    for (size_t i = 0; i < row->n_passages; i++) {
        const json_t *known = json_object_get(d->sources, row->passages[i].source);
        enum dz_disclosed may =
            known ? (enum dz_disclosed)json_integer_value(known) : DZ_DISCLOSED_NOT;
        least = may < least ? may : least;
    }
    if (least == DZ_DISCLOSED_COUNTED && strcmp(row->kind, "act") != 0)
        return DZ_DISCLOSED_NOT;
    return least;
}

/* ---- dates ---- */

static bool
is_digits(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
    }
    return true;
}

/* YYYY-MM-DD at s? */
static bool
is_day(const char *s, size_t n)
{
    return n >= 10 && is_digits(s, 4) && s[4] == '-' && is_digits(s + 5, 2) && s[7] == '-' &&
           is_digits(s + 8, 2);
}

/* Every day of a plain value or interval becomes its month; times go with their day. */
static void
cut_days(const char *edtf, struct dz_buf *out)
{
    size_t n = strlen(edtf);
    for (size_t i = 0; i < n;) {
        if (!is_day(edtf + i, n - i)) {
            dz_buf_addc(out, edtf[i++]);
            continue;
        }
        dz_buf_add(out, edtf + i, 7);
        i += 10;
        if (i < n && edtf[i] == 'T')
            i += strcspn(edtf + i, "/,]}");
    }
}

/* Does a value still name a day somewhere? A day stands behind two hyphens of one component. */
static bool
names_day(const char *edtf)
{
    struct dz_edtf *e = NULL;
    if (dz_edtf_parse(dz_view_of(edtf), &e, NULL) != DZ_OK)
        return true;
    dz_edtf_free(e);
    size_t hyphens = 0;
    for (const char *s = edtf; *s != '\0'; s++) {
        if (strchr("/,[{.", *s) != NULL)
            hyphens = 0;
        hyphens += *s == '-';
        if (hyphens > 1)
            return true;
    }
    return false;
}

/* The month or the quarter of a day; ".." where there is no end. EDTF counts quarters from 33. */
static void
add_period(struct dz_buf *out, int32_t day, bool quarter)
{
    if (day == DZ_EDTF_MIN_DAY || day == DZ_EDTF_MAX_DAY) {
        dz_buf_adds(out, "..");
        return;
    }
    struct dz_date d = dz_date_from_days(day);
    if (quarter)
        dz_buf_addf(out, "%04d-%02d", (int)d.year, 33 + (d.month - 1) / 3);
    else
        dz_buf_addf(out, "%04d-%02d", (int)d.year, (int)d.month);
}

/* Unusual forms become the periods of their bounds: wider than stated, never narrower. */
static void
add_bounds(const struct dz_edtf_bounds *b, bool quarter, struct dz_buf *out)
{
    DZ_AUTO_BUF struct dz_buf first = DZ_BUF(64), last = DZ_BUF(64);
    add_period(&first, b->lo, quarter);
    add_period(&last, b->hi, quarter);
    dz_buf_addv(out, dz_buf_view(&first));
    if (strcmp(first.p, last.p) != 0)
        dz_buf_addf(out, "/%s", last.p);
}

/* Of a quarter in public: what is as wide as a year is not made to look exact by its first and last
 * quarter. */
static bool
is_year(const char *edtf)
{
    return strlen(edtf) == 4 && is_digits(edtf, 4);
}

void
dz_disclosure_date(const char *edtf, bool quarter, struct dz_buf *out)
{
    DZ_AUTO_BUF struct dz_buf cut = DZ_BUF(1024);
    cut_days(edtf, &cut);
    bool as_it_is = cut.n > 0 && (quarter ? is_year(cut.p) : !names_day(cut.p));
    struct dz_edtf_bounds b;
    if (as_it_is)
        dz_buf_addv(out, dz_buf_view(&cut));
    else if (dz_edtf_text_bounds(edtf, &b))
        add_bounds(&b, quarter, out);
}

/* ---- places and codes ---- */

#define PLACE_DEPTH 8

const char *
dz_disclosure_place(const struct dz_rules *rules, const char *place)
{
    const struct dz_place *at = place != NULL ? dz_place_by_id(rules, place) : NULL;
    for (size_t depth = 0; at != NULL && depth < PLACE_DEPTH; depth++) {
        if (strcmp(at->kind, "settlement") != 0)
            return at->id;
        at = at->parent != NULL ? dz_place_by_id(rules, at->parent) : NULL;
    }
    return NULL;
}

static bool
is_marked(const json_t *items, const char *code)
{
    size_t i;
    const json_t *item;
    json_array_foreach(items, i, item)
    {
        const char *id = dz_json_str(item, "id");
        if (id != NULL && strcmp(id, code) == 0)
            return dz_json_bool(item, "sensitive", false);
    }
    return false;
}

/* Spheres and means stand apart in the codebook, the small lists in one object. */
static bool
code_is_sensitive(const struct dz_rules *rules, const char *code)
{
    static const char *const lists[] = {"victim_group", "harm"};
    const json_t *book = dz_rules_table(rules, "codebook");
    if (is_marked(json_object_get(book, "spheres"), code) ||
        is_marked(json_object_get(book, "means"), code))
        return true;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const json_t *list = json_object_get(json_object_get(book, "lists"), lists[i]);
        if (is_marked(json_is_array(list) ? list : json_object_get(list, "items"), code))
            return true;
    }
    return false;
}

/* A code of a list, or several, or a victim's group: whatever string stands there. */
static bool
value_is_sensitive(const struct dz_rules *rules, json_t *value)
{
    size_t i;
    json_t *one;
    const char *key;
    if (json_is_string(value))
        return code_is_sensitive(rules, json_string_value(value));
    json_array_foreach(value, i, one)
    {
        if (value_is_sensitive(rules, one))
            return true;
    }
    json_object_foreach(value, key, one)
    {
        if (json_is_string(one) && value_is_sensitive(rules, one))
            return true;
    }
    return false;
}

bool
dz_disclosure_is_sensitive(const struct dz_rules *rules, const struct dz_fact_row *row)
{
    static const char *const fields[] = {"sphere", "spheres", "means", "also", "harm", "victims"};
    if ((row->sphere && code_is_sensitive(rules, row->sphere)) ||
        (row->means && code_is_sensitive(rules, row->means)))
        return true;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (value_is_sensitive(rules, json_object_get(row->body, fields[i])))
            return true;
    return false;
}

/* ---- an act as the public may know it ---- */

void
dz_disclosure_narrow(const struct dz_disclosure *d, struct dz_fact_row *row, json_t *body)
{
    /* The source's own words for the place may be a village, a reason or a sum lead to somebody. */
    static const char *const exact[] = {"place",         "place_id", "place_text", "victims", "note",
                                        "stated_reason", "summary",  "tags"};
    if (strcmp(row->kind, "act") != 0)
        return;
    bool shown = dz_disclosure_of(d, row) == DZ_DISCLOSED_SHOWN;
    bool quarter = !shown && dz_disclosure_is_sensitive(d->rules, row);
    const char *text, *place = dz_fact_place(d->rules, row, &text);
    DZ_AUTO_BUF struct dz_buf date = DZ_BUF(1024);
    struct dz_edtf_bounds b;
    if (row->has_date && row->date != NULL)
        dz_disclosure_date(row->date, quarter, &date);
    bool known = date.n > 0 && dz_edtf_text_bounds(date.p, &b);
    json_object_del(body, "date");
    dz_json_set_str(body, "date", known ? date.p : NULL);
    row->date = dz_json_str(body, "date");
    row->has_date = known;
    row->lo = known ? b.lo : DZ_EDTF_MIN_DAY;
    row->hi = known ? b.hi : DZ_EDTF_MAX_DAY;
    for (size_t i = 0; i < sizeof exact / sizeof *exact; i++)
        json_object_del(body, exact[i]);
    row->place = dz_disclosure_place(d->rules, place);
    dz_json_set_str(body, "place_id", row->place);
    row->body = body;
}
