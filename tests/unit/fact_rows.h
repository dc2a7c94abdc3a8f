/* Facts and sources made by hand, for views that are tested without a vault. A fact is JSON in
 * single quotes with its fields and: id, kind, src (source id), at [start, end] in it. */
#ifndef FACT_ROWS_H
#define FACT_ROWS_H

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dz_edtf.h"
#include "dz_fact.h"
#include "dz_json.h"
#include "dz_origin.h"
#include "dz_rules.h"

#define ROWS_MAX 64

static struct dz_rules *rows_rules;
static struct dz_fact_row rows[ROWS_MAX];
static struct dz_passage rows_passages[ROWS_MAX];
static json_t *rows_bodies[ROWS_MAX];
static size_t n_rows;
static struct dz_origins *rows_origins;

static inline json_t *
rows_parse(const char *text)
{
    char plain[2048];
    size_t n = strlen(text);
    assert_true(n < sizeof plain);
    for (size_t i = 0; i <= n; i++)
        plain[i] = text[i] == '\'' ? '"' : text[i];
    json_error_t why;
    json_t *value = json_loads(plain, 0, &why);
    if (!value)
        fail_msg("%s: %s", plain, why.text);
    return value;
}

static inline const char *
rows_date(const json_t *body)
{
    static const char *const names[] = {"effective", "date", "as_of", "from"};
    for (size_t i = 0; i < 4; i++) {
        const char *s = dz_json_str(body, names[i]);
        if (s)
            return s;
    }
    return NULL;
}

static inline void
fact(const char *text)
{
    assert_true(n_rows < ROWS_MAX);
    json_t *body = rows_parse(text);
    struct dz_fact_row *r = &rows[n_rows];
    struct dz_passage *p = &rows_passages[n_rows];
    const char *state = dz_json_str(body, "state"), *modality = dz_json_str(body, "modality");
    const json_t *at = json_object_get(body, "at");
    *p = (struct dz_passage){.source = dz_json_str(body, "src"),
                             .text_sha256 = "aa",
                             .exact = "words of the source",
                             .prefix = "",
                             .suffix = ""};
    p->start = at ? (size_t)json_integer_value(json_array_get(at, 0)) : 100 * n_rows;
    p->end = at ? (size_t)json_integer_value(json_array_get(at, 1)) : 100 * n_rows + 50;
    *r = (struct dz_fact_row){
        .id = dz_json_str(body, "id"),
        .kind = dz_json_str(body, "kind"),
        .state = state ? state : "current",
        .ref = "ref",
        .sphere = dz_json_str(body, "sphere"),
        .means = dz_json_str(body, "means"),
        .place = dz_json_str(body, "place_id"),
        .date = rows_date(body),
        .modality = modality ? modality : "asserted",
        .bulk = dz_json_bool(body, "bulk", false),
        .reviewed = !dz_json_bool(body, "bulk", false),
        .coder = "m",
        .recorded = "2026-01-01T00:00:00Z",
        .body = body,
        .passages = p,
        .n_passages = 1,
    };
    struct dz_edtf_bounds b;
    r->has_date = r->date && dz_edtf_text_bounds(r->date, &b);
    r->lo = r->has_date ? b.lo : DZ_EDTF_MIN_DAY;
    r->hi = r->has_date ? b.hi : DZ_EDTF_MAX_DAY;
    rows_bodies[n_rows++] = body;
}

/* id, publisher, date of publication; basis and text may be NULL. */
static inline void
source(const char *id, const char *publisher, const char *published, const char *basis,
       const char *text)
{
    struct dz_source_row row = {.id = id,
                                .name = id,
                                .title = id,
                                .publisher = publisher,
                                .published = published,
                                .basis = basis ? basis : "published",
                                .sha256 = id,
                                .text_sha256 = text ? text : id};
    dz_origins_add(rows_origins, &row);
}

static inline int
rows_load(void **state)
{
    (void)state;
    struct dz_err err = {0};
    if (dz_rules_load(&rows_rules, &err) != DZ_OK) {
        fprintf(stderr, "%s\n", err.msg);
        return -1;
    }
    return 0;
}

static inline int
rows_unload(void **state)
{
    (void)state;
    dz_rules_free(rows_rules);
    return 0;
}

static inline int
rows_setup(void **state)
{
    (void)state;
    rows_origins = dz_origins_new(rows_rules);
    return 0;
}

static inline int
rows_teardown(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_rows; i++)
        json_decref(rows_bodies[i]);
    n_rows = 0;
    dz_origins_free(rows_origins);
    return 0;
}

/* day number of YYYY-MM-DD */
static inline int32_t
day(const char *edtf)
{
    struct dz_edtf_bounds b;
    assert_true(dz_edtf_text_bounds(edtf, &b));
    return b.lo;
}

#define VIEW_TEST(f) cmocka_unit_test_setup_teardown(f, rows_setup, rows_teardown)

#endif
