/* What anyone may type into the search, and any text it is then looked for in. The first line is
 * the
 * query, the rest a text. Whatever is accepted becomes an expression that the index takes, and its
 * snippet is well formed, in one piece of the text, with its marks in pairs. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dz_mem.h"
#include "dz_query_priv.h"
#include "dz_utf8.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
    if (!holds)
        abort();
}

/* Quotation marks in pairs, one pair a phrase; brackets in order outside them; no term with a
 * control character of ours but the two that part terms. */
static void
check_expression(const struct dz_question *q)
{
    size_t quotes = 0;
    int depth = 0;
    for (size_t i = 0; i < q->match.n; i++) {
        char c = q->match.p[i];
        quotes += c == '"';
        if (quotes % 2 == 0) {
            depth += (c == '(') - (c == ')');
            require(depth >= 0);
        } else {
            require((unsigned char)c >= ' ' || c == DZ_FTS_NEXT || c == DZ_FTS_OR);
        }
    }
    require(depth == 0 && quotes == 2 * q->n_order);
    require(q->n_order <= q->n && q->n <= DZ_FTS_PHRASES_MAX);
    for (size_t i = 0; i < q->n_order; i++) {
        const struct dz_query_phrase *p = &q->phrases[q->order[i]];
        require(p->n > 0 && p->n <= DZ_QUERY_PLACES && p->words.n > 0);
    }
}

static void
check_snippet(const struct dz_question *q, struct dz_view text)
{
    struct dz_found found[64];
    DZ_AUTO_FREE bool *holds = dz_alloc_array(q->n + 1, sizeof *holds);
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(1u << 20);
    size_t start = 0, open = 0;
    struct dz_finder *f = dz_finder_new(q);
    size_t n = dz_finder_look(f, text, false, found, 64, holds);
    for (size_t i = 0; i < n; i++)
        require(found[i].start < found[i].end && found[i].end <= text.n);
    if (q->root)
        (void)dz_query_holds(q, q->root, holds);
    dz_snippet(text, found, n, q->n, &out, &start);
    dz_finder_free(f);
    require(start <= text.n && dz_utf8_valid_prefix(dz_buf_view(&out)) == out.n);
    for (size_t i = 0; i + 3 <= out.n; i++) {
        bool opens = memcmp(out.p + i, DZ_MARK_OPEN, 3) == 0;
        bool closes = memcmp(out.p + i, DZ_MARK_CLOSE, 3) == 0;
        require(!opens || open == 0);
        require(!closes || open == 1);
        open = open + opens - closes;
    }
    require(open == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *cut = size > 0 ? memchr(data, '\n', size) : NULL;
    size_t n = cut ? (size_t)(cut - data) : size;
    DZ_AUTO_FREE char *typed = dz_strndup((const char *)data, n);
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(1u << 20);
    if (cut)
        dz_utf8_repair(&text, (struct dz_view){(const char *)cut + 1, size - n - 1});
    /* The marks are characters that no kept text has. */
    for (size_t i = 0; i + 3 <= text.n; i++)
        if (memcmp(text.p + i, "\xEE\x80", 2) == 0)
            memcpy(text.p + i, "...", 3);
    struct dz_question q = {.match = DZ_BUF(1u << 22), .translit = n % 2 == 1};
    q.terms = dz_terms_new();
    if (dz_query_parse(&q, typed, NULL) == DZ_OK && dz_query_express(&q, NULL) == DZ_OK) {
        check_expression(&q);
        check_snippet(&q, dz_buf_view(&text));
    }
    dz_terms_free(q.terms);
    dz_query_done(&q);
    return 0;
}
