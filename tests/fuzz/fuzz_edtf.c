/* EDTF from anyone. The input is one date, or two with a newline between them. What is accepted has
 * one printed form, which parses to the same value; its bounds are in order; comparison and sorting
 * of two values mirror each other. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dz_edtf.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
    if (!holds)
        abort();
}

static void
check_bounds(const struct dz_edtf_bounds *b)
{
    require(b->lo <= b->hi);
    require(b->lo < DZ_EDTF_MAX_DAY && b->hi > DZ_EDTF_MIN_DAY);
    if (b->sure_lo <= b->sure_hi) {
        require(b->lo <= b->sure_lo && b->sure_hi <= b->hi);
        require(!b->uncertain && !b->approximate);
    }
}

static bool
same_bounds(const struct dz_edtf_bounds *a, const struct dz_edtf_bounds *b)
{
    return a->lo == b->lo && a->hi == b->hi && a->sure_lo == b->sure_lo &&
           a->sure_hi == b->sure_hi && a->uncertain == b->uncertain &&
           a->approximate == b->approximate && a->is_interval == b->is_interval;
}

/* NULL when the text is refused, and then the message is there. */
static struct dz_edtf *
check_value(struct dz_view text)
{
    struct dz_edtf *e = NULL;
    struct dz_err err = {.code = DZ_OK};
    enum dz_code rc = dz_edtf_parse(text, &e, &err);
    if (rc != DZ_OK) {
        require(e == NULL && rc == DZ_E_INPUT && err.code == rc && err.msg[0] != '\0');
        return NULL;
    }
    DZ_AUTO_BUF struct dz_buf first = DZ_BUF(0);
    dz_edtf_print(e, &first);
    require(first.n > 0 && first.n <= DZ_EDTF_MAX);

    struct dz_edtf *again = NULL;
    require(dz_edtf_parse(dz_buf_view(&first), &again, NULL) == DZ_OK);
    DZ_AUTO_BUF struct dz_buf second = DZ_BUF(0);
    dz_edtf_print(again, &second);
    require(dz_view_eq(dz_buf_view(&first), dz_buf_view(&second)));

    struct dz_edtf_bounds a = dz_edtf_get_bounds(e);
    struct dz_edtf_bounds b = dz_edtf_get_bounds(again);
    check_bounds(&a);
    require(same_bounds(&a, &b));
    require(strchr("dmsyDi", dz_edtf_precision(e)) != NULL);
    require(dz_edtf_precision(e) == dz_edtf_precision(again));
    require(dz_edtf_sort_cmp(e, again) == 0);
    dz_edtf_free(again);
    return e;
}

static void
check_pair(const struct dz_edtf *a, const struct dz_edtf *b)
{
    enum dz_edtf_order there = dz_edtf_compare(a, b);
    enum dz_edtf_order back = dz_edtf_compare(b, a);
    require(dz_edtf_sort_cmp(a, b) == -dz_edtf_sort_cmp(b, a));
    switch (there) {
    case DZ_EDTF_BEFORE:
        require(back == DZ_EDTF_AFTER && dz_edtf_sort_cmp(a, b) < 0);
        return;
    case DZ_EDTF_AFTER:
        require(back == DZ_EDTF_BEFORE && dz_edtf_sort_cmp(a, b) > 0);
        return;
    case DZ_EDTF_OVERLAP:
    case DZ_EDTF_MAYBE_OVERLAP:
        require(back == there);
        return;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dz_view one = {.p = (const char *)data, .n = size};
    struct dz_view two = {.p = NULL, .n = 0};
    const char *newline = size > 0 ? memchr(data, '\n', size) : NULL;
    if (newline != NULL) {
        one.n = (size_t)(newline - one.p);
        two = (struct dz_view){.p = newline + 1, .n = size - one.n - 1};
    }
    struct dz_edtf *a = check_value(one);
    struct dz_edtf *b = check_value(two);
    if (a != NULL)
        check_pair(a, a);
    if (a != NULL && b != NULL)
        check_pair(a, b);
    dz_edtf_free(a);
    dz_edtf_free(b);
    return 0;
}
