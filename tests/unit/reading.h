/* Reading a text in a test: what is proposed from it, and how to ask for one proposal. */
#ifndef READING_H
#define READING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "dz_suggest.h"

struct reading {
    struct dz_document d;
    struct dz_suggestions s;
};

static struct dz_rules *the_rules;

static inline int
load_rules(void **state)
{
    (void)state;
    struct dz_err err = {0};
    if (dz_rules_load(&the_rules, &err) != DZ_OK)
        fail_msg("%s", err.msg);
    return 0;
}

static inline int
free_rules(void **state)
{
    (void)state;
    dz_rules_free(the_rules);
    return 0;
}

/** Read text; published and publisher may be NULL. The text must outlive the reading. */
static inline struct reading
read_text_of(const char *text, const char *published, const char *publisher)
{
    struct reading r = {0};
    struct dz_err err = {0};
    struct dz_doc_info info = {.published = published, .publisher = publisher};
    if (dz_document_init(&r.d, dz_view_of(text), &err) != DZ_OK ||
        dz_suggest_document(the_rules, &r.d, &info, &r.s, &err) != DZ_OK)
        fail_msg("%s", err.msg);
    return r;
}

static inline struct reading
read_text(const char *text, const char *published)
{
    return read_text_of(text, published, NULL);
}

static inline void
reading_done(struct reading *r)
{
    dz_suggestions_done(&r->s);
    dz_document_done(&r->d);
}

static inline const char *
field(const struct dz_suggestion *s, const char *key)
{
    const char *value = json_string_value(json_object_get(s->fields, key));
    return value ? value : "";
}

static inline bool
quotes(const struct dz_suggestion *s, const char *part)
{
    size_t n = strlen(part);
    for (size_t i = 0; i + n <= s->quote.n; i++) {
        if (memcmp(s->quote.p + i, part, n) == 0)
            return true;
    }
    return false;
}

/** The n-th proposal of a kind (from 0) whose quote holds part (NULL: any); NULL when there is
 * none. */
static inline const struct dz_suggestion *
find(const struct reading *r, const char *kind, const char *part, size_t n)
{
    for (size_t i = 0; i < r->s.n; i++) {
        const struct dz_suggestion *s = &r->s.items[i];
        if (strcmp(s->kind, kind) == 0 && (!part || quotes(s, part)) && n-- == 0)
            return s;
    }
    return NULL;
}

static inline size_t
count(const struct reading *r, const char *kind)
{
    size_t n = 0;
    while (find(r, kind, NULL, n))
        n++;
    return n;
}

/** None of the texts gives a proposal of a kind. */
static inline void
assert_none(const char *kind, const char *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct reading r = read_text(texts[i], NULL);
        const struct dz_suggestion *s = find(&r, kind, NULL, 0);
        if (s)
            fail_msg("%s: %s '%.*s'", texts[i], s->rule, (int)s->quote.n, s->quote.p);
        reading_done(&r);
    }
}

/** As find with n = 0, but the test fails when there is none. */
static inline const struct dz_suggestion *
must_find(const struct reading *r, const char *kind, const char *part)
{
    const struct dz_suggestion *s = find(r, kind, part, 0);
    if (!s)
        fail_msg("no %s with '%s' in: %.*s", kind, part ? part : "", (int)r->d.text.n, r->d.text.p);
    return s;
}

#endif
