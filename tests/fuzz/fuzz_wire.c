/* What a worker may send, and what dokaz may ask: frames come to an end, nothing of them is read
 * twice or past the end, what passes the check has the promised form, and what a reader says of any
 * bytes passes it. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "box_impl.h"
#include "dz_utf8.h"
#include "dz_wire.h"
#include "dz_worker.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void
must(int holds)
{
    if (!holds)
        dz_panic("fuzz_wire: a property does not hold");
}

/* Frames as dokaz takes them, up to the first wrong one. */
static void
take(struct dz_view in)
{
    struct box_check check = {0};
    while (true) {
        enum dz_wire_type type;
        struct dz_view payload;
        bool whole;
        struct dz_view before = in;
        if (dz_wire_next(&in, &type, &payload, &whole, NULL) != DZ_OK || !whole)
            return;
        must(payload.n <= DZ_WIRE_PAYLOAD_MAX && in.n + payload.n + DZ_WIRE_HEAD_BYTES == before.n);
        /* Written again, it is the same frame. */
        DZ_AUTO_BUF struct dz_buf again = DZ_BUF(DZ_WIRE_PAYLOAD_MAX + DZ_WIRE_HEAD_BYTES);
        dz_wire_add(&again, type, payload);
        must(again.n == before.n - in.n && memcmp(again.p, before.p, again.n) == 0);
        if (dz_box_check(&check, type, payload, NULL) != DZ_OK)
            return;
        if (type == DZ_WIRE_TEXT)
            must(dz_utf8_check(payload, NULL) == DZ_OK);
        must(type != DZ_WIRE_EXIT);
    }
}

/* A reader that says the bytes in every way there is. */
static void
say(struct dz_view v, struct dz_buf *out)
{
    struct dz_work *w = dz_work_memory(v, "a", "b", "parts=yes", out);
    DZ_AUTO_FREE char *words = dz_strndup(v.p, v.n);
    dz_work_field(w, "title", v);
    dz_work_meta(w, "key", v);
    for (size_t i = 0; i < v.n; i += 7)
        dz_work_text(w, (struct dz_view){.p = v.p + i, .n = v.n - i < 7 ? v.n - i : 7});
    dz_work_locator(w, "page", words);
    dz_work_part_begin(w, v, "text/plain");
    dz_work_part_meta(w, "key", v);
    dz_work_part_end(w);
    dz_work_done(w, "text", NULL);
    dz_work_free(w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    /* Of its exact size, so that a byte behind the end is seen. */
    DZ_AUTO_FREE char *exact = dz_alloc(n);
    if (n > 0)
        memcpy(exact, bytes, n);
    struct dz_view v = {.p = exact, .n = n};
    take(v);

    struct request q;
    if (dz_request_read(v, &q)) {
        DZ_AUTO_BUF struct dz_buf again = DZ_BUF(1 << 20);
        must(dz_request_write(&q, &again, NULL) == DZ_OK && again.n == n &&
             memcmp(again.p, exact, n) == 0);
    }
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF((size_t)16 << 20);
    say(v, &out);
    must(dz_utf8_check(dz_buf_view(&out), NULL) == DZ_OK);
    return 0;
}
