/* For tests that read a short text: rules loaded once, mentions written down as one line each. */
#ifndef READING_FIXTURE_H
#define READING_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dz_mention.h"
#include "dz_rules.h"

static struct dz_rules *rules;

static int
load_rules(void **state)
{
    (void)state;
    struct dz_err err = {.code = DZ_OK};
    enum dz_code code = dz_rules_load(&rules, &err);
    if (code != DZ_OK)
        print_error("%s\n", err.msg);
    return code == DZ_OK ? 0 : -1;
}

static int
free_rules(void **state)
{
    (void)state;
    dz_rules_free(rules);
    return 0;
}

/* One sample: a text, when it was published (or NULL), and what must be found, each with "; " behind. */
struct sample {
    const char *text;
    const char *published;
    const char *found;
};

typedef void (*describe_fn)(const struct dz_mention *m, struct dz_view quote, struct dz_buf *out);

/* Read the sample, describe each mention of the kind in order, compare. */
static inline void
check_sample(const struct sample *s, enum dz_mention_kind kind, describe_fn describe)
{
    struct dz_document d;
    struct dz_mentions m = {0};
    struct dz_buf out = DZ_BUF(0);
    struct dz_doc_info info = {.published = s->published};
    assert_int_equal(dz_document_init(&d, dz_view_of(s->text), NULL), DZ_OK);
    assert_int_equal(dz_find_dates(rules, &d, &info, &m, NULL), DZ_OK);
    if (kind == DZ_MENTION_QUANTITY)
        assert_int_equal(dz_find_quantities(rules, &d, &m, NULL), DZ_OK);
    if (kind == DZ_MENTION_PLACE)
        assert_int_equal(dz_find_places(rules, &d, &m, NULL), DZ_OK);
    for (size_t i = 0; i < m.n; i++) {
        struct dz_view quote = {s->text + m.items[i].start, m.items[i].end - m.items[i].start};
        if (m.items[i].kind == kind)
            describe(&m.items[i], quote, &out);
    }
    const char *found = out.p ? out.p : "";
    if (strcmp(found, s->found) != 0)
        print_error("in: %s\n", s->text);
    assert_string_equal(found, s->found);
    dz_buf_done(&out);
    dz_mentions_done(&m);
    dz_document_done(&d);
}

#endif
