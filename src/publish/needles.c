#include "dz_needles.h"

#include <string.h>

#include "dz_mem.h"

struct dz_needle {
    char *bytes;
    size_t n;
    const char *what;
    uint32_t next; /* index + 1 of the next one with the same hash, 0 for none */
};

void
dz_needles_done(struct dz_needles *n)
{
    for (size_t i = 0; i < n->n; i++)
        dz_free(n->items[i].bytes);
    dz_free(n->items);
    dz_free(n->heads);
    *n = (struct dz_needles){0};
}

/* The first DZ_NEEDLE_MIN bytes, spread over the table. */
static size_t
slot_of(const struct dz_needles *n, const char *p)
{
    uint64_t first;
    memcpy(&first, p, sizeof first);
    return (size_t)((first * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (n->n_heads - 1);
}

static void
hang_in(struct dz_needles *n, size_t ix)
{
    size_t slot = slot_of(n, n->items[ix].bytes);
    n->items[ix].next = n->heads[slot];
    n->heads[slot] = (uint32_t)ix + 1;
}

/* Four slots a needle keep most of them empty, so that most positions cost one look. */
static void
grow_table(struct dz_needles *n)
{
    if (n->n_heads >= 4 * n->n && n->n_heads > 0)
        return;
    dz_free(n->heads);
    n->n_heads = n->n_heads == 0 ? 4096 : n->n_heads;
    while (n->n_heads < 8 * n->n)
        n->n_heads *= 2;
    n->heads = dz_alloc_array(n->n_heads, sizeof *n->heads);
    for (size_t i = 0; i < n->n; i++)
        hang_in(n, i);
}

static bool
is_known(const struct dz_needles *n, struct dz_view bytes)
{
    if (n->n_heads == 0)
        return false;
    for (uint32_t i = n->heads[slot_of(n, bytes.p)]; i != 0; i = n->items[i - 1].next)
        if (n->items[i - 1].n == bytes.n && memcmp(n->items[i - 1].bytes, bytes.p, bytes.n) == 0)
            return true;
    return false;
}

void
dz_needles_add(struct dz_needles *n, const char *what, struct dz_view bytes)
{
    if (bytes.n < DZ_NEEDLE_MIN || is_known(n, bytes) || n->n >= UINT32_MAX / 16)
        return;
    n->items = dz_grow(n->items, &n->cap, n->n + 1, sizeof *n->items);
    n->items[n->n] = (struct dz_needle){
        .bytes = dz_strndup(bytes.p, bytes.n), .n = bytes.n, .what = what};
    n->n++;
    n->longest = bytes.n > n->longest ? bytes.n : n->longest;
    if (n->n_heads >= 4 * n->n)
        hang_in(n, n->n - 1);
    else
        grow_table(n);
}

const char *
dz_needles_find(struct dz_needles *n, struct dz_view text)
{
    if (n->n == 0 || text.n < DZ_NEEDLE_MIN)
        return NULL;
    for (size_t p = 0; p + DZ_NEEDLE_MIN <= text.n; p++) {
        for (uint32_t i = n->heads[slot_of(n, text.p + p)]; i != 0; i = n->items[i - 1].next) {
            const struct dz_needle *one = &n->items[i - 1];
            if (one->n <= text.n - p && memcmp(one->bytes, text.p + p, one->n) == 0)
                return one->what;
        }
    }
    return NULL;
}

const char *
dz_needles_feed(struct dz_needles *n, struct dz_needle_stream *s, const void *p, size_t len)
{
    if (n->n == 0)
        return NULL;
    size_t kept = s->window.n < n->longest - 1 ? s->window.n : n->longest - 1;
    if (kept < s->window.n) {
        memmove(s->window.p, s->window.p + s->window.n - kept, kept);
        dz_buf_cut(&s->window, kept);
    }
    s->window.max = SIZE_MAX / 2;
    dz_buf_add(&s->window, p, len);
    return dz_needles_find(n, dz_buf_view(&s->window));
}

void
dz_needles_restart(struct dz_needle_stream *s)
{
    dz_buf_reset(&s->window);
}

void
dz_needle_stream_done(struct dz_needle_stream *s)
{
    dz_buf_done(&s->window);
}
