/* Any well-formed text through all finders: mentions lie inside the text, dates are EDTF,
 * values are decimals, places are in the gazetteer. The rules are loaded once. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dz_edtf.h"
#include "dz_mention.h"
#include "dz_rules.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
    if (!holds)
        abort();
}

static void
check_decimal(const char *s)
{
    size_t points = 0;
    for (; *s; s++) {
        points += *s == '.';
        require(*s == '.' || (*s >= '0' && *s <= '9'));
    }
    require(points <= 1);
}

static void
check_mention(const struct dz_rules *r, const struct dz_document *d, const struct dz_mention *m)
{
    require(m->start < m->end && m->end <= d->text.n);
    require(m->first_token + m->n_tokens <= d->n_tokens && m->n_tokens > 0);
    require(m->rule && m->score >= 0 && m->score <= 100);
    check_decimal(m->value);
    check_decimal(m->value_max);
    require(!m->place_id || dz_place_by_id(r, m->place_id));
    if (m->kind != DZ_MENTION_DATE)
        return;
    struct dz_edtf *e = NULL;
    require(dz_edtf_parse(dz_view_of(m->edtf), &e, NULL) == DZ_OK);
    dz_edtf_free(e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dz_rules *rules;
    if (!rules)
        require(dz_rules_load(&rules, NULL) == DZ_OK);
    struct dz_document d;
    struct dz_view text = {.p = (const char *)data, .n = size};
    if (size > 20000 || dz_document_init(&d, text, NULL) != DZ_OK)
        return 0;
    for (int known = 0; known < 2; known++) {
        struct dz_doc_info info = {.published = known ? "2024-02-29" : NULL};
        struct dz_mentions m = {0};
        require(dz_find_mentions(rules, &d, &info, &m, NULL) == DZ_OK);
        for (size_t i = 0; i < m.n; i++)
            check_mention(rules, &d, &m.items[i]);
        dz_mentions_done(&m);
    }
    char published[64];
    (void)dz_guess_published(rules, &d, published);
    dz_document_done(&d);
    return 0;
}
